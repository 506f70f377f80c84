import { describe, expect, test, vi } from "vitest";

import type { Scope } from "../../src/model/strategy.ts";
import { lineText, parseLine } from "../../src/run/checkpoint/lines.ts";
import { markFault, mostBytesOf, settledBy } from "../../src/run/checkpoint/plausible.ts";
import type { SweepMark, SweepStart } from "../../src/scan/sweep.ts";
import { type ScopeShape, portsTo, scopeOf } from "../scan/fake-net.ts";
import { fakeThreads, helpersOf } from "../scan/fake-threads.ts";
import {
  type SimulationOptions,
  type World,
  begin,
  opened,
  refused,
  simulateTime,
} from "../scan/simulation.ts";

simulateTime();

/** Some are silent for good, some open, and slow enough to be met in the middle. */
const world: World = ({ address, port }) => {
  if (Number(address.split(".")[3]) % 8 === 3) return "silent";
  return port % 9 === 0 ? opened(5) : refused(7);
};

/** How far a sweep is after so long. */
async function markAfter(shape: ScopeShape, options: SimulationOptions, ms: number): Promise<SweepMark> {
  const stop = new AbortController();
  const { sweep } = begin(shape, world, { ...options, signal: stop.signal });
  vi.advanceTimersByTime(ms);
  const marking = sweep.mark();
  vi.advanceTimersByTime(1);
  const mark: SweepMark = structuredClone(await marking);
  stop.abort();
  vi.runAllTimers();
  return mark;
}

const THREADS: SimulationOptions = {
  helpers: (net) => helpersOf(fakeThreads(net), { sweepAlone: true }),
};
const WIDE = { hosts: 1_500, ports: portsTo(40) };

describe.each<[string, ScopeShape, SimulationOptions]>([
  ["of many hosts", WIDE, {}],
  ["with threads", WIDE, THREADS],
  ["that is sparse", { hosts: 1_500, ports: portsTo(9) }, { isSparse: true }],
  ["of this machine's own ports", { hosts: 2, ports: portsTo(9_000) }, { isOwn: () => true }],
  [
    "of this machine's own ports, with threads",
    { hosts: 2, ports: portsTo(9_000) },
    { ...THREADS, isOwn: () => true },
  ],
  ["of no ports", { hosts: 3, ports: [] }, {}],
])("how far a sweep is, %s,", (_what, shape, options) => {
  test("makes sense at any time, and is read as it was written", async () => {
    const scope: Scope = { ...scopeOf(shape), sparse: options.isSparse ?? false };
    let from: SweepStart | undefined;
    let before = 0;
    for (const ms of [0, 1, 6, 9, 20, 45, 100, 400]) {
      const mark = await markAfter(shape, { ...options, ...(from && { from }) }, ms);
      expect(markFault(mark, scope)).toBeUndefined();
      expect(parseLine(lineText({ mark }), mostBytesOf(scope))).toEqual({ mark });
      expect(settledBy(mark)).toBeGreaterThanOrEqual(before);
      before = settledBy(mark);
      from = { mark, open: [], isDone: () => true };
    }
    if (shape.ports.length > 0) expect(before).toBeGreaterThan(0);
  });
});
