import { fromLatin1, latin1 } from "../../model/bytes.ts";
import type { CatalogEntry, Match, Probe, Reading } from "../../model/catalog.ts";
import { MORE, facts, matched, quoted, uint16 } from "../reading.ts";
import { plain } from "../text.ts";

// RFC 1035 over TCP: two bytes of length before each message. `version.bind` CH TXT is what servers tell of themselves.
const ID = 0x736f;
const NAME = "\x07version\x04bind\x00";
const QUERY = latin1(`\x00\x1eso\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00${NAME}\x00\x10\x00\x03`);
const HEAD = 14;
const LONGEST = 4096;
const RCODES = ["NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"];

/** Servers as they name themselves; the version is the first group. BIND tells its version alone. */
const PRODUCTS: readonly (readonly [RegExp, string])[] = [
  [/^dnsmasq-(.+)$/, "dnsmasq"],
  [/^unbound (.+)$/i, "Unbound"],
  [/^Knot DNS v?(.+)$/, "Knot DNS"],
  [/^Knot Resolver v?(.+)$/, "Knot Resolver"],
  [/^PowerDNS Authoritative Server (\S+)/, "PowerDNS Authoritative Server"],
  [/^PowerDNS Recursor (\S+)/, "PowerDNS Recursor"],
  [/^CoreDNS-(.+)$/, "CoreDNS"],
  [/^NSD (.+)$/, "NSD"],
  [/^(9\.\d+\.\d+\S*)/, "BIND"],
];

const version: Probe = {
  name: "version",
  send: QUERY,
  read(reply, ended): Reading {
    if (reply.length >= 4 && uint16(reply, 2) !== ID) return undefined;
    if (reply.length < 2) return ended ? undefined : MORE;
    const length = uint16(reply, 0);
    if (length < HEAD - 2 || length > LONGEST) return undefined;
    if (reply.length >= HEAD && !isAnswer(reply)) return undefined;
    if (reply.length < length + 2) return ended ? undefined : MORE;
    const asked = fromLatin1(reply.subarray(HEAD, HEAD + NAME.length)).toLowerCase() === NAME;
    if (uint16(reply, 6) === 1 && !asked) return undefined;
    return matched(matchOf(reply.subarray(0, length + 2)));
  },
};

/** QR set, opcode QUERY, no reserved bit, a known RCODE, our one question or none, and few records. */
function isAnswer(reply: Uint8Array): boolean {
  const flags = uint16(reply, 4);
  const known = (flags & 0xf840) === 0x8000 && (flags & 0x000f) < RCODES.length;
  return known && uint16(reply, 6) <= 1 && [8, 10, 12].every((at) => uint16(reply, at) <= 20);
}

function matchOf(reply: Uint8Array): Match {
  const rcode = RCODES[uint16(reply, 4) & 0x000f] ?? "";
  const told = versionText(reply);
  const [pattern, product] = PRODUCTS.find(([pattern]) => pattern.test(told ?? "")) ?? [];
  return {
    ...facts({ product, version: told === undefined ? undefined : pattern?.exec(told)?.[1] }),
    confidence: 0.97,
    health: "healthy",
    summary: `version.bind answered ${told === undefined ? rcode : quoted(told)}`,
    ...(told === undefined || product !== undefined ? {} : { metadata: { versionBind: told } }),
  };
}

/** The first string of the first answer, where that is a TXT record of our name. */
function versionText(reply: Uint8Array): string | undefined {
  if (uint16(reply, 6) !== 1 || uint16(reply, 8) === 0) return undefined;
  const owner = HEAD + NAME.length + 4;
  const isPointer = (reply[owner] ?? 0) >= 0xc0;
  const at = owner + (isPointer ? 2 : NAME.length);
  const size = reply[at + 10] ?? 0;
  if (uint16(reply, at) !== 16 || uint16(reply, at + 8) < size + 1 || at + 11 + size > reply.length)
    return undefined;
  return plain(fromLatin1(reply.subarray(at + 11, at + 11 + size)), 80) || undefined;
}

const entry: CatalogEntry = {
  type: "dns",
  title: "DNS",
  category: "network",
  summary: "Name server, asked over TCP",
  ports: [53, 853],
  tlsPorts: [853],
  dnsServices: ["_domain._tcp"],
  products: [
    "BIND",
    "dnsmasq",
    "Unbound",
    "Knot DNS",
    "Knot Resolver",
    "CoreDNS",
    "NSD",
    "PowerDNS Recursor",
  ],
  processes: [
    "named",
    "dnsmasq",
    "unbound",
    "knotd",
    "kresd",
    "coredns",
    "nsd",
    "pdns_server",
    "systemd-resolve",
  ],
  probes: [version],
  examples: [
    {
      name: "dnsmasq 2.90",
      probe: "version",
      replies: [
        "\x007so\x84\x80\x00\x01\x00\x01\x00\x00\x00\x00\x07version\x04bind\x00\x00\x10\x00\x03\xc0\x0c\x00\x10\x00\x03\x00\x00\x00\x00\x00\r\x0cdnsmasq-2.90",
      ],
      expect: { product: "dnsmasq", version: "2.90", health: "healthy" },
    },
    {
      name: "Knot DNS that was told what to say",
      probe: "version",
      replies: [
        "\x00-so\x80\x00\x00\x01\x00\x01\x00\x00\x00\x00\x07version\x04bind\x00\x00\x10\x00\x03\xc0\x0c\x00\x10\x00\x03\x00\x00\x00\x00\x00\x03\x02on",
      ],
      expect: { health: "healthy" },
    },
    {
      name: "BIND 9.18 of Debian",
      probe: "version",
      replies: [
        "\x00@so\x84\x00\x00\x01\x00\x01\x00\x00\x00\x00\x07version\x04bind\x00\x00\x10\x00\x03\xc0\x0c\x00\x10\x00\x03\x00\x00\x00\x00\x00\x16\x159.18.28-1~deb12u2-Deb",
      ],
      expect: { product: "BIND", version: "9.18.28-1~deb12u2-Deb" },
    },
    {
      name: "a server that refuses to say",
      probe: "version",
      replies: ["\x00\x1eso\x80\x05\x00\x01\x00\x00\x00\x00\x00\x00\x07version\x04bind\x00\x00\x10\x00\x03"],
      expect: { health: "healthy" },
    },
  ],
};

export default entry;
