import { fromLatin1, latin1, startsWith } from "../../model/bytes.ts";
import type { CatalogEntry, Match, Probe, Reading } from "../../model/catalog.ts";
import type { Health } from "../../model/observation.ts";
import { type Tlv, childrenOf, readTlv, tlv } from "../ber.ts";
import { MORE, facts, matched, quoted } from "../reading.ts";
import { plain, plainOrNone } from "../text.ts";

// RFC 4511. Whoever has not bound is anonymous, and the root DSE is there to be read (RFC 4512, section 5.1).
const MESSAGE_ID = latin1("son");
const ATTRIBUTES = [
  "objectClass",
  "supportedLDAPVersion",
  "vendorName",
  "vendorVersion",
  "forestFunctionality",
];
const SEARCH = tlv(
  0x30,
  tlv(0x02, MESSAGE_ID),
  tlv(
    0x63,
    tlv(0x04), // the base: the root
    tlv(0x0a, [0]), // the base alone
    tlv(0x0a, [0]), // aliases as they are
    tlv(0x02, [0]),
    tlv(0x02, [0]),
    tlv(0x01, [0]),
    tlv(0x87, latin1("objectClass")), // present
    tlv(0x30, ...ATTRIBUTES.map((name) => tlv(0x04, latin1(name)))),
  ),
);
/** RFC 4511, section 4.3: how a client leaves. */
const UNBIND = tlv(0x30, tlv(0x02, [1]), tlv(0x42));
const ENTRY = 0x64;
const DONE = 0x65;
const EXTENDED = 0x78;
/** Notice of Disconnection, section 4.4.1. */
const NOTICE = "1.3.6.1.4.1.1466.20036";

/** Result codes, appendix A, where they say more than "healthy". */
const HEALTH_OF_RESULT: Readonly<Record<number, Health>> = {
  1: "protected", // operationsError: Active Directory wants a bind
  8: "protected", // strongerAuthRequired
  13: "protected", // confidentialityRequired
  48: "protected", // inappropriateAuthentication
  50: "protected", // insufficientAccessRights
  51: "degraded", // busy
  52: "unhealthy", // unavailable
};

const rootDse: Probe = {
  name: "root-dse",
  send: SEARCH,
  farewell: UNBIND,
  read(reply, ended): Reading {
    if (reply.length > 0 && reply[0] !== 0x30) return undefined;
    const message = readTlv(reply);
    if (message === "more") return ended ? undefined : MORE;
    if (message === undefined) return undefined;
    const [id, operation] = childrenOf(reply, message);
    if (id?.tag !== 0x02 || operation === undefined) return undefined;
    const ours = startsWith(reply.subarray(id.start, id.end), MESSAGE_ID);
    if (ours && operation.tag === ENTRY) return matched(described(reply, operation));
    if (!(ours && operation.tag === DONE) && operation.tag !== EXTENDED) return undefined;
    const match = result(reply, operation);
    return match && matched(match);
  },
};

/** A SearchResultEntry: a name, then attributes, each a type and a set of values. */
function described(reply: Uint8Array, operation: Tlv): Match {
  const attributes = new Map<string, string[]>();
  const list = childrenOf(reply, operation)[1];
  for (const attribute of list === undefined ? [] : childrenOf(reply, list)) {
    const [type, values] = childrenOf(reply, attribute);
    if (type === undefined || values === undefined) continue;
    const texts = childrenOf(reply, values).map((value) => textOf(reply, value));
    attributes.set(textOf(reply, type).toLowerCase(), texts);
  }
  const first = (name: string): string | undefined => attributes.get(name.toLowerCase())?.[0];
  const vendor = plainOrNone(first("vendorName"), 60);
  const versions = attributes.get("supportedldapversion")?.map((version) => plain(version, 4));
  const product = productOf(attributes.get("objectclass") ?? [], vendor, first("forestFunctionality"));
  return {
    ...facts({ product, version: /\d+(?:\.\d[\w-]*)+/.exec(plain(first("vendorVersion") ?? ""))?.[0] }),
    confidence: 0.98,
    health: "healthy",
    summary: `search of the root DSE answered${product === undefined ? "" : ` as ${quoted(product)}`}`,
    metadata: facts({ vendor, ldapVersions: versions }),
  };
}

