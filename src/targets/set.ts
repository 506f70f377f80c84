import type { AddressRange } from "../model/target.ts";

/**
 * The same addresses as disjoint ranges in ascending order: IPv4 before IPv6, addresses without a zone before those
 * with one. Overlaps are merged and neighbours joined. Addresses of different zones are different addresses.
 */
export function union(ranges: Iterable<AddressRange>): AddressRange[] {
  const joined: AddressRange[] = [];
  for (const range of [...ranges].toSorted(compareRanges)) {
    const before = joined.at(-1);
    if (before === undefined || !touches(before, range)) joined.push(range);
    else if (range.last > before.last) joined[joined.length - 1] = { ...before, last: range.last };
  }
  return joined;
}

/**
 * What is left of `ranges` without `holes`. `ranges` is as `union` gives it, and so is the result; `holes` may be in
 * any order. A hole without a zone is one in every zone.
 */
export function subtract(ranges: readonly AddressRange[], holes: Iterable<AddressRange>): AddressRange[] {
  const gaps = union(holes);
  return ranges.flatMap((range) => {
    if (range.zone === undefined) return cut(range, gaps);
    return holds(gaps, range) ? [] : [range];
  });
}

/** Whether the whole of `inner` is in `ranges`, which are as `union` gives them. */
export function contains(ranges: readonly AddressRange[], inner: AddressRange): boolean {
  const found = ranges[indexFrom(ranges, inner)];
  return (
    found !== undefined &&
    compareKinds(found, inner) === 0 &&
    found.first <= inner.first &&
    inner.last <= found.last
  );
}

/** Whether an address is in `ranges`, which are as `union` gives them; a range without a zone is one in every zone. */
export function holds(ranges: readonly AddressRange[], address: AddressRange): boolean {
  const { family, first, last } = address;
  return contains(ranges, address) || contains(ranges, { family, first, last });
}

/** How many addresses disjoint ranges hold. Exact up to 2^53. */
export function count(ranges: readonly AddressRange[]): number {
  let sum = 0;
  for (const { first, last } of ranges) sum += Number(last - first) + 1;
  return sum;
}

function compareRanges(a: AddressRange, b: AddressRange): number {
  return compareKinds(a, b) || compare(a.first, b.first);
}

function compareKinds(a: AddressRange, b: AddressRange): number {
  return a.family - b.family || compare(a.zone ?? "", b.zone ?? "");
}

function compare<T extends bigint | string>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Whether the two, in order, are one range. With a zone a range is one address, so only the same one is. */
function touches(before: AddressRange, range: AddressRange): boolean {
  const reach = before.zone === undefined ? before.last + 1n : before.last;
  return compareKinds(before, range) === 0 && range.first <= reach;
}

function cut(range: AddressRange, gaps: readonly AddressRange[]): AddressRange[] {
  const left: AddressRange[] = [];
  let { first } = range;
  for (let at = indexFrom(gaps, range); at < gaps.length; at++) {
    const gap = gaps[at];
    if (gap === undefined || compareKinds(gap, range) !== 0 || gap.first > range.last) break;
    if (gap.first > first) left.push({ ...range, first, last: gap.first - 1n });
    first = gap.last + 1n;
  }
  if (first <= range.last) left.push({ ...range, first });
  return left;
}

/** The index of the first range that does not end before `point` begins. */
function indexFrom(ranges: readonly AddressRange[], point: AddressRange): number {
  let [low, high] = [0, ranges.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const range = ranges[middle];
    const before =
      range !== undefined && (compareKinds(range, point) || compare(range.last, point.first)) < 0;
    if (before) low = middle + 1;
    else high = middle;
  }
  return low;
}
