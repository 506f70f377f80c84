import { hex, startsWith } from "../../model/bytes.ts";
import type { CatalogEntry, Match, Probe, Reading } from "../../model/catalog.ts";
import { MORE, matched } from "../reading.ts";

// [MS-RDPBCGR] 2.2.1.1 and 2.2.1.2: X.224 connection request and confirm inside TPKT, with the negotiation of security.
const CONNECTION_REQUEST = hex("03 00 00 13  0e e0 00 00 00 00 00  01 00 08 00 03 00 00 00");
const TPKT = hex("03 00 00");
const BARE = 11;
const NEGOTIATED = 19;
const CONFIRM = 0xd0;

/** RDP_NEG_RSP, selectedProtocol. */
const SECURITY: Readonly<Record<number, string>> = {
  0: "RDP",
  1: "TLS",
  2: "CredSSP",
  4: "RDSTLS",
  8: "CredSSP",
};
/** RDP_NEG_FAILURE, failureCode. */
const FAILURES: Readonly<Record<number, string>> = {
  1: "wants TLS",
  2: "allows no TLS",
  3: "has no certificate",
  4: "finds the flags inconsistent",
  5: "wants CredSSP",
  6: "wants TLS with a client certificate",
};

const connect: Probe = {
  name: "connect",
  send: CONNECTION_REQUEST,
  read(reply, ended): Reading {
    if (!startsWith(TPKT, reply.subarray(0, 3))) return undefined;
    const length = reply[3] ?? BARE;
    if (length !== BARE && length !== NEGOTIATED) return undefined;
    if ((reply[4] ?? length - 5) !== length - 5 || (reply[5] ?? CONFIRM) !== CONFIRM) return undefined;
    if (reply.length < length) return ended ? undefined : MORE;
    if (reply.length > length || reply[6] !== 0 || reply[7] !== 0 || reply[10] !== 0) return undefined;
    const match = length === BARE ? confirmed({ security: "RDP" }) : negotiated(reply);
    return match && matched(match);
  },
};

function negotiated(reply: Uint8Array): Match | undefined {
  const code = reply[15] ?? 0;
  if (reply[13] !== 8 || reply[14] !== 0 || reply.subarray(16, 19).some((byte) => byte !== 0))
    return undefined;
  const security = reply[11] === 2 ? SECURITY[code] : undefined;
  if (security !== undefined) return confirmed({ security });
  const failure = reply[11] === 3 ? FAILURES[code] : undefined;
  return failure === undefined ? undefined : confirmed({ refusal: failure });
}

function confirmed(metadata: Readonly<Record<string, string>>): Match {
  const told = Object.entries(metadata).map(([key, value]) => `${key} ${value}`);
  return {
    confidence: 0.95,
    health: "healthy",
    summary: `X.224 connection request confirmed, ${told.join(", ")}`,
    metadata,
  };
}

const entry: CatalogEntry = {
  type: "rdp",
  title: "RDP",
  category: "remote-access",
  summary: "Remote desktop of Windows, xrdp and GNOME",
  ports: [3389],
  dnsServices: ["_ms-wbt-server._tcp"],
  scheme: "rdp",
  processes: ["xrdp", "gnome-remote-de"],
  probes: [connect],
  examples: [
    {
      name: "Windows, network-level authentication",
      probe: "connect",
      replies: ["\x03\x00\x00\x13\x0e\xd0\x00\x00\x12\x34\x00\x02\x1f\x08\x00\x02\x00\x00\x00"],
      expect: { health: "healthy" },
    },
    {
      name: "a server without TLS",
      probe: "connect",
      replies: ["\x03\x00\x00\x13\x0e\xd0\x00\x00\x12\x34\x00\x03\x00\x08\x00\x02\x00\x00\x00"],
      expect: { health: "healthy" },
    },
    {
      name: "an old server that does not negotiate",
      probe: "connect",
      replies: ["\x03\x00\x00\x0b\x06\xd0\x00\x00\x12\x34\x00"],
      expect: { health: "healthy" },
    },
  ],
};

export default entry;
