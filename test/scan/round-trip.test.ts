import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { RoundTrip } from "../../src/scan/round-trip.ts";

function learned(ceilingMs: number, latencies: readonly number[]): RoundTrip {
  const roundTrip = new RoundTrip(ceilingMs);
  for (const latencyMs of latencies) roundTrip.learn(latencyMs);
  return roundTrip;
}

/** RFC 6298, section 2: R' comes into RTTVAR with the old SRTT. */
function byTheBook([first = 0, ...rest]: readonly number[]): number {
  let [srtt, rttvar] = [first, first / 2];
  for (const r of rest) {
    rttvar = (1 - 1 / 4) * rttvar + (1 / 4) * Math.abs(srtt - r);
    srtt = (1 - 1 / 8) * srtt + (1 / 8) * r;
  }
  return srtt + 4 * rttvar;
}

describe("how long an answer may take", () => {
  test("is a guess before 32 have come, and never more than the user allows", () => {
    const few = Array.from({ length: 31 }, () => 1);
    expect(learned(2_000, few)).toMatchObject({ usualMs: 700, patientMs: 700, ceilingMs: 2_000 });
    expect(learned(500, few)).toMatchObject({ usualMs: 500, patientMs: 500, ceilingMs: 500 });
    expect(learned(2_000, [...few, 1]).usualMs).toBe(100);
  });

  test("is the smoothed round trip and four times its variation, between 100 ms and the ceiling", () => {
    const latencies = fc.array(fc.double({ min: 0, max: 3_000, noNaN: true }), {
      minLength: 32,
      maxLength: 120,
    });
    fc.assert(
      fc.property(latencies, fc.integer({ min: 100, max: 5_000 }), (all, ceilingMs) => {
        const expected = Math.min(ceilingMs, Math.max(100, byTheBook(all)));
        expect(learned(ceilingMs, all).usualMs).toBeCloseTo(expected, 6);
      }),
    );
  });

  test("follows answers that become slow, and those that become quick again", () => {
    const quick = Array.from({ length: 100 }, () => 2);
    const slow = Array.from({ length: 100 }, () => 400);
    expect(learned(5_000, quick).usualMs).toBe(100);
    expect(learned(5_000, [...quick, ...slow]).usualMs).toBeGreaterThan(400);
    expect(learned(5_000, [...quick, ...slow, ...quick]).usualMs).toBe(100);
  });

  test("keeps below a ceiling that is lower than the least", () => {
    expect(
      learned(
        40,
        Array.from({ length: 50 }, () => 1),
      ).usualMs,
    ).toBe(40);
  });
});
