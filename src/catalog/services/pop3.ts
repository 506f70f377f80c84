import { latin1 } from "../../model/bytes.ts";
import type { CatalogEntry, Probe, Reading } from "../../model/catalog.ts";
import { MORE, couldBe, facts, firstLine, matched, quoted } from "../reading.ts";

const QUIT = latin1("QUIT\r\n");
const CAPA = latin1("CAPA\r\n");
/** RFC 1939, section 7: a server that knows APOP ends its greeting with a time stamp. */
const APOP = /<[^<>@\s]+@[^<>\s]+>$/;
/** Capabilities of RFC 2449, section 6: at least one of these is in every list. */
const CAPABILITIES = /^(?:TOP|USER|UIDL|SASL\b.*|RESP-CODES|PIPELINING|STLS)\r?$/;

/** Servers as their greetings name them. */
const PRODUCTS: readonly (readonly [RegExp, string])[] = [
  [/\bDovecot\b/, "Dovecot"],
  [/\bCyrus POP3\b/, "Cyrus POP3"],
  [/\bMicrosoft Exchange\b/, "Microsoft Exchange"],
  [/\bGpop\b/, "Gpop"],
];

const greeting: Probe = {
  name: "greeting",
  read(reply, ended): Reading {
    if (!couldBe(reply, "+OK")) return undefined;
    const line = firstLine(reply, ended);
    if (line === undefined) return MORE;
    if (!/^\+OK(?: |$)/.test(line)) return undefined;
    const product = PRODUCTS.find(([pattern]) => pattern.test(line))?.[1];
    if (product === undefined && !/\bPOP3?\b/i.test(line) && !APOP.test(line))
      return { kind: "ask", next: capa };
    return matched({
      ...facts({ product }),
      confidence: 0.95,
      health: "healthy",
      summary: `greeted ${quoted(line, 100)}`,
    });
  },
};

/** Decides about a greeting that names nothing. */
const capa: Probe = {
  name: "capa",
  send: CAPA,
  farewell: QUIT,
  read(reply, ended): Reading {
    if (!couldBe(reply, "+OK")) return undefined;
    const lines = String.fromCharCode(...reply.subarray(0, 2048)).split("\n");
    if (!lines.some((line) => CAPABILITIES.test(line)) || lines[0] === undefined) {
      return ended || reply.length > 2048 || lines.includes(".\r") ? undefined : MORE;
    }
    return matched({
      confidence: 0.95,
      health: "healthy",
      summary: "CAPA answered with capabilities of POP3",
    });
  },
};

const entry: CatalogEntry = {
  type: "pop3",
  title: "POP3",
  category: "mail",
  summary: "Mailbox download",
  ports: [110, 995],
  tlsPorts: [995],
  dnsServices: ["_pop3._tcp", "_pop3s._tcp"],
  scheme: "pop",
  tlsScheme: "pops",
  products: ["Dovecot", "Cyrus POP3"],
  processes: ["dovecot", "pop3-login", "pop3d"],
  probes: [greeting],
  examples: [
    {
      name: "Dovecot of Debian",
      probe: "greeting",
      replies: ["+OK Dovecot (Debian) ready.\r\n"],
      expect: { product: "Dovecot", health: "healthy" },
    },
    {
      name: "a server that knows APOP",
      probe: "greeting",
      replies: ["+OK ready <1896.697170952@dbc.example.org>\r\n"],
      expect: { health: "healthy" },
    },
    {
      name: "a greeting without a word",
      probe: "greeting",
      replies: ["+OK\r\n", "+OK\r\nTOP\r\nUIDL\r\nUSER\r\n.\r\n"],
      expect: { health: "healthy" },
    },
  ],
};

export default entry;
