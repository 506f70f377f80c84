import * as fc from "fast-check";
import { expect, test } from "vitest";

import { likelyFirst } from "../../src/scan/likely-ports.ts";

const ports = fc.uniqueArray(fc.integer({ min: 1, max: 65_535 }), { maxLength: 200 });

test("likely ports come first, the others as they were, and each once", () => {
  expect(likelyFirst([21, 22, 80, 81, 443, 9_999])).toEqual([443, 80, 22, 21, 81, 9_999]);
  expect(likelyFirst([])).toEqual([]);
  fc.assert(
    fc.property(ports, fc.subarray([443, 80, 22, 3_306]), (some, known) => {
      const all = [...new Set([...some, ...known])].toSorted(numeric);
      const ordered = likelyFirst(all);
      expect(ordered.toSorted(numeric)).toEqual(all);
      expect(ordered.filter((port) => known.includes(port))).toEqual(
        [443, 80, 22, 3_306].filter((port) => known.includes(port)),
      );
    }),
  );
});

function numeric(a: number, b: number): number {
  return a - b;
}
