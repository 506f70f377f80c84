import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { Flights, WAIT, type Wait } from "../../src/scan/flights.ts";
import { RoundTrip } from "../../src/scan/round-trip.ts";
import { stretchOf } from "./stretch-model.ts";

const STRETCH = stretchOf({ hosts: 1, ports: 1 });

/** 32 quick answers: 100 ms are usual from then on. */
function learnQuick(roundTrip: RoundTrip): void {
  for (let time = 0; time < 32; time++) roundTrip.learn(1);
}

function flightsOf(ceilingMs = 2_000): { flights: Flights; roundTrip: RoundTrip } {
  const roundTrip = new RoundTrip(ceilingMs);
  return { flights: new Flights(roundTrip), roundTrip };
}

function start(flights: Flights, wait: Wait, startedAt: number): number {
  return flights.start(STRETCH, 0, "192.0.2.1", wait, startedAt).slot;
}

describe("probes under way", () => {
  test.each([
    [WAIT.usual, 100],
    [WAIT.twice, 200],
    [WAIT.fourfold, 400],
    [WAIT.eightfold, 800],
    [WAIT.patient, 700],
    [WAIT.ceiling, 2_000],
  ])("of wait %i are overdue after %i ms", (wait, ms) => {
    const { flights, roundTrip } = flightsOf();
    learnQuick(roundTrip);
    const slot = start(flights, wait, 1_000);
    expect(flights.nextDeadline).toBe(1_000 + ms);
    expect(flights.nextOverdue(1_000 + ms - 0.1)).toBe(undefined);
    expect(flights.nextOverdue(1_000 + ms)?.slot).toBe(slot);
  });

  test("are waited for as long as is known by then, not when they began", () => {
    const { flights, roundTrip } = flightsOf();
    start(flights, WAIT.usual, 0);
    expect(flights.nextDeadline).toBe(700);
    learnQuick(roundTrip);
    expect(flights.nextDeadline).toBe(100);
    for (let time = 0; time < 32; time++) roundTrip.learn(500);
    expect(flights.nextDeadline).toBeGreaterThan(500);
  });

  test("are never waited for longer than the user allows", () => {
    const { flights, roundTrip } = flightsOf(150);
    learnQuick(roundTrip);
    for (const wait of Object.values(WAIT)) start(flights, wait, 0);
    expect(flights.nextDeadline).toBe(100);
    let late = 0;
    for (let one = flights.nextOverdue(150); one !== undefined; one = flights.nextOverdue(150)) {
      flights.end(one.slot);
      late++;
    }
    expect(late).toBe(7);
    expect(flights.nextDeadline).toBe(Infinity);
  });

  test("have the shortest wait that is long enough", () => {
    const { flights, roundTrip } = flightsOf();
    learnQuick(roundTrip);
    const waits = [0, 100, 101, 400, 700, 801, 5_000].map((ms) => flights.waitFor(ms));
    const { usual, twice, fourfold, eightfold, ceiling } = WAIT;
    expect(waits).toEqual([usual, usual, twice, fourfold, eightfold, ceiling, ceiling]);
  });

  test("come out by their deadlines, each once, whatever has ended meanwhile", () => {
    const steps = fc.array(fc.tuple(fc.constantFrom(...Object.values(WAIT)), fc.boolean(), fc.nat(400)), {
      maxLength: 60,
      size: "max",
    });
    const waitMs = [100, 200, 400, 800, 700, 2_000, 2_700];
    fc.assert(
      fc.property(steps, (history) => {
        const { flights, roundTrip } = flightsOf();
        learnQuick(roundTrip);
        const deadlines = new Map<number, number>();
        let now = 0;
        for (const [wait, ends, pass] of history) {
          const [first] = deadlines.keys();
          if (ends && first !== undefined) {
            flights.end(first);
            deadlines.delete(first);
          }
          const slot = start(flights, wait, now);
          expect(deadlines.has(slot)).toBe(false);
          deadlines.set(slot, now + (waitMs[wait] ?? 0));
          now += pass;
          for (let one = flights.nextOverdue(now); one !== undefined; one = flights.nextOverdue(now)) {
            expect(deadlines.get(one.slot)).toBeLessThanOrEqual(now);
            flights.end(one.slot);
            deadlines.delete(one.slot);
          }
          expect(flights.nextDeadline).toBe(Math.min(Infinity, ...deadlines.values()));
          expect(new Set(Array.from(flights, (one) => one.slot))).toEqual(new Set(deadlines.keys()));
          expect(flights.size).toBe(deadlines.size);
        }
      }),
    );
  });

  test("leave their slot to others, of which nothing is taken for theirs", () => {
    const { flights } = flightsOf();
    const slot = start(flights, WAIT.ceiling, 0);
    flights.end(slot);
    expect(flights.at(slot)).toBe(undefined);
    expect(start(flights, WAIT.ceiling, 1_500)).toBe(slot);
    expect(flights.nextOverdue(2_000)).toBe(undefined);
    expect(flights.nextOverdue(3_500)?.slot).toBe(slot);
  });
});
