import { getEventListeners } from "node:events";

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { Budget, type BudgetLimits } from "../../src/scan/budget.ts";
import { FakeClock } from "./fake-net.ts";

const { signal } = new AbortController();
const OWN = "127.0.0.1";

function budgetOf(limits: Partial<BudgetLimits> = {}): { budget: Budget; clock: FakeClock } {
  const clock = new FakeClock();
  const all = { sockets: 64, perHost: 1_000, isOwn: (address: string) => address === OWN, ...limits };
  return { budget: new Budget(all, clock), clock };
}

/** How many places there are now. */
function takeAll(budget: Budget, address = "192.0.2.1"): number {
  let taken = 0;
  while (taken < 10_000 && budget.tryTake(address)) taken++;
  return taken;
}

function giveAll(budget: Budget, count: number, address = "192.0.2.1"): void {
  for (let given = 0; given < count; given++) budget.give(address);
}

describe("a budget", () => {
  test("has as many places as sockets, and a place again for each that is given back", () => {
    const { budget } = budgetOf();
    expect(takeAll(budget)).toBe(64);
    giveAll(budget, 3);
    expect(takeAll(budget)).toBe(3);
  });

  test("halves when the machine runs out, waits a moment, and grows back as connects go well", () => {
    const { budget, clock } = budgetOf();
    takeAll(budget);
    budget.exhausted();
    giveAll(budget, 64);
    expect(budget.delayMs).toBeGreaterThan(0);
    expect(budget.tryTake("192.0.2.1")).toBe(false);
    clock.ms += budget.delayMs;
    expect(budget.delayMs).toBe(0);
    expect(takeAll(budget)).toBe(32);
    for (let turn = 0; turn < 64; turn++) budget.succeeded();
    expect(takeAll(budget)).toBe(1);
    for (let turn = 0; turn < 10_000; turn++) budget.succeeded();
    expect(takeAll(budget)).toBe(31);
    expect(takeAll(budget)).toBe(0);
  });

  test.each([1, 2, 8, 100])(
    "keeps some places and never has more than %i, however often it runs out",
    (sockets) => {
      const { budget, clock } = budgetOf({ sockets });
      takeAll(budget);
      for (let turn = 0; turn < 50; turn++) {
        budget.exhausted();
        clock.ms += budget.delayMs;
      }
      giveAll(budget, sockets);
      clock.ms += 1_000;
      const places = takeAll(budget);
      expect(places).toBeGreaterThan(0);
      expect(places).toBeLessThanOrEqual(Math.min(sockets, 8));
    },
  );

  test("halves once for all that fail of the same shortage", () => {
    const { budget, clock } = budgetOf();
    takeAll(budget);
    for (let failed = 0; failed < 64; failed++) budget.exhausted();
    giveAll(budget, 64);
    clock.ms += budget.delayMs;
    expect(takeAll(budget)).toBe(32);
  });

  test("is not held up by one who waits for a host that has its part", async () => {
    const { budget } = budgetOf({ perHost: 2 });
    takeAll(budget, "192.0.2.7");
    const waiting = budget.take("192.0.2.7", signal);
    expect(budget.tryTake("192.0.2.8")).toBe(true);
    budget.give("192.0.2.7");
    expect(await waiting).toBe(true);
  });

  test("tells the others that there is room when one who waited leaves", () => {
    const { budget } = budgetOf({ sockets: 1 });
    budget.tryTake("192.0.2.1");
    const leaving = new AbortController();
    void budget.take("192.0.2.2", leaving.signal);
    let told = 0;
    budget.onRoom(() => told++);
    leaving.abort();
    expect(told).toBe(1);
  });

  test("gives one host no more than its part, and the others the rest", () => {
    const { budget } = budgetOf({ perHost: 5 });
    expect(takeAll(budget, "192.0.2.1")).toBe(5);
    expect(takeAll(budget, "192.0.2.2")).toBe(5);
    budget.give("192.0.2.1");
    expect(takeAll(budget, "192.0.2.2")).toBe(0);
    expect(takeAll(budget, "192.0.2.1")).toBe(1);
  });

  test("spares this machine nothing: only others have a part", () => {
    const { budget } = budgetOf({ perHost: 5 });
    expect(takeAll(budget, OWN)).toBe(64);
  });

  test("lets conversations go before the sweep", async () => {
    const { budget } = budgetOf({ sockets: 1 });
    budget.tryTake("192.0.2.1");
    const waiting = budget.take("192.0.2.2", signal);
    const sweep: boolean[] = [];
    budget.onRoom(() => sweep.push(budget.tryTake("192.0.2.3")));
    budget.give("192.0.2.1");
    expect(await waiting).toBe(true);
    expect(sweep).toEqual([false]);
    budget.give("192.0.2.2");
    expect(sweep).toEqual([false, true]);
  });

  test("keeps the sweep back while a conversation waits, though there is room again", async () => {
    const { budget, clock } = budgetOf();
    budget.exhausted();
    const waiting = budget.take("192.0.2.1", signal);
    clock.ms += 1_000;
    expect(budget.tryTake("192.0.2.2")).toBe(false);
    expect(await waiting).toBe(true);
    expect(budget.tryTake("192.0.2.2")).toBe(true);
  });

  test("lets those who wait in turn", async () => {
    const { budget } = budgetOf({ sockets: 1 });
    budget.tryTake("192.0.2.1");
    const order: number[] = [];
    const waiting = [0, 1, 2].map(async (at) => {
      await budget.take("192.0.2.1", signal);
      order.push(at);
      budget.give("192.0.2.1");
    });
    budget.give("192.0.2.1");
    await Promise.all(waiting);
    expect(order).toEqual([0, 1, 2]);
  });

  test("forgets who waits when it is over, and leaves nothing on the signal", async () => {
    const { budget } = budgetOf({ sockets: 1 });
    const stop = new AbortController();
    budget.tryTake("192.0.2.1");
    const waiting = [budget.take("192.0.2.1", stop.signal), budget.take("192.0.2.2", stop.signal)];
    stop.abort();
    expect(await Promise.all(waiting)).toEqual([false, false]);
    expect(getEventListeners(stop.signal, "abort")).toEqual([]);
    expect(await budget.take("192.0.2.3", stop.signal)).toBe(false);
    budget.give("192.0.2.1");
    expect(budget.tryTake("192.0.2.4")).toBe(true);
  });

  test("leaves nothing on the signal of one who was let in", async () => {
    const { budget } = budgetOf({ sockets: 1 });
    const stop = new AbortController();
    budget.tryTake("192.0.2.1");
    const waiting = budget.take("192.0.2.1", stop.signal);
    budget.give("192.0.2.1");
    expect(await waiting).toBe(true);
    expect(getEventListeners(stop.signal, "abort")).toEqual([]);
  });

  test("stops telling who no longer listens", () => {
    const { budget } = budgetOf();
    let told = 0;
    const stop = budget.onRoom(() => told++);
    budget.tryTake("192.0.2.1");
    budget.give("192.0.2.1");
    stop();
    budget.tryTake("192.0.2.1");
    budget.give("192.0.2.1");
    expect(told).toBe(1);
  });

  test("begins no more than the rate in any stretch of time, but for 20 ms of catching up", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5_000 }),
        fc.array(fc.double({ min: 0.1, max: 200, noNaN: true }), { minLength: 1, maxLength: 60 }),
        (rate, steps) => {
          const { budget, clock } = budgetOf({ sockets: 1_000_000, rate });
          const begun: number[] = [];
          for (const step of steps) {
            clock.ms += step;
            while (budget.tryTake(OWN)) begun.push(clock.ms);
          }
          expect(worstBurst(begun, rate)).toBeLessThanOrEqual(rate * 0.02 + 1e-6);
        },
      ),
      { numRuns: 40 },
    );
  });

  test("reaches the rate where there is enough to do", () => {
    const { budget, clock } = budgetOf({ sockets: 1_000_000, rate: 500 });
    let begun = 0;
    for (let ms = 0; ms < 10_000; ms++) {
      clock.ms += 1;
      while (budget.tryTake(OWN)) begun++;
    }
    expect(begun).toBeGreaterThan(4_900);
    expect(begun).toBeLessThanOrEqual(5_011);
  });

  test("says how long the rate keeps the next one back", () => {
    const { budget, clock } = budgetOf({ rate: 1 });
    expect(budget.delayMs).toBe(0);
    budget.tryTake(OWN);
    expect(budget.delayMs).toBeGreaterThan(900);
    clock.ms += budget.delayMs;
    expect(budget.tryTake(OWN)).toBe(true);
  });
});

/** How many more than the rate allows were begun in the worst of all stretches of time, the first one aside. */
function worstBurst(begun: readonly number[], rate: number): number {
  let [least, worst] = [Infinity, -Infinity];
  for (const [at, ms] of begun.entries()) {
    const ahead = at - (rate * ms) / 1_000;
    least = Math.min(least, ahead);
    worst = Math.max(worst, ahead - least);
  }
  return worst;
}
