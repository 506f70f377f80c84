import type { DnsRecord } from "../dns/message.ts";

/** Who says it, and where. */
export interface Speaker {
  /** The packet came from this machine. */
  readonly own: boolean;
  /** The interface it came over. */
  readonly interface: string;
  /** Whether an address is one of this machine's. */
  readonly isOwn: (address: string) => boolean;
}

/**
 * Whether to listen to that: everything but addresses that no host on a link can have, and this machine's own from
 * anybody else. What we know of this machine nobody else has to tell us, and what listens here is not theirs.
 */
export function isCredible(record: DnsRecord, { own, interface: zone, isOwn }: Speaker): boolean {
  if (record.type !== "A" && record.type !== "AAAA") return true;
  return isHost(record.address) && (own || !isOwn(zoned(record.address, zone)));
}

/** Link-local addresses of IPv6 mean nothing without the interface they were heard on (RFC 4007, section 6). */
export function zoned(address: string, zone: string): string {
  return /^fe[89ab][\da-f]:/i.test(address) ? `${address}%${zone}` : address;
}

/** Not loopback, not a group, nor everybody or nobody; nor IPv4 in the clothes of IPv6: those of IPv6 begin with zeros. */
function isHost(address: string): boolean {
  if (address.includes(":")) return !address.startsWith("::") && !/^ff[\da-f]{2}:/i.test(address);
  const first = Number(address.split(".")[0]);
  return first > 0 && first < 224 && first !== 127;
}
