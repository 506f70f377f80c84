import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { Budget, type BudgetLimits } from "../../src/scan/budget.ts";
import { FakeClock } from "./fake-net.ts";

function budgetOf(limits: Partial<BudgetLimits>): { budget: Budget; clock: FakeClock } {
  const clock = new FakeClock();
  return {
    budget: new Budget({ sockets: 1_000, perHost: 1_000_000, isOwn: () => false, ...limits }, clock),
    clock,
  };
}

/** Takes all places that there are, and says how many. */
function takeAll(budget: Budget): number {
  let taken = 0;
  while (taken < 10_000 && budget.tryTake("192.0.2.1")) taken++;
  return taken;
}

function giveAll(budget: Budget, count: number): void {
  for (let given = 0; given < count; given++) budget.give("192.0.2.1");
}

function windowOf(budget: Budget): number {
  const places = takeAll(budget);
  giveAll(budget, places);
  return places;
}

function succeed(budget: Budget, times: number): void {
  for (let time = 0; time < times; time++) budget.succeeded();
}

describe("the window of a budget", () => {
  test("begins where it is told to, and not beyond what there is", () => {
    expect(windowOf(budgetOf({ start: 100 }).budget)).toBe(100);
    expect(windowOf(budgetOf({ start: 5_000 }).budget)).toBe(1_000);
    expect(windowOf(budgetOf({}).budget)).toBe(1_000);
  });

  test("grows by one with every answer, up to all sockets, as long as nothing got lost", () => {
    const { budget } = budgetOf({ start: 100 });
    succeed(budget, 250);
    expect(windowOf(budget)).toBe(350);
    succeed(budget, 5_000);
    expect(windowOf(budget)).toBe(1_000);
  });

  test("halves what is under way when too much gets lost, and grows by one a window after that", () => {
    const { budget } = budgetOf({ start: 600 });
    takeAll(budget);
    budget.slowDown(0);
    giveAll(budget, 600);
    expect(windowOf(budget)).toBe(300);
    succeed(budget, 301);
    expect(windowOf(budget)).toBe(301);
    succeed(budget, 2_000);
    expect(windowOf(budget)).toBeLessThan(310);
  });

  test("shrinks to half of what was under way, where that was less than the window", () => {
    const { budget } = budgetOf({});
    for (let taken = 0; taken < 100; taken++) budget.tryTake("192.0.2.1");
    budget.slowDown(0);
    giveAll(budget, 100);
    expect(windowOf(budget)).toBe(50);
  });

  test("does not pause when packets get lost, as it does when this machine runs out", () => {
    const { budget } = budgetOf({});
    budget.slowDown(0);
    expect(budget.delayMs).toBe(0);
    budget.exhausted();
    expect(budget.delayMs).toBeGreaterThan(0);
  });

  test("never grows by shrinking, however small it began", () => {
    const { budget, clock } = budgetOf({ start: 4 });
    budget.exhausted();
    clock.ms += budget.delayMs;
    expect(windowOf(budget)).toBe(4);
  });

  test("stays between one and all sockets, whatever happens", () => {
    const events = fc.array(fc.constantFrom("answer", "answers", "loss", "shortage", "take"), {
      maxLength: 80,
    });
    fc.assert(
      fc.property(
        fc.integer({ min: 8, max: 300 }),
        fc.integer({ min: 8, max: 300 }),
        events,
        (sockets, start, all) => {
          const { budget, clock } = budgetOf({ sockets, start });
          let open = 0;
          for (const event of all) {
            if (event === "answer") budget.succeeded();
            else if (event === "answers") succeed(budget, 50);
            else if (event === "loss") budget.slowDown(0);
            else if (event === "shortage") budget.exhausted();
            else if (budget.tryTake("192.0.2.1")) open++;
            clock.ms += 25;
          }
          giveAll(budget, open);
          expect(windowOf(budget)).toBeGreaterThanOrEqual(1);
          expect(windowOf(budget)).toBeLessThanOrEqual(sockets);
        },
      ),
    );
  });
});
