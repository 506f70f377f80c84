import { afterEach, beforeEach, vi } from "vitest";

import type { Clock } from "../../src/model/clock.ts";
import type { InterfaceAddress } from "../../src/model/interface-address.ts";
import type { ConnectOutcome, Net, ProbeEnd, Prober } from "../../src/model/net.ts";
import type { Coverage } from "../../src/model/outcome.ts";
import type { SweptEndpoint } from "../../src/model/strategy.ts";
import { Announced } from "../../src/scan/announced.ts";
import { Budget } from "../../src/scan/budget.ts";
import { type Helpers, Sweep, type SweepStart } from "../../src/scan/sweep.ts";
import { Tally } from "../../src/scan/tally.ts";
import { type ScopeShape, scopeOf } from "./fake-net.ts";
import { NOBODY, netOf } from "./no-net.ts";

/** How a connect ends, and after how long; `silent` never does. */
export type Answer = { readonly outcome: ConnectOutcome; readonly latencyMs: number } | "silent";

/** One connect: the how manieth to its endpoint, from 0; when it began; and how many are under way, itself included. */
export interface Ask {
  readonly address: string;
  readonly port: number;
  readonly attempt: number;
  readonly at: number;
  readonly inFlight: number;
}

export type World = (ask: Ask) => Answer;

export const simulatedClock: Clock = { now: () => performance.now(), monotonic: () => performance.now() };

/** Time moves only when all that is due is done: for the tests of a file. */
export function simulateTime(): void {
  beforeEach(() => {
    const toFake = ["setTimeout", "clearTimeout", "setImmediate", "clearImmediate", "performance"] as const;
    vi.useFakeTimers({ toFake: [...toFake], loopLimit: 2_000_000 });
  });
  afterEach(() => void vi.useRealTimers());
}

/** A network in simulated time. */
export class SimulatedNet {
  readonly asks: Ask[] = [];
  inFlight = 0;
  /** When the last connect began or ended. */
  lastAt = 0;
  readonly #world: World;
  readonly #attempts = new Map<string, number>();
  readonly #due = new Map<number, (() => void)[]>();

  constructor(world: World) {
    this.#world = world;
  }

  readonly prober = (ended: ProbeEnd): Prober => {
    const leaves = new Map<number, () => unknown>();
    return {
      connect: (slot, address, port) => {
        const leave = this.#connect(address, port, (outcome, latencyMs) => {
          leaves.delete(slot);
          ended(slot, outcome, latencyMs);
        });
        leaves.set(slot, leave);
      },
      cancel: (slot) => {
        leaves.get(slot)?.();
        leaves.delete(slot);
      },
      close: () => {},
    };
  };

  #connect(
    address: string,
    port: number,
    ended: (outcome: ConnectOutcome, latencyMs: number) => void,
  ): () => unknown {
    const key = `${address} ${port}`;
    const attempt = this.#attempts.get(key) ?? 0;
    this.#attempts.set(key, attempt + 1);
    this.#count(1);
    const ask = { address, port, attempt, at: performance.now(), inFlight: this.inFlight };
    this.asks.push(ask);
    const answer = this.#world(ask);
    if (answer === "silent") return () => this.#count(-1);
    let isOver = false;
    const end = (): boolean => {
      if (isOver) return false;
      isOver = true;
      this.#count(-1);
      return true;
    };
    this.#after(answer.latencyMs, () => end() && ended(answer.outcome, answer.latencyMs));
    return end;
  }

  #count(by: 1 | -1): void {
    this.inFlight += by;
    this.lastAt = performance.now();
  }

  /** One timer for all that is due at a time. */
  #after(ms: number, act: () => void): void {
    const at = performance.now() + ms;
    const acts = this.#due.get(at);
    if (acts !== undefined) acts.push(act);
    else {
      this.#due.set(at, [act]);
      setTimeout(() => {
        for (const one of this.#due.get(at) ?? []) one();
        this.#due.delete(at);
      }, ms);
    }
  }

  /** How often each endpoint was asked. */
  asksOf(address: string, port: number): number {
    return this.#attempts.get(`${address} ${port}`) ?? 0;
  }

  /** The most that were begun in any stretch of so many milliseconds, of those that count. */
  mostWithin(ms: number, counts: (ask: Ask) => boolean = () => true): number {
    const times = this.asks.filter(counts).map(({ at }) => at);
    let [most, first] = [0, 0];
    for (const [place, time] of times.entries()) {
      while ((times[first] ?? time) <= time - ms) first++;
      most = Math.max(most, place - first + 1);
    }
    return most;
  }
}