function productOf(classes: readonly string[], vendor = "", forest?: string): string | undefined {
  if (classes.includes("OpenLDAProotDSE")) return "OpenLDAP";
  if (vendor.startsWith("389 Project")) return "389 Directory Server";
  if (vendor.startsWith("Samba")) return "Samba";
  if (/^LLDAP/i.test(vendor)) return "LLDAP";
  return vendor === "" && forest !== undefined ? "Active Directory" : undefined;
}

/** An LDAPResult: a code, a name, a message; a notice comes with message id 0 and its own name. */
function result(reply: Uint8Array, operation: Tlv): Match | undefined {
  const [code, , message, ...rest] = childrenOf(reply, operation);
  if (code?.tag !== 0x0a || code.end !== code.start + 1 || message === undefined) return undefined;
  if (operation.tag === EXTENDED && !rest.some((part) => textOf(reply, part) === NOTICE)) return undefined;
  const number = reply[code.start] ?? 0;
  return {
    confidence: 0.97,
    health: HEALTH_OF_RESULT[number] ?? "healthy",
    summary: `search of the root DSE answered with result ${number} ${quoted(textOf(reply, message), 100)}`,
  };
}

function textOf(reply: Uint8Array, { start, end }: Tlv): string {
  return fromLatin1(reply.subarray(start, end));
}

const entry: CatalogEntry = {
  type: "ldap",
  title: "LDAP",
  category: "network",
  summary: "Directory: OpenLDAP, 389, Active Directory and others",
  ports: [389, 636, 3268, 3269],
  tlsPorts: [636, 3269],
  dnsServices: ["_ldap._tcp", "_ldaps._tcp"],
  scheme: "ldap",
  tlsScheme: "ldaps",
  products: ["OpenLDAP", "389 Directory Server", "Active Directory", "Samba", "LLDAP"],
  processes: ["slapd", "ns-slapd", "lldap"],
  probes: [rootDse],
  examples: [
    {
      name: "OpenLDAP",
      probe: "root-dse",
      replies: [
        "0O\x02\x03sondH\x04\x000D0%\x04\x0bobjectClass1\x16\x04\x03top\x04\x0fOpenLDAProotDSE0\x1b\x04\x14supportedLDAPVersion1\x03\x04\x0130\x0e\x02\x03sone\x07\n\x01\x00\x04\x00\x04\x00",
      ],
      expect: { product: "OpenLDAP", health: "healthy" },
    },
    {
      name: "389 Directory Server",
      probe: "root-dse",
      replies: [
        "0\x81\x9a\x02\x03sond\x81\x92\x04\x000\x81\x8d0\x14\x04\x0bobjectClass1\x05\x04\x03top0\x1e\x04\x14supportedLDAPVersion1\x06\x04\x012\x04\x0130\x1b\x04\nvendorName1\r\x04\x0b389 Project08\x04\rvendorVersion1'\x04%389-Directory/1.4.4.19 B2022.313.12000\x0e\x02\x03sone\x07\n\x01\x00\x04\x00\x04\x00",
      ],
      expect: { product: "389 Directory Server", version: "1.4.4.19", health: "healthy" },
    },
    {
      name: "a server that wants a bind first",
      probe: "root-dse",
      replies: ["0'\x02\x03sone \n\x010\x04\x00\x04\x19anonymous bind disallowed"],
      expect: { health: "protected" },
    },
    {
      name: "a server that closes on strangers",
      probe: "root-dse",
      replies: [
        "0<\x02\x01\x00x7\n\x01\x08\x04\x00\x04\x18confidentiality required\x8a\x161.3.6.1.4.1.1466.20036",
      ],
      expect: { health: "protected" },
    },
  ],
};

export default entry;
