import { describe, expect, test, vi } from "vitest";

import type { SweptEndpoint } from "../../src/model/strategy.ts";
import type { SweepMark } from "../../src/scan/sweep.ts";
import { noCounts } from "../../src/scan/tally.ts";
import { hostAt, portsTo } from "./fake-net.ts";
import { fakeThreads, helpersOf } from "./fake-threads.ts";
import {
  type SimulationOptions,
  type World,
  begin,
  opened,
  refused,
  simulate,
  simulateTime,
} from "./simulation.ts";

simulateTime();

const SHAPE = { hosts: 256, ports: portsTo(64) };
const PROBES = 256 * 64;

/** One host in eight is silent, one port in nine open. */
const world: World = ({ address, port }) => {
  if (Number(address.split(".")[3]) % 8 === 3) return "silent";
  return port % 9 === 0 ? opened(5) : refused(5);
};

const OPEN = Array.from({ length: 256 }, (_, host) =>
  host % 8 === 3 ? [] : [9, 18, 27, 36, 45, 54, 63].map((port) => `${hostAt(host)} ${port}`),
)
  .flat()
  .toSorted();

const WAYS: readonly [string, SimulationOptions][] = [
  ["by itself", {}],
  ["with threads", { helpers: (net) => helpersOf(fakeThreads(net), { sweepAlone: true }) }],
];

/** Runs so long, takes account, and goes on so long before it is killed. */
async function killed(
  options: SimulationOptions,
  ms: number,
): Promise<{ mark: SweepMark; open: SweptEndpoint[]; asks: number }> {
  const open: SweptEndpoint[] = [];
  const stop = new AbortController();
  const told = (swept: SweptEndpoint): void => void open.push(swept);
  const { sweep, net } = begin(SHAPE, world, { ...options, told, signal: stop.signal });
  vi.advanceTimersByTime(ms);
  const marking = sweep.mark();
  vi.advanceTimersByTime(1);
  const mark: SweepMark = structuredClone(await marking);
  const known = [...open];
  stop.abort();
  vi.runAllTimers();
  return { mark, open: known, asks: net.asks.length };
}

describe.each(WAYS)("a sweep that goes on where another one ended, %s,", (_, options) => {
  test.each([0, 3, 40, 105, 300, 900])("after %i ms, does what was left and counts all of it", async (ms) => {
    const { mark, open, asks } = await killed(options, ms);
    const from = { mark, open, isDone: () => false };
    const rest = await simulate(SHAPE, world, { ...options, from });
    expect(rest.open).toEqual(OPEN);
    expect(rest.coverage).toMatchObject({
      probes: PROBES,
      open: OPEN.length,
      filtered: 32 * 64,
      unprobed: 0,
      complete: true,
    });
    const whole = await simulate(SHAPE, world, options);
    // What was under way, and what was silent so far, is asked again.
    expect(asks + rest.net.asks.length).toBeLessThan(whole.net.asks.length + 32 * 64 + 1_024);
  });
});

test("a sweep that goes on tells nothing of what everybody has done with", async () => {
  const { mark, open } = await killed({}, 40);
  expect(open.length).toBeGreaterThan(0);
  const { found, coverage } = await simulate(SHAPE, world, { from: { mark, open, isDone: () => true } });
  expect(found).toHaveLength(OPEN.length - open.length);
  expect(coverage.open).toBe(OPEN.length);
});

test("a sweep that goes on from a portion of which all is settled ends", async () => {
  const mark = {
    settled: new Uint8Array(512).fill(0xff),
    silent: new Uint8Array(512),
    alive: new Uint8Array(8).fill(0xff),
  };
  const counts = { ...noCounts(), closed: 4_096 };
  const portion = { firstHost: 0, hosts: 64, firstPort: 0, ports: 64, mark, counts };
  for (const [, options] of WAYS) {
    const from = {
      mark: {
        place: { host: 256, port: 0 },
        portions: [portion],
        done: { ...noCounts(), closed: 3 * 4_096 },
      },
      open: [],
      isDone: () => true,
    };
    const { coverage } = await simulate(SHAPE, world, { ...options, from });
    expect(coverage).toMatchObject({ unprobed: 0, complete: true });
  }
});
