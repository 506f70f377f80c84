import { describe, expect, test, vi } from "vitest";

import type { SweeperOrders } from "../../src/scan/crew-messages.ts";
import { Crew, type CrewWork } from "../../src/scan/crew.ts";
import { type Portion, stretches } from "../../src/scan/deal.ts";
import type { Helpers } from "../../src/scan/sweep.ts";
import { type Counts, addCounts, noCounts } from "../../src/scan/tally.ts";
import { FIRST, hostAt, portsTo } from "./fake-net.ts";
import { type FakeThread, type FakeThreads, fakeThreads, helpersOf } from "./fake-threads.ts";
import { SimulatedNet, type World, begin, opened, refused, simulate, simulateTime } from "./simulation.ts";

simulateTime();

/** Eight portions of 64 hosts. */
const SHAPE = { hosts: 512, ports: portsTo(64) };
const PROBES = 512 * 64;
const OPEN = 512;

const everyHostAtSeven: World = ({ port }) => (port === 7 ? opened(5) : refused(5));

function expectedOpen(hosts: number = SHAPE.hosts): string[] {
  return Array.from({ length: hosts }, (_, host) => `${hostAt(host)} 7`).toSorted();
}

/** Threads, and helpers made of them once there is a network. */
function threadsWith(more: Partial<Helpers> = {}, most?: number) {
  const all: FakeThread[] = [];
  const helpers = (net: SimulatedNet): Helpers => {
    const made: FakeThreads = fakeThreads(net, most);
    const run: Helpers["run"] = (...start) => {
      const thread = made.run(...start);
      all.splice(0, all.length, ...made.threads);
      return thread;
    };
    return helpersOf({ ...made, run }, more);
  };
  return { all, helpers };
}

describe("a sweep with threads beside it", () => {
  test("finds everything once, and all have had their part", async () => {
    const { all, helpers } = threadsWith();
    const { net, open, coverage } = await simulate(SHAPE, everyHostAtSeven, { helpers });
    expect(open).toEqual(expectedOpen());
    expect(coverage).toMatchObject({
      probes: PROBES,
      open: OPEN,
      closed: PROBES - OPEN,
      unprobed: 0,
      complete: true,
    });
    expect(net.asks).toHaveLength(PROBES);
    const parts = all.map(({ asks }) => asks);
    expect(parts).toHaveLength(2);
    for (const part of [...parts, PROBES - parts.reduce((sum, part) => sum + part, 0)])
      expect(part).toBeGreaterThanOrEqual(4_096);
    expect(all.every(({ isEnded }) => isEnded)).toBe(true);
    expect(net.inFlight).toBe(0);
  });

  test("tells its threads what they may have", async () => {
    const { all, helpers } = threadsWith({ sockets: 100, start: 50, perHost: 9 });
    await simulate(SHAPE, everyHostAtSeven, { helpers, sockets: 100, start: 50 });
    for (const { orders } of all)
      expect(orders).toMatchObject({
        sockets: 100,
        start: 50,
        perHost: 9,
        timeoutMs: 2_000,
        paceShare: 1 / 3,
      });
  });

  test("leaves the field to them as soon as they are up, and keeps what is extra", async () => {
    const { all, helpers } = threadsWith({ sweepAlone: true });
    const extra = [{ address: "127.0.0.1", port: 7, transport: "tcp" as const }];
    const { open, coverage } = await simulate({ ...SHAPE, extra }, everyHostAtSeven, { helpers });
    // Four portions it may have begun before.
    expect(all.reduce((sum, { asks }) => sum + asks, 0)).toBeGreaterThanOrEqual(PROBES - 4 * 4_096);
    expect(open).toEqual([...expectedOpen(), "127.0.0.1 7"].toSorted());
    expect(coverage).toMatchObject({ open: OPEN + 1, unprobed: 0, complete: true });
  });

  test("shares out the ports of this machine", async () => {
    const { all, helpers } = threadsWith({ sweepAlone: true });
    const shape = { hosts: 1, ports: portsTo(65_535) };
    const options = { helpers, isOwn: () => true };
    const { open, coverage } = await simulate(shape, everyHostAtSeven, options);
    expect(open).toEqual(expectedOpen(1));
    expect(coverage).toMatchObject({ open: 1, closed: 65_534, unprobed: 0 });
    for (const { asks } of all) expect(asks).toBeGreaterThan(0);
  });

  test.each([
    ["little to do", { hosts: 100, ports: portsTo(64) }, {}],
    [
      "a link of this machine to be swept",
      { hosts: 256, ports: portsTo(64) },
      {
        interfaces: [
          { name: "eth0", family: 4 as const, address: "10.0.3.1", prefixLength: 22, internal: false },
        ],
      },
    ],
  ])("starts none where there is %s", async (_, shape, options) => {
    const { all, helpers } = threadsWith();
    const { coverage } = await simulate(shape, everyHostAtSeven, { helpers, ...options });
    expect(all).toEqual([]);
    expect(coverage.complete).toBe(true);
  });

  test.each([0, 1])("does what %i of two threads leave to it where no more can be started", async (most) => {
    for (const sweepAlone of [false, true]) {
      const { all, helpers } = threadsWith({ sweepAlone }, most);
      const { open, coverage } = await simulate(SHAPE, everyHostAtSeven, { helpers });
      expect(all).toHaveLength(most);
      expect(open).toEqual(expectedOpen());
      expect(coverage).toMatchObject({ open: OPEN, unprobed: 0, complete: true });
    }
  });

  test.each([false, true])(
    "counts nothing twice where threads die in the middle (alone: %j)",
    async (sweepAlone) => {
      for (const deaths of [[60], [60, 90], [1, 1], [300, 301]]) {
        const { all, helpers } = threadsWith({ sweepAlone });
        const { net, tally, found } = begin(SHAPE, everyHostAtSeven, { helpers });
        for (const [at, ms] of deaths.entries()) setTimeout(() => all[at]?.die(), ms);
        vi.runAllTimers();
        const open = (await found).map(({ endpoint }) => `${endpoint.address} ${endpoint.port}`);
        expect(open.toSorted(), `deaths after ${deaths.join(" and ")} ms`).toEqual(expectedOpen());
        expect(tally.coverage).toMatchObject({
          open: OPEN,
          closed: PROBES - OPEN,
          unprobed: 0,
          complete: true,
        });
        expect(net.asks.length).toBeGreaterThanOrEqual(PROBES);
        expect(all[0]?.said.length).toBeGreaterThan(0);
      }
    },
  );

  test("ends all of them when it is told to, and counts what was done by then", async () => {
    const stop = new AbortController();
    const { all, helpers } = threadsWith();
    const { net, tally, found } = begin(SHAPE, everyHostAtSeven, { helpers, signal: stop.signal });
    setTimeout(() => stop.abort(), 70);
    vi.runAllTimers();
    const open = await found;
    expect(all.map(({ isEnded }) => isEnded)).toEqual([true, true]);
    const { open: counted, closed, unprobed, complete } = tally.coverage;
    expect(open).toHaveLength(counted);
    expect(counted).toBeGreaterThan(0);
    expect(counted + closed + unprobed).toBe(PROBES);
    expect(unprobed).toBeGreaterThan(0);
    expect(complete).toBe(false);
    expect(net.asks.every(({ at }) => at <= (net.asks[0]?.at ?? 0) + 70)).toBe(true);
  });

  test("starts none where it is over already", async () => {
    const { all, helpers } = threadsWith();
    const { found } = begin(SHAPE, everyHostAtSeven, { helpers, signal: AbortSignal.abort() });
    vi.runAllTimers();
    expect(await found).toEqual([]);
    expect(all).toEqual([]);
  });
});

