import { run } from "../../src/cli/run.ts";
import type { Io, InterruptSignal, TextOutput } from "../../src/cli/terminal/io.ts";
import type { DiscoveryEvent } from "../../src/model/event.ts";
import type { Inventory, Service } from "../../src/model/inventory.ts";
import type { DiscoverOptions, Discovery } from "../../src/model/options.ts";
import type { WatchEvent, WatchOptions } from "../../src/model/watch.ts";
import type { SelfTest } from "../../src/self-test.ts";
import { privateHome } from "./private-home.ts";

export function service(type: string, more: Partial<Service> = {}): Service {
  return {
    id: `${type}@127.0.0.1:1`,
    name: type,
    type,
    category: "cache",
    host: "127.0.0.1",
    port: 1,
    transport: "tcp",
    addresses: ["127.0.0.1"],
    hostnames: [],
    url: null,
    tls: false,
    status: "healthy",
    product: null,
    version: null,
    confidence: 0.9,
    latencyMs: null,
    strategies: ["tcp"],
    metadata: {},
    lastSeen: "2026-01-01T00:00:00.000Z",
    ttlSeconds: 300,
    evidence: [],
    ...more,
  };
}

export function inventory(services: readonly Service[] = [], more: Partial<Inventory> = {}): Inventory {
  return {
    schemaVersion: 1,
    scan: {
      id: "scan",
      startedAt: "2026-01-01T00:00:00.000Z",
      durationMs: 5,
      strategies: ["tcp"],
      targets: ["127.0.0.1"],
    },
    coverage: {
      addresses: 1,
      probes: 2,
      open: services.length,
      closed: 2 - services.length,
      filtered: 0,
      unreachable: 0,
      failed: 0,
      unprobed: 0,
      complete: true,
    },
    services,
    warnings: [],
    ...more,
  };
}

export function incomplete(whole: Inventory): Inventory {
  return { ...whole, coverage: { ...whole.coverage, complete: false } };
}

export function found(one: Service, replaces: readonly string[] = []): DiscoveryEvent {
  return { event: "service", service: one, replaces };
}

export function finished(whole: Inventory): DiscoveryEvent {
  return { event: "finished", inventory: whole };
}

type Script = (options: DiscoverOptions) => AsyncIterable<DiscoveryEvent> | Iterable<DiscoveryEvent>;

/** A discovery that reports what a test says. */
export function scripted(script: Script, options: DiscoverOptions): Discovery {
  return {
    async *[Symbol.asyncIterator]() {
      yield* script(options);
    },
    inventory: () => Promise.reject(new Error("the command line reads events")),
  };
}

export interface FakeOptions {
  readonly env?: Record<string, string>;
  readonly cwd?: string;
  /** A folder of this process alone where absent: nobody's own cache is read or written. */
  readonly home?: string;
  readonly stdin?: string | AsyncIterable<string>;
  readonly terminals?: readonly ("stdin" | "stdout" | "stderr")[];
  readonly script?: Script;
  /** What a watch tells. */
  readonly watched?: (options: WatchOptions) => AsyncIterable<WatchEvent> | Iterable<WatchEvent>;
  /** What the strategies' own tests say. */
  readonly tests?: readonly SelfTest[];
  readonly now?: () => number;
}

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** What `discover` and `watch` were called with, in turn. */
  readonly options: readonly WatchOptions[];
  readonly left: readonly number[];
}

export interface Fake {
  readonly io: Io;
  interrupt(signal: InterruptSignal): void;
  closeStdout(code: string): void;
  listening(): number;
  outcome(code: number): Outcome;
}

export function fakeIo(given: FakeOptions = {}): Fake {
  const { env = {}, cwd = "/nonexistent", stdin = "", terminals = [], tests = [], now = () => 0 } = given;
  const script: Script = given.script ?? (() => [finished(inventory())]);
  const texts = { stdout: "", stderr: "" };
  const options: WatchOptions[] = [];
  const left: number[] = [];
  const handlers = new Set<(signal: InterruptSignal) => void>();
  const closers = { stdout: new AbortController(), stderr: new AbortController() };
  const output = (name: "stdout" | "stderr"): TextOutput => ({
    isTTY: terminals.includes(name),
    columns: terminals.includes(name) ? 80 : undefined,
    rows: terminals.includes(name) ? 24 : undefined,
    write(text) {
      if (!closers[name].signal.aborted) texts[name] += text;
    },
    flushed: () => Promise.resolve(),
    closed: closers[name].signal,
  });
  const io: Io = {
    stdout: output("stdout"),
    stderr: output("stderr"),
    stdin: {
      isTTY: terminals.includes("stdin"),
      async *chunks() {
        if (typeof stdin === "string") yield stdin;
        else yield* stdin;
      },
    },
    env,
    cwd,
    home: given.home ?? privateHome(),
    discover: (asked) => {
      options.push(asked);
      return Promise.resolve(scripted(script, asked));
    },
    async *selfTest(asked) {
      options.push(asked);
      yield* tests;
    },
    async *watch(asked) {
      options.push(asked);
      yield* given.watched?.(asked) ?? [];
    },
    onInterrupt(handler) {
      handlers.add(handler);
      return () => handlers.delete(handler);
    },
    leave: (code) => void left.push(code),
    monotonic: now,
  };
  return {
    io,
    interrupt: (signal) => handlers.forEach((handler) => handler(signal)),
    closeStdout: (code) => closers.stdout.abort(Object.assign(new Error(code), { code })),
    listening: () => handlers.size,
    outcome: (code) => ({ code, ...texts, options, left }),
  };
}

/** Runs the command line on words and resolves to all that came of it. */
export async function discover(argv: readonly string[], given: FakeOptions = {}): Promise<Outcome> {
  const fake = fakeIo(given);
  return fake.outcome(await run(argv, fake.io));
}
