import { fromLatin1, hex } from "../../model/bytes.ts";
import type { CatalogEntry, Probe, Reading } from "../../model/catalog.ts";
import type { Health } from "../../model/observation.ts";
import { MORE, matched, quoted, uint32 } from "../reading.ts";

// Frontend/backend protocol 3, https://www.postgresql.org/docs/current/protocol-message-formats.html
const SSL_REQUEST = hex("00 00 00 08 04 d2 16 2f");
/** A start-up message of protocol 255.255, which every server refuses before it looks for a user. */
const IMPOSSIBLE_STARTUP = hex("00 00 00 09 00 ff 00 ff 00");
const LONGEST_ERROR = 30_000;

/** SQLSTATE (appendix A of the manual) where it says more than "the version is refused". */
const HEALTH_OF_STATE: Readonly<Record<string, Health>> = {
  "57P03": "degraded", // cannot_connect_now: starting up, shutting down, in recovery
  "53300": "degraded", // too_many_connections
};

const startup: Probe = {
  name: "startup",
  send: IMPOSSIBLE_STARTUP,
  read(reply, ended): Reading {
    if (reply.length > 0 && reply[0] !== 0x45) return undefined; // 'E', ErrorResponse
    const length = uint32(reply, 1);
    if (reply.length >= 5 && (length < 8 || length > LONGEST_ERROR)) return undefined;
    if (reply.length < 5 || reply.length < length + 1) return ended ? undefined : MORE;
    const fields = errorFields(reply.subarray(5, length + 1));
    const state = fields.get("C");
    const message = fields.get("M");
    if (state === undefined || !/^[0-9A-Z]{5}$/.test(state) || message === undefined) return undefined;
    return matched({
      product: "PostgreSQL",
      confidence: 0.98,
      health: HEALTH_OF_STATE[state] ?? "healthy",
      summary: `SSLRequest answered, then a v3 ErrorResponse ${state} ${quoted(message)}`,
    });
  },
};

/** Fields of an ErrorResponse: a type byte, a text, a zero byte; a zero byte ends them. */
function errorFields(body: Uint8Array): Map<string, string> {
  const parts = fromLatin1(body).split("\0");
  return new Map(parts.filter((part) => part !== "").map((part) => [part.slice(0, 1), part.slice(1)]));
}

const sslRequest: Probe = {
  name: "ssl-request",
  send: SSL_REQUEST,
  read(reply): Reading {
    if (reply.length === 0) return MORE;
    if (reply.length !== 1) return undefined; // more than one byte is a different protocol (or CVE-2021-23222)
    if (reply[0] === 0x53) return { kind: "secure", next: startup }; // 'S'
    if (reply[0] === 0x4e) return { kind: "ask", next: startup }; // 'N'
    return undefined;
  },
};

const entry: CatalogEntry = {
  type: "postgresql",
  title: "PostgreSQL",
  category: "database",
  summary: "Relational database",
  ports: [5432, 5433],
  dnsServices: ["_postgresql._tcp"],
  scheme: "postgresql",
  products: ["PostgreSQL"],
  processes: ["postgres", "postmaster"],
  probes: [sslRequest],
  examples: [
    {
      name: "PostgreSQL 15 without TLS",
      probe: "ssl-request",
      replies: [
        "N",
        "E\0\0\0\x87SFATAL\0VFATAL\0C0A000\0Munsupported frontend protocol 255.255: server supports 3.0 to 3.0\0Fpostmaster.c\0L2195\0RProcessStartupPacket\0\0",
      ],
      expect: { product: "PostgreSQL", health: "healthy" },
    },
    {
      name: "PostgreSQL 15 with TLS",
      probe: "ssl-request",
      replies: [
        "S",
        "E\0\0\0\x87SFATAL\0VFATAL\0C0A000\0Munsupported frontend protocol 255.255: server supports 3.0 to 3.0\0Fpostmaster.c\0L2195\0RProcessStartupPacket\0\0",
      ],
      expect: { product: "PostgreSQL", health: "healthy" },
    },
    {
      name: "PostgreSQL that is starting up",
      probe: "ssl-request",
      replies: [
        "N",
        "E\0\0\0\x68SFATAL\0VFATAL\0C57P03\0Mthe database system is starting up\0Fpostmaster.c\0L2376\0RProcessStartupPacket\0\0",
      ],
      expect: { product: "PostgreSQL", health: "degraded" },
    },
  ],
};

export default entry;
