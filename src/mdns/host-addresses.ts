import type { Name } from "../dns/message.ts";
import type { CachedRecord, RecordCache } from "./cache.ts";

/**
 * The addresses of a host, and the record of each. Link-local ones of IPv6 mean nothing without the interface they were
 * heard on (RFC 4007, section 6), and get it as their zone.
 */
export function hostAddresses(cache: RecordCache, host: Name, zone: string): Map<string, CachedRecord> {
  const records = [...cache.get(host, "A"), ...cache.get(host, "AAAA")];
  return new Map(
    records
      .filter(({ record }) => isHost(record.address))
      .map((one) => [zoned(one.record.address, zone), one]),
  );
}

function zoned(address: string, zone: string): string {
  return /^fe[89ab][\da-f]:/i.test(address) ? `${address}%${zone}` : address;
}

/** Not the unspecified address, not a group, not everybody: nobody's own. */
function isHost(address: string): boolean {
  if (address.includes(":")) return address !== "::" && !/^ff[\da-f]{2}:/i.test(address);
  const first = Number(address.split(".")[0]);
  return first > 0 && first < 224;
}
