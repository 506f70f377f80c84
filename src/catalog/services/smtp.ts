import type { CatalogEntry, Match, Probe, Reading } from "../../model/catalog.ts";
import { type CodeReply, codeReply } from "../code-reply.ts";
import { EHLO, QUIT, protocolOf } from "../greeting-220.ts";
import { MORE, facts, matched, quoted } from "../reading.ts";

/** Servers as their greetings name them; the version, where it is told, is the first group. */
const PRODUCTS: readonly (readonly [RegExp, string])[] = [
  [/\bPostfix\b/, "Postfix"],
  [/\bExim (\d[\w.]*)/, "Exim"],
  [/\bSendmail (\d[\w.]*)/, "Sendmail"],
  [/\bOpenSMTPD\b/, "OpenSMTPD"],
  [/\bMicrosoft ESMTP MAIL Service(?:, Version: (\d[\d.]*\d))?/, "Microsoft ESMTP MAIL Service"],
  [/\bHaraka\/(\d[\w.]*)/, "Haraka"],
  [/\bHaraka\b/, "Haraka"],
  [/\bMailHog\b/, "MailHog"],
  [/\bMailpit\b/, "Mailpit"],
  [/\bPython SMTP (?:proxy version )?(\d[\w.]*)/, "aiosmtpd"],
  [/\bDovecot\b/, "Dovecot"],
];

/** Codes of greetings that refuse: 421 not now, 521 and 554 not here (RFC 5321 3.1, RFC 7504). */
const REFUSALS = new Set([421, 521, 554]);

const greeting: Probe = {
  name: "greeting",
  read(reply, ended): Reading {
    const said = codeReply(reply, ended);
    if (said === "more") return MORE;
    if (said === undefined) return undefined;
    const protocol = protocolOf(said.text);
    if (said.code === 220 && protocol === "smtp")
      return matched({ ...matchOf(said, "greeted"), health: "healthy" });
    if (said.code === 220 && protocol === undefined) return { kind: "ask", next: ehlo };
    if (!REFUSALS.has(said.code) || protocol !== "smtp") return undefined;
    return matched({ ...matchOf(said, "greeted"), confidence: 0.9, health: "degraded" });
  },
};

/** Decides about a greeting whose words do not: FTP servers do not know this command. */
const ehlo: Probe = {
  name: "ehlo",
  send: EHLO,
  farewell: QUIT,
  read(reply, ended): Reading {
    const said = codeReply(reply, ended);
    if (said === "more") return MORE;
    if (said?.code !== 250) return undefined;
    return matched({ ...matchOf(said, "EHLO answered"), health: "healthy" });
  },
};

function matchOf({ code, text }: CodeReply, what: string): Match {
  const [pattern, product] = PRODUCTS.find(([pattern]) => pattern.test(text)) ?? [];
  return {
    ...facts({ product, version: pattern?.exec(text)?.[1] }),
    confidence: 0.95,
    summary: `${what} ${quoted(`${code} ${text}`, 100)}`,
  };
}

const entry: CatalogEntry = {
  type: "smtp",
  title: "SMTP",
  category: "mail",
  summary: "Mail transfer and submission",
  ports: [25, 465, 587, 1025, 2525],
  tlsPorts: [465],
  dnsServices: ["_smtp._tcp", "_submission._tcp", "_submissions._tcp"],
  scheme: "smtp",
  tlsScheme: "smtps",
  products: ["Postfix", "Exim", "Sendmail", "OpenSMTPD", "Haraka", "MailHog", "Mailpit", "aiosmtpd"],
  processes: ["master", "exim4", "exim", "sendmail-mta", "smtpd", "MailHog", "mailpit"],
  probes: [greeting],
  examples: [
    {
      name: "Postfix of Debian",
      probe: "greeting",
      replies: ["220 mail.example.org ESMTP Postfix (Debian/GNU)\r\n"],
      expect: { product: "Postfix", health: "healthy" },
    },
    {
      name: "Postfix behind postscreen, whose second line comes late",
      probe: "greeting",
      replies: ["220-mail.example.org ESMTP Postfix\r\n"],
      expect: { product: "Postfix" },
    },
    {
      name: "Exim 4.96",
      probe: "greeting",
      replies: ["220 ftp.example.org ESMTP Exim 4.96 Sat, 21 Nov 2026 02:36:20 +0000\r\n"],
      expect: { product: "Exim", version: "4.96", health: "healthy" },
    },
    {
      name: "Sendmail 8.17",
      probe: "greeting",
      replies: [
        "220 mx.example.org ESMTP Sendmail 8.17.1.9/8.17.1.9/Debian-2; Sat, 21 Nov 2026 02:36:20 GMT; (No UCE/UBE)\r\n",
      ],
      expect: { product: "Sendmail", version: "8.17.1.9" },
    },
    {
      name: "Microsoft Exchange",
      probe: "greeting",
      replies: [
        "220 EX1.corp.example Microsoft ESMTP MAIL Service ready at Sat, 21 Nov 2026 02:36:20 +0000\r\n",
      ],
      expect: { product: "Microsoft ESMTP MAIL Service" },
    },
    {
      name: "a greeting without a word",
      probe: "greeting",
      replies: [
        "220 gateway.example.org ready\r\n",
        "250-gateway.example.org Hello localhost\r\n250-SIZE 10485760\r\n250-STARTTLS\r\n250 HELP\r\n",
      ],
      expect: { health: "healthy" },
    },
    {
      name: "a server that is too busy",
      probe: "greeting",
      replies: ["421 4.3.2 mail.example.org ESMTP Service not available, too many connections\r\n"],
      expect: { health: "degraded" },
    },
  ],
};

export default entry;
