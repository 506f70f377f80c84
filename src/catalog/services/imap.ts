import { fromLatin1, latin1 } from "../../model/bytes.ts";
import type { CatalogEntry, Match, Probe, Reading } from "../../model/catalog.ts";
import type { Health } from "../../model/observation.ts";
import { MORE, facts, firstLine, matched, quoted } from "../reading.ts";

/** RFC 9051, section 7.1: how a server greets. */
const GREETING = /^\* (OK|PREAUTH|BYE)(?: (.*))?$/i;
const HEALTH: Readonly<Record<string, Health>> = { OK: "healthy", PREAUTH: "healthy", BYE: "unhealthy" };
const CAPABILITY = latin1("a1 CAPABILITY\r\n");
const LOGOUT = latin1("a2 LOGOUT\r\n");

/** Servers as their greetings name them; the version, where it is told, is the first group. */
const PRODUCTS: readonly (readonly [RegExp, string])[] = [
  [/\bDovecot\b/, "Dovecot"],
  [/\bCyrus IMAP v?(\d[\d.]*)/, "Cyrus IMAP"],
  [/\bCourier-IMAP\b/, "Courier-IMAP"],
  [/\bMicrosoft Exchange\b/, "Microsoft Exchange"],
  [/\bGimap\b/, "Gimap"],
];

const greeting: Probe = {
  name: "greeting",
  read(reply, ended): Reading {
    if (!/^\* (?:$|[OPB])|^\*?$/i.test(fromLatin1(reply.subarray(0, 3)))) return undefined;
    const line = firstLine(reply, ended);
    if (line === undefined) return MORE;
    const [, status, text] = GREETING.exec(line) ?? [];
    if (status === undefined) return undefined;
    if (!/\bIMAP|Dovecot|Gimap/i.test(text ?? "")) return { kind: "ask", next: capability };
    return matched({
      ...named(text ?? ""),
      confidence: 0.97,
      health: HEALTH[status.toUpperCase()] ?? "unknown",
      summary: `greeted ${quoted(line, 100)}`,
    });
  },
};

/** Decides about a greeting that names nothing. */
const capability: Probe = {
  name: "capability",
  send: CAPABILITY,
  farewell: LOGOUT,
  read(reply, ended): Reading {
    if (reply.length > 0 && reply[0] !== 0x2a) return undefined; // '*'
    const line = firstLine(reply, ended);
    if (line === undefined) return MORE;
    if (!/^\* CAPABILITY (?:.* )?IMAP4/i.test(line)) return undefined;
    return matched({ confidence: 0.97, health: "healthy", summary: `CAPABILITY answered ${quoted(line)}` });
  },
};

function named(text: string): Pick<Match, "product" | "version"> {
  const [pattern, product] = PRODUCTS.find(([pattern]) => pattern.test(text)) ?? [];
  return facts({ product, version: pattern?.exec(text)?.[1] });
}

const entry: CatalogEntry = {
  type: "imap",
  title: "IMAP",
  category: "mail",
  summary: "Mailbox access",
  ports: [143, 993],
  tlsPorts: [993],
  dnsServices: ["_imap._tcp", "_imaps._tcp"],
  scheme: "imap",
  tlsScheme: "imaps",
  products: ["Dovecot", "Cyrus IMAP", "Courier-IMAP"],
  processes: ["dovecot", "imap-login", "imapd"],
  probes: [greeting],
  examples: [
    {
      name: "Dovecot of Debian",
      probe: "greeting",
      replies: [
        "* OK [CAPABILITY IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE LITERAL+ STARTTLS LOGINDISABLED] Dovecot (Debian) ready.\r\n",
      ],
      expect: { product: "Dovecot", health: "healthy" },
    },
    {
      name: "Cyrus 3.6",
      probe: "greeting",
      replies: [
        "* OK [CAPABILITY IMAP4rev1 LITERAL+ ID ENABLE STARTTLS] mail.example.org Cyrus IMAP 3.6.1-Debian-3.6.1-4+deb12u2 server ready\r\n",
      ],
      expect: { product: "Cyrus IMAP", version: "3.6.1", health: "healthy" },
    },
    {
      name: "a greeting without a word",
      probe: "greeting",
      replies: ["* OK ready\r\n", "* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\na1 OK done\r\n"],
      expect: { health: "healthy" },
    },
    {
      name: "a server that turns everybody away",
      probe: "greeting",
      replies: ["* BYE [UNAVAILABLE] IMAP4 server is shutting down\r\n"],
      expect: { health: "unhealthy" },
    },
  ],
};

export default entry;
