import { formatIpv4, parseIpv4 } from "./ipv4.ts";

/** The bits above the IPv4 address in an IPv4-mapped one, ::ffff:0:0/96 (RFC 4291, section 2.5.5.2). */
const MAPPED = 0xffffn;

/** The 128-bit number of an address in any form of RFC 4291, section 2.2, without zone; undefined for anything else. */
export function parseIpv6(text: string): bigint | undefined {
  const plain = withoutDots(text);
  const halves = plain?.split("::").map((half) => (half === "" ? [] : half.split(":")));
  if (halves === undefined || halves.length > 2) return undefined;
  const [head = [], tail] = halves;
  const absent = 8 - head.length - (tail?.length ?? 0);
  if (tail === undefined ? absent !== 0 : absent < 1) return undefined;
  const groups = [...head, ...Array.from({ length: absent }, () => "0"), ...(tail ?? [])];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return BigInt(`0x${groups.map((group) => group.padStart(4, "0")).join("")}`);
}

/** Canonical text: lower case, the longest run of zero groups as `::`, IPv4-mapped with dots (RFC 5952, 4 and 5). */
export function formatIpv6(value: bigint): string {
  const mapped = mappedIpv4(value);
  if (mapped !== undefined) return `::ffff:${formatIpv4(Number(mapped))}`;
  const groups = ipv6Groups(value);
  const { start, length } = longestZeros(groups);
  if (length < 2) return groups.join(":");
  return `${groups.slice(0, start).join(":")}::${groups.slice(start + length).join(":")}`;
}

/** The eight groups, hexadecimal without leading zeros. */
export function ipv6Groups(value: bigint): string[] {
  const digits = value.toString(16).padStart(32, "0");
  return Array.from({ length: 8 }, (_, at) =>
    Number.parseInt(digits.slice(at * 4, at * 4 + 4), 16).toString(16),
  );
}

/** The IPv4 address inside an IPv4-mapped one; undefined for all others. */
export function mappedIpv4(value: bigint): bigint | undefined {
  return value >> 32n === MAPPED ? value & 0xffff_ffffn : undefined;
}

/** An IPv4 address at the end becomes two groups; undefined where it is none. */
function withoutDots(text: string): string | undefined {
  if (!text.includes(".")) return text;
  const end = text.lastIndexOf(":") + 1;
  const value = parseIpv4(text.slice(end));
  if (value === undefined) return undefined;
  return `${text.slice(0, end)}${(value >>> 16).toString(16)}:${(value & 0xffff).toString(16)}`;
}

/** Of runs equally long, the first (RFC 5952, section 4.2.3). */
function longestZeros(groups: readonly string[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let length = 0;
  for (const [at, group] of groups.entries()) {
    length = group === "0" ? length + 1 : 0;
    if (length > best.length) best = { start: at - length + 1, length };
  }
  return best;
}