const FIELD = {
  ranges: [{ family: 4 as const, first: BigInt(FIRST), last: BigInt(FIRST + 255) }],
  ports: portsTo(64),
  isSparse: false,
};

const ORDERS: SweeperOrders = {
  field: FIELD,
  timeoutMs: 2_000,
  isDirect: true,
  sockets: 64,
  start: 64,
  perHost: 64,
  interfaces: [],
  paceShare: 1,
};

/** Work of these portions, and what came of it. */
class Work implements CrewWork {
  counts: Counts = noCounts();
  readonly open: string[] = [];
  readonly finished: Counts[] = [];
  readonly reasons: string[] = [];
  membersEnded = 0;
  readonly #portions: Portion[];

  constructor(portions: readonly Portion[]) {
    this.#portions = [...portions];
  }

  get left(): readonly Portion[] {
    return this.#portions;
  }

  nextPortion(): Portion | undefined {
    return this.#portions.shift();
  }

  counted(counts: Counts): void {
    this.counts = addCounts(this.counts, counts);
  }

  foundOpen(host: number, port: number): void {
    this.open.push(`${hostAt(host)} ${port}`);
  }

  finishedPortion(counts: Counts): void {
    this.finished.push(counts);
  }

  lost(portions: readonly Portion[], counts: Counts, reason: string): void {
    this.#portions.push(...portions);
    this.counts = addCounts(this.counts, counts, -1);
    this.reasons.push(reason);
  }

  memberEnded(): void {
    this.membersEnded++;
  }

  get settled(): number {
    return Object.values(this.counts).reduce((sum, count) => sum + count, 0);
  }
}

const PORTIONS: readonly Portion[] = [0, 64, 128, 192].map((firstHost) => ({
  firstHost,
  hosts: 64,
  firstPort: 0,
  ports: 64,
}));

