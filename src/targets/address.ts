import type { AddressRange } from "../model/target.ts";
import { formatIpv4, parseIpv4 } from "./ipv4.ts";
import { formatIpv6, mappedIpv4, parseIpv6 } from "./ipv6.ts";

/**
 * One address as a range of one; undefined for anything that is not exactly an address. An IPv4-mapped IPv6 address
 * is its IPv4 address; a zone (`fe80::1%eth0`, RFC 4007) is kept.
 */
export function parseAddress(text: string): AddressRange | undefined {
  if (!text.includes(":")) {
    const value = parseIpv4(text);
    return value === undefined ? undefined : single(4, BigInt(value));
  }
  const at = text.indexOf("%");
  const value = parseIpv6(at < 0 ? text : text.slice(0, at));
  if (value === undefined) return undefined;
  const mapped = mappedIpv4(value);
  if (at < 0) return mapped === undefined ? single(6, value) : single(4, mapped);
  const zone = text.slice(at + 1);
  return mapped === undefined && isZone(zone) ? { ...single(6, value), zone } : undefined;
}

/** The text of one address: dotted decimal, or RFC 5952 with its zone. */
export function formatAddress(family: 4 | 6, value: bigint, zone?: string): string {
  if (family === 4) return formatIpv4(Number(value));
  return zone === undefined ? formatIpv6(value) : `${formatIpv6(value)}%${zone}`;
}

/** Whether text can name an interface, or be its index. */
export function isZone(text: string): boolean {
  return /^[\w.-]+$/.test(text);
}

function single(family: 4 | 6, value: bigint): AddressRange {
  return { family, first: value, last: value };
}
