import type { AddressRange } from "../model/target.ts";
import { formatAddress } from "./address.ts";
import { formatIpv4 } from "./ipv4.ts";

/** The text of every address, in the order of the ranges, one at a time: memory stays flat over a /8. */
export function* walk(ranges: readonly AddressRange[]): Generator<string, void, undefined> {
  for (const { family, first, last, zone } of ranges) {
    if (family === 4) {
      // Plain numbers: a bigint a step is ten times as slow.
      const end = Number(last);
      for (let value = Number(first); value <= end; value++) yield formatIpv4(value);
    } else {
      for (let value = first; value <= last; value++) yield formatAddress(family, value, zone);
    }
  }
}

/** The addresses of ranges by their place in the walk, from 0. */
export interface AddressList {
  readonly length: number;
  /** The text of one address. Throws a RangeError outside of 0 to `length` - 1. */
  at(index: number): string;
}

/** Random access to what `walk` yields, without walking. Costs two numbers a range. */
export function addressList(ranges: readonly AddressRange[]): AddressList {
  // How many addresses come before each range, and at the end how many there are.
  const starts = new Float64Array(ranges.length + 1);
  const firsts = Float64Array.from(ranges, ({ family, first }) =>
    family === 4 ? Number(first) : Number.NaN,
  );
  for (const [at, { first, last }] of ranges.entries()) {
    starts[at + 1] = (starts[at] ?? 0) + Number(last - first) + 1;
  }
  const length = starts[ranges.length] ?? 0;
  return { length, at };

  function at(index: number): string {
    const place = rangeOf(starts, index);
    const range = ranges[place];
    if (range === undefined || !(index >= 0)) throw new RangeError(`no address ${index} of ${length}`);
    const offset = index - (starts[place] ?? 0);
    if (range.family === 4) return formatIpv4((firsts[place] ?? 0) + offset);
    return formatAddress(6, range.first + BigInt(offset), range.zone);
  }
}

/** The range in which an index falls: the last one that does not start after it. */
function rangeOf(starts: Float64Array, index: number): number {
  let [low, high] = [0, starts.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((starts[middle] ?? 0) <= index) low = middle;
    else high = middle - 1;
  }
  return low;
}
