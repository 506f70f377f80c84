import type { CatalogEntry, Match, Probe, Reading } from "../../model/catalog.ts";
import { type CodeReply, codeReply } from "../code-reply.ts";
import { EHLO, QUIT, protocolOf } from "../greeting-220.ts";
import { MORE, facts, matched, quoted } from "../reading.ts";

/** Servers as their greetings name them; the version, where it is told, is the first group. */
const PRODUCTS: readonly (readonly [RegExp, string])[] = [
  [/\bvsFTPd (\d[\w.]*)/i, "vsftpd"],
  [/\bProFTPD (\d[\w.]*)/, "ProFTPD"],
  [/\bProFTPD\b/, "ProFTPD"],
  [/\bPure-FTPd\b/, "Pure-FTPd"],
  [/\bFileZilla Server(?: version)? (\d[\w.]*)/, "FileZilla Server"],
  [/\bFileZilla Server\b/, "FileZilla Server"],
  [/\bpyftpdlib (\d[\w.]*\w)/, "pyftpdlib"],
  [/\bMicrosoft FTP Service\b/, "Microsoft FTP Service"],
];

const greeting: Probe = {
  name: "greeting",
  read(reply, ended): Reading {
    const said = codeReply(reply, ended);
    if (said === "more") return MORE;
    if (said === undefined) return undefined;
    const protocol = protocolOf(said.text);
    if (said.code === 220 && protocol === "ftp") return matched(matchOf(said, "greeted"));
    if (said.code === 220 && protocol === undefined) return { kind: "ask", next: ehlo };
    if (said.code === 500 && said.text.startsWith("OOPS: ")) {
      return matched({ ...matchOf(said, "greeted"), product: "vsftpd", health: "unhealthy" });
    }
    if ((said.code !== 421 && said.code !== 530) || protocol !== "ftp") return undefined;
    return matched({ ...matchOf(said, "greeted"), confidence: 0.9, health: "degraded" });
  },
};

/** The question that SMTP understands: what is refused for want of a user is FTP. */
const ehlo: Probe = {
  name: "ehlo",
  send: EHLO,
  farewell: QUIT,
  read(reply, ended): Reading {
    const said = codeReply(reply, ended);
    if (said === "more") return MORE;
    if (said === undefined || ![500, 502, 503, 530].includes(said.code)) return undefined;
    if (/^\d\.\d\.\d\b/.test(said.text) || protocolOf(said.text) === "smtp") return undefined; // RFC 3463
    const wantsUser = /\bUSER\b|\blog ?in\b|\blogged\b/i.test(said.text);
    return matched({ ...matchOf(said, "EHLO answered"), confidence: wantsUser ? 0.95 : 0.6 });
  },
};

function matchOf({ code, text }: CodeReply, what: string): Match {
  const [pattern, product] = PRODUCTS.find(([pattern]) => pattern.test(text)) ?? [];
  return {
    ...facts({ product, version: pattern?.exec(text)?.[1] }),
    confidence: 0.95,
    health: "healthy",
    summary: `${what} ${quoted(`${code} ${text}`, 100)}`,
  };
}

const entry: CatalogEntry = {
  type: "ftp",
  title: "FTP",
  category: "file",
  summary: "File transfer",
  ports: [21, 990, 2121],
  tlsPorts: [990],
  dnsServices: ["_ftp._tcp", "_ftps._tcp"],
  scheme: "ftp",
  tlsScheme: "ftps",
  products: ["vsftpd", "ProFTPD", "Pure-FTPd", "FileZilla Server", "pyftpdlib"],
  processes: ["vsftpd", "proftpd", "pure-ftpd"],
  probes: [greeting],
  examples: [
    {
      name: "vsftpd 3.0.3",
      probe: "greeting",
      replies: ["220 (vsFTPd 3.0.3)\r\n"],
      expect: { product: "vsftpd", version: "3.0.3", health: "healthy" },
    },
    {
      name: "ProFTPD of Debian",
      probe: "greeting",
      replies: ["220 ProFTPD Server (Debian) [::ffff:192.0.2.7]\r\n"],
      expect: { product: "ProFTPD", health: "healthy" },
    },
    {
      name: "Pure-FTPd, on several lines",
      probe: "greeting",
      replies: [
        "220---------- Welcome to Pure-FTPd [privsep] [TLS] ----------\r\n220-You are user number 1 of 50 allowed.\r\n220-Local time is now 02:36. Server port: 21.\r\n220 You will be disconnected after 15 minutes of inactivity.\r\n",
      ],
      expect: { product: "Pure-FTPd", health: "healthy" },
    },
    {
      name: "a greeting without a word",
      probe: "greeting",
      replies: ["220 smtp.example.org ready\r\n", "530 Please login with USER and PASS.\r\n"],
      expect: { health: "healthy" },
    },
    {
      name: "vsftpd that cannot run as it is set up",
      probe: "greeting",
      replies: ["500 OOPS: vsftpd: refusing to run with writable root inside chroot()\r\n"],
      expect: { product: "vsftpd", health: "unhealthy" },
    },
    {
      name: "a server that is full",
      probe: "greeting",
      replies: ["421 Too many users are connected to this FTP server, try again later.\r\n"],
      expect: { health: "degraded" },
    },
  ],
};

export default entry;
