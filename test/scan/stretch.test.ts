import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { ProbeOutcome, Stretch } from "../../src/scan/stretch.ts";
import { hostAt } from "./fake-net.ts";
import { type Shape, StretchModel, stretchOf } from "./stretch-model.ts";

const shapes: fc.Arbitrary<Shape> = fc.record(
  {
    hosts: fc.integer({ min: 1, max: 7 }),
    ports: fc.integer({ min: 1, max: 6 }),
    networkOf: fc.integer({ min: 1, max: 4 }),
  },
  { requiredKeys: ["hosts", "ports"] },
);

/** What happens next, and to whom of those to whom it may. */
const steps = fc.array(
  fc.tuple(
    fc.constantFrom(
      "draw",
      "draw and launch",
      "draw and launch",
      "draw and launch alone",
      "launch",
      "park",
      "unpark",
      "answer",
      "answer",
      "miss",
      "miss and ask again",
      "die",
      "fault",
      "round",
    ),
    fc.nat(99),
  ),
  { maxLength: 150, size: "max" },
);
const tries = fc.record({ alive: fc.integer({ min: 1, max: 3 }), unknown: fc.integer({ min: 1, max: 2 }) });

type Step = readonly [name: string, pick: number];

function take(model: StretchModel, [name, pick]: Step, most: Parameters<StretchModel["nextRound"]>[0]): void {
  const { flying } = model;
  const one = flying[pick % flying.length];
  if (name.startsWith("draw") && model.held === undefined) model.draw();
  if (name.endsWith("launch") && model.held !== undefined) model.launch(false);
  if (name.endsWith("alone") && model.held !== undefined) model.launch(true);
  if (name === "park" && model.held !== undefined) model.park();
  if (name === "unpark") model.unpark();
  if (name === "round" && model.held === undefined && model.isIdle && model.left > 0) model.nextRound(most);
  if (one === undefined) return;
  if (name === "answer") model.answer(one);
  if (name === "miss") model.miss(one, pick, false);
  if (name === "miss and ask again") model.miss(one, pick, true);
  if (name === "die") model.die(one);
  if (name === "fault") model.fault(one);
}

/** Goes on until all is settled, with nobody answering any more. */
function finish(model: StretchModel, most: Parameters<StretchModel["nextRound"]>[0]): void {
  for (let step = 0; model.left > 0; step++) {
    expect(step, "it never ends").toBeLessThan(2_000);
    if (model.held !== undefined) model.launch(false);
    for (const probe of model.flying) model.miss(probe, step, false);
    model.unpark();
    if (model.draw()) continue;
    expect(model.isIdle).toBe(true);
    expect(model.stretch.isIdle, "it should be idle").toBe(true);
    model.nextRound(most);
  }
}

/** All that a stretch gives to be asked, and sent out. */
function drawn(stretch: Stretch): number[] {
  const probes: number[] = [];
  const next = (): number | undefined => stretch.nextLiving() ?? stretch.nextFirst() ?? stretch.nextSilent();
  for (let probe = next(); probe !== undefined; probe = next()) {
    stretch.launch(probe, false);
    probes.push(probe);
  }
  return probes;
}

function numeric(a: number, b: number): number {
  return a - b;
}

