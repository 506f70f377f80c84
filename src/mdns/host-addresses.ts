import type { Name } from "../dns/message.ts";
import type { CachedRecord, RecordCache } from "./cache.ts";
import { zoned } from "./host-address.ts";

/** Addresses of one host; all but strange ones have fewer. */
const MOST_ADDRESSES = 16;
/** And those that count as one machine. */
const MOST_JOINED = 8;

/** The side of a link that tells where addresses are. */
export interface Place {
  readonly interface: string;
  isOnLink(address: string): boolean;
}

/** Where a host is, as far as a link tells. */
export interface HostAddresses {
  /** Each with its zone, and its record: those on the link first. */
  readonly records: ReadonlyMap<string, CachedRecord>;
  /** Those on the link, in order: a host can speak for no others. */
  readonly joined: readonly string[];
  /** There are more. */
  readonly overflowed: boolean;
}

/** The addresses of a host: the same ones, whoever was heard last. */
export function hostAddresses(cache: RecordCache, host: Name, place: Place): HostAddresses {
  const all = [...cache.get(host, "A"), ...cache.get(host, "AAAA")].map(
    (one) => [zoned(one.record.address, place.interface), one] as const,
  );
  const near = all.filter(([address]) => place.isOnLink(address)).toSorted(byAddress);
  const far = near.length === all.length ? [] : all.filter(([address]) => !place.isOnLink(address));
  const records = [...near, ...far.toSorted(byAddress)].slice(0, MOST_ADDRESSES);
  return {
    records: new Map(records),
    joined: near.slice(0, MOST_JOINED).map(([address]) => address),
    overflowed: all.length > MOST_ADDRESSES,
  };
}

function byAddress([a]: readonly [string, CachedRecord], [b]: readonly [string, CachedRecord]): number {
  return a < b ? -1 : 1;
}