export interface SimulationOptions {
  readonly sockets?: number;
  readonly start?: number;
  readonly perHost?: number;
  readonly rate?: number;
  readonly interfaces?: readonly InterfaceAddress[];
  readonly neighbours?: () => ReadonlyMap<string, boolean>;
  /** Threads beside this one, over the same network. */
  readonly helpers?: (net: SimulatedNet) => Helpers;
  readonly isSparse?: boolean;
  readonly signal?: AbortSignal;
  /** What an earlier sweep came to. */
  readonly from?: SweepStart;
  readonly told?: (swept: SweptEndpoint) => void;
  /** Whether an address is this machine's own. */
  readonly isOwn?: (address: string) => boolean;
}

export interface Simulated {
  readonly net: SimulatedNet;
  readonly found: readonly SweptEndpoint[];
  readonly open: readonly string[];
  readonly coverage: Coverage;
  readonly elapsedMs: number;
}

export interface RunningSimulation {
  readonly net: SimulatedNet;
  readonly tally: Tally;
  readonly sweep: Sweep;
  /** Resolves once the sweep is over. */
  readonly found: Promise<SweptEndpoint[]>;
}

/** Begins a sweep; nothing moves before the timers do. */
export function begin(shape: ScopeShape, world: World, options: SimulationOptions = {}): RunningSimulation {
  const {
    sockets = 512,
    start = sockets,
    perHost = 512,
    rate,
    helpers = () => NOBODY,
    isSparse = false,
  } = options;
  const { interfaces = [], neighbours = () => new Map(), isOwn = () => false } = options;
  const net = new SimulatedNet(world);
  const tally = new Tally();
  const limits = { sockets, start, perHost, isOwn, ...(rate !== undefined && { rate }) };
  const scope = { ...scopeOf({ timeoutMs: 2_000, ...shape }), sparse: isSparse };
  tally.expect(shape.hosts, shape.hosts * shape.ports.length + (shape.extra?.length ?? 0));
  const whole: Net = netOf({
    prober: net.prober,
    interfaces: () => [...interfaces],
    neighbours: () => new Map(neighbours()),
  });
  const tools = {
    net: whole,
    isDirect: true,
    budget: new Budget(limits, simulatedClock),
    announced: new Announced(false),
    tally,
    isOwn,
    helpers: helpers(net),
    clock: simulatedClock,
    ...(options.told && { told: options.told }),
    signal: options.signal ?? new AbortController().signal,
  };
  const sweep = new Sweep(scope, tools, options.from);
  sweep.start();
  return { net, tally, sweep, found: drain(sweep.found) };
}

/** A whole sweep. */
export async function simulate(
  shape: ScopeShape,
  world: World,
  options?: SimulationOptions,
): Promise<Simulated> {
  const startedAt = performance.now();
  const { net, tally, found } = begin(shape, world, options);
  vi.runAllTimers();
  const elapsedMs = net.lastAt - startedAt;
  const all = await found;
  const open = all.map(({ endpoint }) => `${endpoint.address} ${endpoint.port}`);
  return { net, found: all, open: open.toSorted(), coverage: tally.coverage, elapsedMs };
}

async function drain<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** Numbers from 0 up to 1, always the same ones (Park and Miller's generator). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

export const refused = (latencyMs = 2): Answer => ({ outcome: "closed", latencyMs });
export const opened = (latencyMs = 2): Answer => ({ outcome: "open", latencyMs });
