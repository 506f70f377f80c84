import { createServer } from "node:net";

import { describe, expect, test } from "vitest";

import {
  DiscoverError,
  type Observation,
  type Strategy,
  type WatchEvent,
  type WatchOptions,
  watch,
} from "../src/index.ts";
import { greets } from "./identify/scripted-server.ts";
import { listening } from "./lab/listening.js";
import { closedPort, handles, handlesBackTo } from "./net/peers.ts";

/** Longer than any test: no round comes by itself. */
const NEVER_MS = 2_000_000_000;

/** Real connections and real rounds, on a machine that may be busy. */
const SLOW = { timeout: 30_000 };

/** Reads a watch event by event, and ends it when the test is over. */
class Reader implements AsyncDisposable {
  readonly stop = new AbortController();
  readonly #events: AsyncIterator<WatchEvent>;

  constructor(options: WatchOptions) {
    const given = { targets: ["127.0.0.1"], ports: [1], timeoutMs: 2_000, intervalMs: 100, ...options };
    this.#events = watch({ ...given, signal: this.stop.signal })[Symbol.asyncIterator]();
  }

  /** Undefined where there are no more. */
  async next(): Promise<WatchEvent | undefined> {
    const { done, value } = await this.#events.next();
    return done === true ? undefined : value;
  }

  /** The next of its kind, all others passed over. */
  async nextOf<K extends WatchEvent["event"]>(kind: K): Promise<Extract<WatchEvent, { event: K }>> {
    for (;;) {
      const event = await this.next();
      if (event === undefined) throw new Error(`the watch has ended without ${kind}`);
      if (isOf(kind, event)) return event;
    }
  }

  async rest(): Promise<WatchEvent[]> {
    const events: WatchEvent[] = [];
    for (let event = await this.next(); event !== undefined; event = await this.next()) events.push(event);
    return events;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stop.abort();
    await this.#events.return?.();
  }
}

function isOf<K extends WatchEvent["event"]>(
  kind: K,
  event: WatchEvent,
): event is Extract<WatchEvent, { event: K }> {
  return event.event === kind;
}

function greeting(text: string, port?: number) {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    greets(text)(socket);
  });
  return listening(server, port === undefined ? {} : { port });
}

const SSH = "SSH-2.0-OpenSSH_9.2p1\r\n";

function open(port: number, version?: string): Observation {
  const endpoint = { address: "127.0.0.1", port, transport: "tcp" } as const;
  const claim = { type: "redis", confidence: 0.95, summary: "PONG", ...(version && { version }) };
  return { strategy: "mine", at: Date.now(), endpoint, outcome: "open", claim };
}

function announced(port: number, more: Partial<Observation> = {}): Observation {
  const announcement = { name: "A._ssh._tcp.local", domain: "local", target: "a.local", ttlSeconds: 60 };
  const { claim: _, ...rest } = open(port);
  return { ...rest, strategy: "crier", outcome: "announced", announcement, ttlSeconds: 60, ...more };
}

/** Ends with the context's signal. */
function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve());
  });
}

/** What it sees in round 0, 1, 2 …, and after the last of them always that. */
class Stepped {
  readonly strategy: Strategy = {
    name: "mine",
    summary: "A test",
    observe: (_scope, { signal }) => this.#observe(signal),
  };
  begun = 0;
  readonly #seen: readonly (readonly Observation[] | Error)[];
  #allowed = Number.POSITIVE_INFINITY;
  #wake: () => void = () => {};
  #told: () => void = () => {};

  constructor(...seen: readonly (readonly Observation[] | Error)[]) {
    this.#seen = seen;
  }

  /** From now on no round sees anything before the test says so. */
  hold(): this {
    this.#allowed = this.begun + 1;
    return this;
  }

  step(): void {
    this.#allowed++;
    this.#wake();
  }

  /** Resolves when that round has begun, so that those before it have ended. */
  async untilBegun(round: number): Promise<void> {
    while (this.begun <= round) {
      await new Promise<void>((resolve) => {
        this.#told = resolve;
      });
    }
  }

