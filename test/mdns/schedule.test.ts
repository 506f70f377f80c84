import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { Question } from "../../src/dns/message.ts";
import { Schedule } from "../../src/mdns/schedule.ts";

const A: Question = { name: ["a", "local"], type: "A" };
const B: Question = { name: ["b", "local"], type: "A" };

/** When each question is asked, in order, until nothing more is to be asked or the time is over. */
function times(schedule: Schedule, until: number): number[] {
  const found: number[] = [];
  while (schedule.nextAt <= until) {
    const now = schedule.nextAt;
    if (schedule.takeDue(now).length > 0) found.push(now);
  }
  return found;
}

describe("the schedule", () => {
  test("asks first within 20 to 120 ms, then after 1, 2, 4 s …, an hour at most", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (chance) => {
        const schedule = new Schedule(() => chance, Number.POSITIVE_INFINITY);
        schedule.reconcile([A], 0);
        const [first = 0, ...rest] = times(schedule, 20_000_000);
        expect(first).toBeGreaterThanOrEqual(20);
        expect(first).toBeLessThanOrEqual(120);
        const gaps = [first, ...rest].slice(1).map((at, index) => at - ([first, ...rest][index] ?? 0));
        expect(gaps.slice(0, 4).map(Math.round)).toEqual([1_000, 2_000, 4_000, 8_000]);
        expect(Math.round(Math.max(...gaps))).toBe(3_600_000);
      }),
    );
  });

  test("is exhausted after so many, and begins anew when it is told to", () => {
    const schedule = new Schedule(() => 0, 3);
    schedule.reconcile([A], 0);
    expect(schedule.exhausted).toBe(false);
    expect(times(schedule, 1e9)).toEqual([20, 1_020, 3_020]);
    expect(schedule.exhausted).toBe(true);
    expect(schedule.asks(A.name, "A")).toBe(3);
    schedule.restart(5_000);
    expect(times(schedule, 1e9)).toEqual([5_020, 6_020, 8_020]);
  });

  test("goes on with what is still wanted, whatever its case, and forgets the rest", () => {
    const schedule = new Schedule(() => 0, 3);
    schedule.reconcile([A], 0);
    expect(schedule.takeDue(20)).toEqual([A]);
    schedule.reconcile([{ name: ["A", "LOCAL"], type: "A" }], 30);
    expect(schedule.nextAt).toBe(1_020);
    schedule.reconcile([], 40);
    expect(schedule.nextAt).toBe(Number.POSITIVE_INFINITY);
    expect(schedule.exhausted).toBe(true);
  });

  test("asks together what is new and soon due, but keeps the intervals of the others", () => {
    const schedule = new Schedule(() => 0, 3);
    schedule.reconcile([A], 0);
    expect(schedule.takeDue(20)).toEqual([A]);
    schedule.reconcile([A, B], 990);
    expect(schedule.takeDue(1_010)).toEqual([B]);
    expect(schedule.takeDue(1_020)).toEqual([A]);
  });

  test("takes what somebody else asks for asked, where it is due within a second and was asked before", () => {
    const schedule = new Schedule(() => 0, 9);
    schedule.reconcile([A], 0);
    schedule.takeAsAsked(A, 10);
    expect(schedule.takeDue(20)).toEqual([A]);
    schedule.takeAsAsked(A, 500);
    expect(schedule.nextAt).toBe(2_500);
    expect(schedule.takeDue(2_500)).toEqual([A]);
    schedule.takeAsAsked(A, 2_600);
    expect(schedule.asks(A.name, "A")).toBe(3);
  });

  test("asks beside the series, each question once a time", () => {
    const schedule = new Schedule(() => 0, 1);
    schedule.reconcile([A], 0);
    schedule.askBeside([A, B], 3, 0);
    expect(schedule.takeDue(20)).toEqual([A, B]);
    expect(schedule.exhausted).toBe(false);
    expect(times(schedule, 1e9)).toEqual([1_020, 3_020]);
    expect(schedule.exhausted).toBe(true);
  });
});
