import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { AddressRange } from "../../src/model/target.ts";
import { contains, count, holds, subtract, union } from "../../src/targets/set.ts";

function four(first: number, last = first): AddressRange {
  return { family: 4, first: BigInt(first), last: BigInt(last) };
}

function zoned(value: number, zone: string): AddressRange {
  return { family: 6, first: BigInt(value), last: BigInt(value), zone };
}

/** Ranges of a small world, in which every address can be written down. */
const plain = fc
  .tuple(fc.constantFrom(4 as const, 6 as const), fc.nat({ max: 40 }), fc.nat({ max: 8 }))
  .map(([family, first, more]): AddressRange => ({
    family,
    first: BigInt(first),
    last: BigInt(first + more),
  }));
const single = fc
  .tuple(fc.nat({ max: 10 }), fc.constantFrom("eth0", "eth1"))
  .map(([value, zone]) => zoned(value, zone));
const some = fc.array(fc.oneof({ weight: 3, arbitrary: plain }, single), { maxLength: 12 });

/** Every address of ranges, as `family value zone`. */
function model(ranges: readonly AddressRange[]): Set<string> {
  return new Set(
    ranges.flatMap(({ family, first, last, zone = "" }) =>
      Array.from({ length: Number(last - first) + 1 }, (_, at) => `${family} ${Number(first) + at} ${zone}`),
    ),
  );
}

/** Disjoint, ascending, and none that could be joined with the next. */
function expectNormal(ranges: readonly AddressRange[]): void {
  for (const [at, range] of ranges.entries()) {
    expect(range.first <= range.last).toBe(true);
    const next = ranges[at + 1];
    if (next?.family === range.family && next.zone === range.zone) {
      expect(next.first > range.last + (range.zone === undefined ? 1n : 0n)).toBe(true);
    }
  }
  const kinds = ranges.map(({ family, zone = "" }) => `${family} ${zone}`);
  expect(kinds).toEqual(kinds.toSorted());
}

describe("a set of addresses", () => {
  test("overlaps are merged, neighbours joined, and the order is ascending", () => {
    expect(union([four(10, 20), four(5, 12), four(21), four(30)])).toEqual([four(5, 21), four(30)]);
  });

  test("the same address in two zones is two, and neighbours in a zone stay two", () => {
    const ranges = union([zoned(1, "b"), zoned(1, "a"), zoned(2, "a"), zoned(1, "a")]);
    expect(ranges).toEqual([zoned(1, "a"), zoned(2, "a"), zoned(1, "b")]);
    expect(count(ranges)).toBe(3);
  });

  test("a hole cuts a range in two", () => {
    expect(subtract([four(1, 9)], [four(4, 5)])).toEqual([four(1, 3), four(6, 9)]);
  });

  test("a hole without a zone is in every zone, one with a zone only in its own", () => {
    const both = [zoned(1, "a"), zoned(1, "b")];
    expect(subtract(both, [{ family: 6, first: 0n, last: 5n }])).toEqual([]);
    expect(subtract(both, [zoned(1, "a")])).toEqual([zoned(1, "b")]);
    expect(subtract([{ family: 6, first: 0n, last: 5n }], [zoned(1, "a")])).toEqual([
      { family: 6, first: 0n, last: 5n },
    ]);
  });

  test("union is the union of all addresses", () => {
    fc.assert(
      fc.property(some, (ranges) => {
        const joined = union(ranges);
        expectNormal(joined);
        expect(model(joined)).toEqual(model(ranges));
        expect(count(joined)).toBe(model(ranges).size);
      }),
    );
  });

  test("subtraction takes out exactly the holes", () => {
    fc.assert(
      fc.property(some, some, (ranges, holes) => {
        const left = subtract(union(ranges), holes);
        const gone = model(holes);
        const expected = [...model(ranges)].filter(
          (address) => !gone.has(address) && !gone.has(`${address.slice(0, address.lastIndexOf(" "))} `),
        );
        expectNormal(left);
        expect(model(left)).toEqual(new Set(expected));
      }),
    );
  });

  test("it contains a range exactly where it contains every address of it", () => {
    fc.assert(
      fc.property(some, fc.oneof(plain, single), (ranges, inner) => {
        const all = model(ranges);
        const within = [...model([inner])].every((address) => all.has(address));
        expect(contains(union(ranges), inner)).toBe(within);
      }),
    );
  });
});

test("a range without a zone holds its addresses in every zone, and one with a zone in that alone", () => {
  const plain6 = { family: 6, first: 1n, last: 9n } as const;
  expect(holds([plain6], zoned(5, "eth0"))).toBe(true);
  expect(holds([zoned(5, "eth0")], zoned(5, "eth0"))).toBe(true);
  expect(holds([zoned(5, "eth0")], zoned(5, "eth1"))).toBe(false);
  expect(holds([zoned(5, "eth0")], { family: 6, first: 5n, last: 5n })).toBe(false);
});
