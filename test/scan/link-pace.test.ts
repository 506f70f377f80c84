import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { LinkPace } from "../../src/scan/link-pace.ts";
import { FakeClock } from "./fake-net.ts";

/** The kernel's table, and how long a host that is not there stays in it (arp(7)). */
const TABLE = { entries: 1_024, ms: 3_000 };

function takeAll(pace: LinkPace): number {
  let taken = 0;
  while (taken < 10_000 && pace.tryTake()) taken++;
  return taken;
}

describe("the pace of a link", () => {
  test("is 250 hosts at once, and 250 a second from then on", () => {
    const clock = new FakeClock();
    const pace = new LinkPace(clock);
    expect(takeAll(pace)).toBe(250);
    clock.ms += 1_000;
    expect(takeAll(pace)).toBe(250);
    clock.ms += 100;
    expect(takeAll(pace)).toBe(25);
    clock.ms += 3_600_000;
    expect(takeAll(pace)).toBe(250);
  });

  test("never fills the kernel's table, whenever somebody asks, alone or in parts", () => {
    const waits = fc.array(fc.double({ min: 0, max: 2_000, noNaN: true }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(waits, fc.constantFrom(1, 2, 5), (steps, parts) => {
        const clock = new FakeClock();
        const paces = Array.from({ length: parts }, () => new LinkPace(clock, 1 / parts));
        const begun: number[] = [];
        for (const step of steps) {
          clock.ms += step;
          for (const pace of paces) for (let taken = takeAll(pace); taken > 0; taken--) begun.push(clock.ms);
        }
        for (const from of begun) {
          const inTable = begun.filter((ms) => ms >= from && ms < from + TABLE.ms).length;
          expect(inTable).toBeLessThan(TABLE.entries);
        }
      }),
      { numRuns: 30 },
    );
  });

  test("says when a handful may be begun, and is right", () => {
    const clock = new FakeClock();
    const pace = new LinkPace(clock);
    expect(pace.delayMs).toBe(0);
    takeAll(pace);
    expect(pace.delayMs).toBeCloseTo(32, 6);
    clock.ms += pace.delayMs;
    expect(pace.delayMs).toBe(0);
    expect(takeAll(pace)).toBe(8);
  });

  test("gives a part of it to one of many", () => {
    const clock = new FakeClock();
    const pace = new LinkPace(clock, 1 / 5);
    expect(takeAll(pace)).toBe(50);
    clock.ms += 1_000;
    expect(takeAll(pace)).toBe(50);
  });
});
