import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { inSrvOrder } from "../../src/dns/srv-order.ts";

const weight = fc.oneof(fc.constant(0), fc.nat(5), fc.nat(0xffff));
const rank = fc.record({ priority: fc.nat(3), weight }, { noNullPrototype: true });
const ranks = fc.array(rank, { maxLength: 12 });
const draws = fc.infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }));

/** A random source that says the same things every time. */
function said(...numbers: readonly number[]): () => number {
  const left = [...numbers];
  return () => left.shift() ?? 0;
}

/** Every draw there can be from a sum of weights, each once. */
function allDraws(sum: number): number[] {
  return Array.from({ length: sum + 1 }, (_, number) => (number + 0.5) / (sum + 1));
}

describe("inSrvOrder", () => {
  test("gives every record once, the lowest priority first, and leaves what it was given alone", () => {
    fc.assert(
      fc.property(ranks, draws, (records, stream) => {
        const before = structuredClone(records);
        const order = inSrvOrder(records, () => stream.next().value ?? 0);
        expect(records).toStrictEqual(before);
        expect(new Set(order)).toStrictEqual(new Set(records));
        expect(order).toHaveLength(records.length);
        const priorities = order.map(({ priority }) => priority);
        expect(priorities).toStrictEqual(priorities.toSorted((a, b) => a - b));
      }),
    );
  });

  test("takes each first in as many draws as its weight, and one more for the first of those listed", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(9), { minLength: 1, maxLength: 6 }), (weights) => {
        const records = weights.map((weight, at) => ({ priority: 0, weight, at }));
        const sum = weights.reduce((sum, weight) => sum + weight, 0);
        const first = allDraws(sum).map((draw) => inSrvOrder(records, said(draw))[0]?.at);
        const listedFirst = Math.max(weights.indexOf(0), 0);
        for (const { weight, at } of records) {
          const times = first.filter((one) => one === at).length;
          expect(times).toBe(weight + Number(at === listedFirst));
        }
      }),
    );
  });

  test("draws the second among what is left, by their weights alone", () => {
    const records = [1, 2, 3].map((weight) => ({ priority: 0, weight }));
    // The draw of 6 of 6 takes the last; 3 are left.
    const second = allDraws(3).map((draw) => inSrvOrder(records, said(0.99, draw))[1]?.weight);
    expect(second).toStrictEqual([1, 1, 2, 2]);
  });

  test("draws anew for each priority", () => {
    const records = [
      { priority: 20, weight: 1, at: "c" },
      { priority: 10, weight: 1, at: "a" },
      { priority: 10, weight: 1, at: "b" },
      { priority: 20, weight: 1, at: "d" },
    ];
    const order = inSrvOrder(records, said(0.99, 0, 0.99, 0)).map(({ at }) => at);
    expect(order).toStrictEqual(["b", "a", "d", "c"]);
  });

  test("puts weight 0 first only where the draw is 0", () => {
    const records = [
      { priority: 0, weight: 9 },
      { priority: 0, weight: 0 },
    ];
    expect(inSrvOrder(records, said(0.05))[0]?.weight).toBe(0);
    expect(inSrvOrder(records, said(0.15))[0]?.weight).toBe(9);
  });
});