describe("a crew", () => {
  test("tells how far it is, so that others can go on from there", async () => {
    const net = new SimulatedNet(everyHostAtSeven);
    const work = new Work(PORTIONS);
    const crew = new Crew(2, ORDERS, fakeThreads(net).run, work);
    vi.advanceTimersByTime(180);
    const looked = crew.look();
    vi.advanceTimersByTime(1);
    await looked;
    const portions = [...crew.portions, ...work.left];
    const before = { settled: work.settled, open: [...work.open], asks: net.asks.length };
    crew.end();
    expect(before.settled).toBeGreaterThan(1_000);
    const stretchOf = stretches(FIELD);
    const left = portions.reduce((sum, portion) => sum + stretchOf(portion).left, 0);
    expect(before.settled + left).toBe(256 * 64);
    const rest = new Work(portions);
    const second = new Crew(2, ORDERS, fakeThreads(net).run, rest);
    vi.runAllTimers();
    expect(second.isOver).toBe(true);
    expect(rest.settled).toBe(left);
    expect([...before.open, ...rest.open].toSorted()).toEqual(expectedOpen(256));
    // What was under way, and nothing else, is asked again.
    expect(net.asks.length).toBeLessThanOrEqual(256 * 64 + 2 * 64);
  });

  test("gives portions with their marks back where a thread dies that went on from one", async () => {
    const mark = {
      settled: new Uint8Array(512).fill(0xff, 0, 256),
      silent: new Uint8Array(512),
      alive: new Uint8Array(8),
    };
    const [first] = PORTIONS;
    if (first === undefined) throw new Error("no portion");
    const work = new Work([{ ...first, mark }]);
    const made = fakeThreads(new SimulatedNet(everyHostAtSeven));
    const crew = new Crew(1, ORDERS, made.run, work);
    vi.advanceTimersByTime(60);
    expect(work.settled).toBeGreaterThan(0);
    made.threads[0]?.die();
    expect(work).toMatchObject({ left: [{ ...first, mark }], settled: 0, membersEnded: 1 });
    expect(work.reasons).toEqual(["it was killed"]);
    expect(crew.isOver).toBe(true);
    await crew.look();
    expect(crew.portions).toEqual([]);
  });

  test("hears of a death once, and not of one that comes after the end", () => {
    const work = new Work(PORTIONS);
    const made = fakeThreads(new SimulatedNet(everyHostAtSeven));
    const crew = new Crew(1, ORDERS, made.run, work);
    vi.runAllTimers();
    expect(work).toMatchObject({ membersEnded: 1, reasons: [], settled: 256 * 64 });
    expect(work.finished).toEqual(PORTIONS.map(() => ({ ...noCounts(), open: 64, closed: 63 * 64 })));
    made.threads[0]?.die();
    expect(work).toMatchObject({ membersEnded: 1, reasons: [] });
    expect(crew.isOver).toBe(true);
  });

  test("is over from the start where there is nobody", async () => {
    const crew = new Crew(3, ORDERS, () => undefined, new Work(PORTIONS));
    expect(crew.isOver).toBe(true);
    await crew.look();
    expect(crew.portions).toEqual([]);
    crew.end();
  });
});

describe("a sweeper", () => {
  test("asks for more before it has nothing left, and tells what it found in heaps", () => {
    const made = fakeThreads(new SimulatedNet(everyHostAtSeven));
    const work = new Work(PORTIONS);
    const startedAt = performance.now();
    const crew = new Crew(1, ORDERS, made.run, work);
    vi.runAllTimers();
    const elapsedMs = performance.now() - startedAt;
    expect(crew.isOver).toBe(true);
    const [thread] = made.threads;
    expect(thread?.said.at(-1)).toEqual({ kind: "ended" });
    const heaps = thread?.said.filter(({ kind }) => kind === "reports") ?? [];
    expect(heaps.length).toBeGreaterThan(4);
    expect(heaps.length).toBeLessThanOrEqual(elapsedMs / 40 + 2);
    expect(thread?.told.map(({ kind }) => kind)).toEqual(["portions", "portions", "over"]);
  });

  test("tells how far it is with portions that it has not begun, too", async () => {
    const mark = {
      settled: new Uint8Array(512).fill(1),
      silent: new Uint8Array(512),
      alive: new Uint8Array(8),
    };
    const portions = PORTIONS.map((portion) => ({ ...portion, mark }));
    const crew = new Crew(
      1,
      { ...ORDERS, sockets: 8, start: 8 },
      fakeThreads(new SimulatedNet(() => "silent")).run,
      new Work(portions),
    );
    vi.advanceTimersByTime(20);
    const looked = crew.look();
    vi.advanceTimersByTime(5);
    await looked;
    expect(crew.portions.length).toBeGreaterThan(1);
    for (const portion of crew.portions) expect(portion.mark?.settled).toEqual(mark.settled);
    crew.end();
  });
});
