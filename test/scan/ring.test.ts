import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { Ring } from "../../src/scan/ring.ts";

describe("a ring", () => {
  test("gives numbers in the order in which they came, however it is filled and emptied", () => {
    const steps = fc.array(fc.option(fc.double({ noNaN: true }), { nil: undefined }), { maxLength: 300 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), steps, (capacity, items) => {
        const ring = new Ring(capacity);
        const model: number[] = [];
        for (const item of items) {
          if (item === undefined) expect(ring.shift()).toBe(model.shift());
          else {
            ring.push(item);
            model.push(item);
          }
          expect(ring.length).toBe(model.length);
          expect(ring.peek()).toBe(model[0]);
        }
        while (model.length > 0) expect(ring.shift()).toBe(model.shift());
        expect(ring.shift()).toBe(undefined);
      }),
    );
  });

  test("keeps whole numbers as large as there are exact ones", () => {
    const ring = new Ring();
    ring.push(Number.MAX_SAFE_INTEGER);
    expect(ring.shift()).toBe(Number.MAX_SAFE_INTEGER);
  });
});