describe("a stretch", () => {
  test("is what its model says, through any history, and every probe comes to one end", () => {
    fc.assert(
      fc.property(shapes, steps, tries, (shape, history, most) => {
        const model = new StretchModel(shape);
        for (const step of history) {
          take(model, step, most);
          expect(model.stretch.left).toBe(model.left);
        }
        finish(model, most);
        expect(model.stretch.left).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  test("does not offer what is drawn already when its host turns out to be alive meanwhile", () => {
    const model = new StretchModel({ hosts: 1, ports: 2 });
    const most = { alive: 1, unknown: 1 };
    for (const name of ["draw and launch", "draw and launch", "miss and ask again", "draw", "answer", "park"])
      take(model, [name, 0], most);
    expect(model.draw()).toBe(false);
    finish(model, most);
  });

  test("does not let a host wait for room that has been offered anew since it was parked", () => {
    const model = new StretchModel({ hosts: 1, ports: 3 });
    const most = { alive: 1, unknown: 1 };
    for (const name of ["draw and launch", "draw and launch", "draw", "miss and ask again", "park"])
      take(model, [name, 0], most);
    for (const name of ["miss and ask again", "draw", "unpark", "park"]) take(model, [name, 0], most);
    expect(model.draw()).toBe(false);
    finish(model, most);
  });

  test("asks every probe at least once, where nobody is reported dead and nothing is left out", () => {
    const quiet = steps.map((all) => all.filter(([name]) => name !== "die"));
    fc.assert(
      fc.property(shapes, quiet, tries, ({ hosts, ports }, history, most) => {
        const model = new StretchModel({ hosts, ports });
        for (const step of history) take(model, step, most);
        finish(model, most);
        for (const { tries: made } of model.probes) expect(made).toBeGreaterThan(0);
      }),
      { numRuns: 150 },
    );
  });

  test("made from a mark asks what was not asked, and what kept silent only in the next round", () => {
    fc.assert(
      fc.property(shapes, steps, tries, (shape, history, most) => {
        const model = new StretchModel(shape);
        for (const step of history) take(model, step, most);
        const again = stretchOf(shape, structuredClone(model.stretch.mark));
        const numbers = [...model.probes.keys()];
        const isOpen = (probe: number): boolean => model.probe(probe).state !== "settled";
        // Those under way when the mark was made are asked as if they had not been.
        const isSilent = (probe: number): boolean =>
          isOpen(probe) && model.probe(probe).state !== "flying" && model.probe(probe).tries > 0;
        expect(again.left).toBe(model.left);
        const expected = numbers.filter(
          (probe) => isOpen(probe) && !isSilent(probe) && model.host(probe).state !== "aside",
        );
        expect(drawn(again).toSorted(numeric)).toEqual(expected);
        for (const probe of expected) {
          again.land(probe);
          again.settle(probe);
        }
        expect(again.isIdle).toBe(true);
        const given: number[] = [];
        const asksMore = again.nextRound(
          () => 2,
          (probe, outcome) => {
            expect(outcome).toBe("skipped");
            given.push(probe);
            again.settle(probe);
          },
        );
        expect(given).toEqual(
          numbers.filter((probe) => isOpen(probe) && model.host(probe).state === "aside"),
        );
        const silent = numbers.filter(isSilent);
        expect(asksMore).toBe(silent.length > 0);
        expect(drawn(again).toSorted(numeric)).toEqual(silent);
        for (const probe of silent) expect(again.triesOf(probe)).toBe(2);
      }),
      { numRuns: 200 },
    );
  });

  test("knows who was alive when it is made from a mark", () => {
    const model = new StretchModel({ hosts: 3, ports: 4 });
    for (let step = 0; step < 3; step++) take(model, ["draw and launch", 0], { alive: 1, unknown: 1 });
    model.answer(4);
    const again = stretchOf(model.shape, model.stretch.mark);
    expect([0, 1, 2].map((host) => again.isAlive(host))).toEqual([false, true, false]);
    expect(again.nextLiving()).toBe(5);
  });
});

describe("a stretch, step by step,", () => {
  test("asks a port of each host, then those that answer in turn, then the others", () => {
    const stretch = stretchOf({ hosts: 4, ports: 3 });
    const first = Array.from({ length: 4 }, () => {
      const probe = stretch.nextFirst() ?? -1;
      stretch.launch(probe, false);
      return probe;
    });
    expect(first).toEqual([0, 3, 6, 9]);
    expect([stretch.nextFirst(), stretch.nextLiving()]).toEqual([undefined, undefined]);
    for (const probe of [3, 9]) {
      stretch.land(probe);
      stretch.answered(stretch.hostOf(probe), 1);
      stretch.settle(probe);
    }
    expect(drawn(stretch)).toEqual([4, 10, 5, 11, 1, 7, 2, 8]);
  });

  test("asks nothing more of a host that is asked alone until that has come back", () => {
    const stretch = stretchOf({ hosts: 1, ports: 3 });
    stretch.launch(stretch.nextFirst() ?? -1, true);
    expect(drawn(stretch)).toEqual([]);
    expect(stretch.isIdle).toBe(false);
    stretch.land(0);
    expect(drawn(stretch)).toEqual([1, 2]);
  });

  test("gives all ports of a dead host as unreachable, without asking them", () => {
    const stretch = stretchOf({ hosts: 2, ports: 50 });
    stretch.launch(stretch.nextFirst() ?? -1, false);
    stretch.land(0);
    stretch.died(0);
    stretch.settle(0);
    for (const probe of drawn(stretch)) {
      expect(stretch.hostOf(probe)).toBe(1);
      stretch.land(probe);
      stretch.settle(probe);
    }
    const given: ProbeOutcome[] = [];
    const more = stretch.nextRound(
      () => 9,
      (probe, outcome) => {
        given.push(outcome);
        stretch.settle(probe);
      },
    );
    expect([more, stretch.left, given.length, ...new Set(given)]).toEqual([false, 0, 49, "unreachable"]);
  });

  test("asks on where a host comes back from the dead", () => {
    const stretch = stretchOf({ hosts: 1, ports: 4 });
    stretch.launch(stretch.nextFirst() ?? -1, false);
    stretch.launch(stretch.nextSilent() ?? -1, false);
    stretch.land(0);
    stretch.died(0);
    stretch.settle(0);
    expect(drawn(stretch)).toEqual([]);
    stretch.land(1);
    stretch.answered(0, 5);
    stretch.settle(1);
    expect(stretch.isAlive(0)).toBe(true);
    expect(drawn(stretch)).toEqual([2, 3]);
    stretch.died(0);
    expect(stretch.isAlive(0)).toBe(true);
  });

  test("puts a probe back eleven times where the fault is this machine's own, and counts none as made", () => {
    const stretch = stretchOf({ hosts: 1, ports: 1 });
    let probe = stretch.nextFirst() ?? -1;
    for (let fault = 1; fault <= 12; fault++) {
      stretch.launch(probe, false);
      stretch.land(probe);
      expect(stretch.putBack(probe)).toBe(fault < 12);
      if (fault === 12) break;
      expect(stretch.triesOf(probe)).toBe(0);
      probe = stretch.nextSilent() ?? -1;
      expect(probe).toBe(0);
    }
  });

  test("remembers a host's slowest answer", () => {
    const stretch = stretchOf({ hosts: 2, ports: 1 });
    for (const latencyMs of [3, 300, 20]) stretch.answered(1, latencyMs);
    expect([0, 1].map((host) => stretch.slowestMsOf(host))).toEqual([0, 300]);
  });

  test("never forgets that a probe was asked, however often", () => {
    const stretch = stretchOf({ hosts: 1, ports: 1 });
    stretch.launch(stretch.nextFirst() ?? -1, false);
    stretch.land(0);
    for (let time = 0; time < 40; time++) {
      stretch.askAgain(0);
      expect(drawn(stretch)).toEqual([0]);
      stretch.land(0);
    }
    expect(stretch.triesOf(0)).toBe(31);
    expect(stretch.left).toBe(1);
  });

  test("ends though a host was reported dead between a draw and the word that it has its part", () => {
    const stretch = stretchOf({ hosts: 1, ports: 3 });
    stretch.launch(stretch.nextFirst() ?? -1, false);
    const held = stretch.nextSilent() ?? -1;
    expect(held).toBe(1);
    stretch.land(0);
    stretch.died(0);
    stretch.settle(0);
    stretch.park(held);
    stretch.unpark();
    expect(drawn(stretch)).toEqual([]);
    expect(stretch.isIdle).toBe(true);
  });
});

function given(stretch: Stretch): [string, number, ProbeOutcome][] {
  const all: [string, number, ProbeOutcome][] = [];
  stretch.nextRound(
    () => 1,
    (probe, outcome) => {
      all.push([stretch.addressOf(probe), stretch.portOf(probe), outcome]);
      stretch.settle(probe);
    },
  );
  return all;
}

describe("a sparse stretch", () => {
  const shape = { hosts: 12, ports: 2, networkOf: 4 };

  test("asks nothing of a network but its samples until one answers, and then the whole of that one", () => {
    const stretch = stretchOf(shape);
    expect(drawn(stretch)).toEqual([0, 8, 16, 1, 9, 17]);
    for (const probe of [0, 1, 8, 9, 16, 17]) stretch.land(probe);
    stretch.answered(1 * 4, 1);
    for (const probe of [8, 9]) stretch.settle(probe);
    expect(drawn(stretch).toSorted(numeric)).toEqual([10, 11, 12, 13, 14, 15]);
  });

  test("gives the rest as skipped, and what kept silent as filtered", () => {
    const stretch = stretchOf(shape);
    for (const probe of drawn(stretch)) stretch.land(probe);
    expect(stretch.isIdle).toBe(true);
    const all = given(stretch);
    expect(stretch.left).toBe(0);
    const samples = [0, 4, 8].map(hostAt);
    for (const [address, , outcome] of all)
      expect(outcome).toBe(samples.includes(address) ? "filtered" : "skipped");
    expect(all).toHaveLength(24);
  });

  test("takes a word that a sample is not there for no answer", () => {
    const stretch = stretchOf(shape);
    const probes = drawn(stretch);
    for (const probe of probes) stretch.land(probe);
    stretch.died(4);
    expect(given(stretch).filter(([address]) => address === hostAt(4))).toEqual([
      [hostAt(4), 1, "unreachable"],
      [hostAt(4), 2, "unreachable"],
    ]);
  });
});