  async *#observe(signal: AbortSignal): AsyncGenerator<Observation, void, undefined> {
    const round = this.begun++;
    this.#told();
    while (round >= this.#allowed && !signal.aborted) {
      const stepped = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      await Promise.race([stepped, aborted(signal)]);
    }
    const now = this.#seen[Math.min(round, this.#seen.length - 1)] ?? [];
    if (now instanceof Error) throw now;
    yield* now;
  }
}

/** The same, at the pace of the watch. */
function rounds(...seen: readonly (readonly Observation[] | Error)[]): Strategy {
  return new Stepped(...seen).strategy;
}

/** A strategy that says what the test hands it, when it does. */
class Crier {
  readonly strategy: Strategy = {
    name: "crier",
    summary: "A test",
    announces: true,
    observe() {
      throw new Error("it watches");
    },
    watch: (_scope, { signal }) => this.#speak(signal),
  };
  readonly #said: Observation[] = [];
  #failure: Error | undefined;
  #wake: () => void = () => {};

  say(observation: Observation): void {
    this.#said.push(observation);
    this.#wake();
  }

  fail(error: Error): void {
    this.#failure = error;
    this.#wake();
  }

  async *#speak(signal: AbortSignal): AsyncGenerator<Observation, void, undefined> {
    while (!signal.aborted) {
      for (let next = this.#said.shift(); next !== undefined; next = this.#said.shift()) yield next;
      if (this.#failure !== undefined) throw this.#failure;
      const more = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      await Promise.race([more, aborted(signal)]);
    }
  }
}

describe("a watch of servers", SLOW, () => {
  test("tells of one that comes, goes and comes again, and ends with its signal leaving nothing", async () => {
    const before = handles();
    const port = await closedPort();
    await using reader = new Reader({ ports: [port] });
    expect(await reader.next()).toMatchObject({ event: "round", services: 0, coverage: { closed: 1 } });
    const first = await greeting(SSH, port);
    expect(await reader.nextOf("appeared")).toMatchObject({
      service: { type: "ssh", port },
      at: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    expect(await reader.nextOf("round")).toMatchObject({ services: 1, coverage: { complete: true } });
    await first.close();
    expect(await reader.nextOf("gone")).toMatchObject({
      service: { id: `ssh@127.0.0.1:${port}` },
      reason: "refused",
    });
    const second = await greeting("hello\r\n", port);
    expect(await reader.nextOf("appeared")).toMatchObject({ service: { type: "unknown", port } });
    await second.close();
    reader.stop.abort();
    await reader.rest();
    await handlesBackTo(before);
  });

  test("says that another program is there now, and what that replaces", async () => {
    const first = await greeting(SSH);
    await using reader = new Reader({ ports: [first.port] });
    await reader.nextOf("round");
    await first.close();
    const second = await greeting("+OK POP3 ready <1896.697170952@dbc.mtview.ca.us>\r\n", first.port);
    const events = [await reader.next()];
    while (events.at(-1)?.event === "round") events.push(await reader.next());
    // Whether a round came in between or not: what was there is not there any more.
    const last = events.at(-1);
    if (last?.event === "changed") {
      expect(last).toMatchObject({ replaces: [`ssh@127.0.0.1:${first.port}`], service: { type: "pop3" } });
      expect(last.fields).toContain("type");
    } else expect(last).toMatchObject({ event: "gone", reason: "refused" });
    await second.close();
  });

  test("stops everything when its reader has had enough", async () => {
    const server = await greeting("");
    const before = handles();
    const options = {
      targets: ["127.0.0.1"],
      ports: [server.port],
      timeoutMs: 60_000,
      httpTimeoutMs: 60_000,
    };
    const mine = rounds([open(7)]);
    for await (const event of watch({ ...options, strategies: ["tcp", mine] })) {
      if (event.event === "appeared") break;
    }
    await server.close();
    await handlesBackTo(before);
  });
});

describe("rounds", SLOW, () => {
  test("tell what changed since the one before", async () => {
    const mine = new Stepped([open(7, "1"), open(8)], [open(7, "2"), open(8)], [open(8)]).hold();
    await using reader = new Reader({ strategies: [mine.strategy] });
    expect([await reader.next(), await reader.next(), await reader.next()]).toMatchObject([
      { event: "appeared", service: { port: 7 } },
      { event: "appeared", service: { port: 8 } },
      { event: "round", services: 2 },
    ]);
    mine.step();
    expect(await reader.next()).toMatchObject({ event: "changed", fields: ["version"], replaces: [] });
    expect(await reader.next()).toMatchObject({ event: "round" });
    mine.step();
    expect(await reader.next()).toMatchObject({ event: "round", services: 2 });
    mine.step();
    expect(await reader.next()).toMatchObject({
      event: "gone",
      service: { version: "2" },
      reason: "no answer twice",
    });
  });

  test("are summed up for a reader that is slow", async () => {
    const mine = new Stepped([open(7, "1")], [open(7, "2")], [open(7, "3"), open(8)], [open(7, "4")]).hold();
    await using reader = new Reader({ strategies: [mine.strategy] });
    await reader.nextOf("round");
    for (let round = 1; round <= 4; round++) {
      mine.step();
      await mine.untilBegun(round + 1);
    }
    // Port 8 came and went meanwhile: there is nothing to tell of it.
    expect([await reader.next(), await reader.next()]).toMatchObject([
      { event: "changed", service: { version: "4" } },
      { event: "round", services: 1 },
    ]);
  });

  test("are cut short by the deadline, each by itself, and lose nothing by that", async () => {
    const mine: Strategy = {
      name: "mine",
      summary: "A test",
      async *observe(_scope, { signal }) {
        yield* [open(7)];
        await aborted(signal);
      },
    };
    await using reader = new Reader({ strategies: [mine], deadlineMs: 20 });
    await reader.nextOf("appeared");
    for (let times = 0; times < 3; times++) {
      expect(await reader.next()).toMatchObject({
        event: "round",
        services: 1,
        coverage: { complete: false },
      });
    }
  });

  test("that fail are a warning, said once while it goes on, and what was there stays", async () => {
    const no = new Error("no idea");
    const mine = new Stepped([open(7)], no, no, no, [open(7)], no).hold();
    await using reader = new Reader({ strategies: [mine.strategy] });
    const events: string[] = [];
    for (let seen = 0; seen < 6; mine.step()) {
      for (const before = seen; seen === before;) {
        const event = await reader.next();
        if (event?.event === "round") seen++;
        events.push(event?.event === "warning" ? event.warning : `${event?.event}`);
      }
    }
    const said = "strategy mine failed: no idea";
    expect(events).toEqual(["appeared", "round", said, "round", "round", "round", "round", said, "round"]);
  });

  test("throw at the first what makes no sense, and warn of it later", async () => {
    let targets = ["127.0.0.1"];
    const options: WatchOptions = {
      ports: [1],
      strategies: [rounds([open(7)])],
      get targets() {
        return targets;
      },
      intervalMs: 100,
    };
    const events = watch(options)[Symbol.asyncIterator]();
    for (let event = await events.next(); event.value?.event !== "round";) event = await events.next();
    targets = ["10.0.0.0/33"];
    const warned = (await events.next()).value;
    expect(warned).toMatchObject({
      event: "warning",
      warning: expect.stringMatching(/^a round failed: .*33/),
    });
    await events.return?.();
    await expect(watch(options)[Symbol.asyncIterator]().next()).rejects.toThrow(DiscoverError);
  });

  test("over a large range are asked for once", async () => {
    let asked = 0;
    const allowLarge = (): boolean => ++asked === 1;
    const large = { targets: ["127.0.0.0/15"], strategies: [rounds([open(7)])] };
    await using reader = new Reader({ ...large, allowLarge });
    for (let times = 0; times < 3; times++) await reader.nextOf("round");
    expect(asked).toBe(1);
    await using refused = new Reader({ ...large, allowLarge: () => false });
    await expect(refused.next()).rejects.toMatchObject({ code: "large-range" });
  });

  test("leave out an observation that makes no sense, and say so", async () => {
    await using reader = new Reader({ strategies: [rounds([{ ...open(7), at: -1 }, open(8)])] });
    expect(await reader.nextOf("appeared")).toMatchObject({ service: { port: 8 } });
    expect(await reader.nextOf("warning")).toMatchObject({ warning: expect.stringContaining("at is -1") });
    expect(await reader.nextOf("round")).toMatchObject({ coverage: { complete: false } });
  });
});

describe("a strategy that watches", SLOW, () => {
  test("is told of as it speaks, and looked at soon by those that sweep, with no round in between", async () => {
    const server = await greeting(SSH);
    const crier = new Crier();
    await using reader = new Reader({ strategies: [crier.strategy, "tcp"], intervalMs: NEVER_MS });
    await reader.nextOf("round");
    crier.say(announced(server.port, { hostnames: ["a.local"] }));
    expect(await reader.next()).toMatchObject({
      event: "appeared",
      service: { port: server.port, type: "unknown", status: "unknown", hostnames: ["a.local"] },
    });
    expect(await reader.next()).toMatchObject({
      event: "changed",
      service: { type: "ssh", strategies: ["crier", "tcp"] },
      replaces: [`unknown@127.0.0.1:${server.port}`],
    });
    await server.close();
  });

  test("is believed until it takes its word back, whatever rounds see", async () => {
    const port = await closedPort();
    const crier = new Crier();
    await using reader = new Reader({ strategies: [crier.strategy, "tcp"] });
    crier.say(announced(port));
    // The refusal may be known by the time that it is told of.
    const { service } = await reader.nextOf("appeared");
    const known = service.status === "unhealthy" ? { service } : await reader.nextOf("changed");
    expect(known).toMatchObject({ service: { status: "unhealthy" } });
    for (let times = 0; times < 3; times++) {
      expect(await reader.nextOf("round")).toMatchObject({ services: 1 });
    }
    crier.say(announced(port, { outcome: "withdrawn" }));
    expect(await reader.nextOf("gone")).toMatchObject({ reason: "withdrawn" });
  });

  test("may be all there is", async () => {
    const crier = new Crier();
    await using reader = new Reader({ strategies: [crier.strategy] });
    await reader.nextOf("round");
    crier.say(announced(7));
    await reader.nextOf("appeared");
    expect(await reader.nextOf("round")).toMatchObject({
      services: 1,
      coverage: { probes: 0, complete: true },
    });
  });

  test("and fails costs a warning, and its word counts until its time is over", async () => {
    const crier = new Crier();
    await using reader = new Reader({ strategies: [crier.strategy], intervalMs: NEVER_MS });
    crier.say(announced(7, { ttlSeconds: 1 }));
    await reader.nextOf("appeared");
    crier.fail(new Error("no idea"));
    expect(await reader.nextOf("warning")).toMatchObject({
      warning: "strategy crier failed, and watches no more: no idea",
    });
    expect(await reader.nextOf("gone")).toMatchObject({ reason: "no longer announced" });
  });
});

async function* deaf(): AsyncGenerator<Observation> {
  yield open(7);
  await new Promise(() => {});
}

describe("the end", SLOW, () => {
  test("comes though a strategy does not stop", async () => {
    const sweeping: Strategy = { name: "sweeping", summary: "A test", observe: deaf };
    const watching: Strategy = { ...sweeping, name: "watching", watch: deaf };
    await using reader = new Reader({ strategies: [sweeping, watching] });
    await reader.nextOf("appeared");
    reader.stop.abort();
    expect((await reader.rest()).every(({ event }) => event === "appeared")).toBe(true);
  });

  test("may come before the beginning", async () => {
    const mine = new Stepped([open(7)]);
    const signal = AbortSignal.abort();
    const events = [];
    for await (const event of watch({ strategies: [mine.strategy], signal })) events.push(event);
    expect({ events, begun: mine.begun }).toEqual({ events: [], begun: 0 });
  });

  test.each<[string, WatchOptions, string]>([
    ["an interval of nothing", { intervalMs: 0 }, "bad-option"],
    ["no strategy", { strategies: [] }, "bad-option"],
    ["a target that cannot be", { targets: ["10.0.0.0/33"] }, "bad-target"],
  ])("is an error for %s", async (_what, options, code) => {
    await using reader = new Reader(options);
    await expect(reader.next()).rejects.toMatchObject({ code });
  });
});
