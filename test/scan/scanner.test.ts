import { describe, expect, test } from "vitest";

import type { ConnectOutcome, Connection } from "../../src/model/net.ts";
import type { Scanner } from "../../src/model/strategy.ts";
import { netOf } from "./no-net.ts";
import { scannerOver } from "./scanner-over.ts";

const ENDPOINT = { address: "192.0.2.1", port: 80, transport: "tcp" } as const;

const CONNECTION: Connection = {
  latencyMs: 1,
  received: new Uint8Array(),
  ended: false,
  alert: undefined,
  send: () => {},
  until: () => Promise.resolve(undefined),
  secure: () => Promise.resolve(undefined),
  close: () => {},
};

/** A scanner over a network whose dials end as listed, the last of the list for ever. */
function scannerOf(
  outcomes: readonly (Exclude<ConnectOutcome, "open"> | Connection)[],
  sockets = 64,
  perHost = 1_000,
) {
  const held: (() => void)[] = [];
  let dials = 0;
  const net = netOf({
    async dial(_, { onClose }) {
      const result = outcomes[Math.min(dials++, outcomes.length - 1)] ?? "closed";
      if (typeof result === "string") onClose();
      else held.push(onClose);
      return result;
    },
  });
  const stop = new AbortController();
  const limits = { sockets, perHost, isOwn: () => false };
  const { signal } = stop;
  const scanner = scannerOver({ net, limits, signal });
  const dial = (): Promise<Connection | undefined> => scanner.dial(ENDPOINT, { timeoutMs: 1_000, signal });
  return { scanner, dial, stop, held, dials: () => dials };
}

describe("dialling within the budget", () => {
  test("gives the connection", async () => {
    const { dial } = scannerOf([CONNECTION]);
    expect(await dial()).toBe(CONNECTION);
  });

  test("tries again where the fault was this machine's own", async () => {
    const { dial, dials } = scannerOf(["exhausted", "self", CONNECTION]);
    expect(await dial()).toBe(CONNECTION);
    expect(dials()).toBe(3);
  });

  test("stops the asker's clock for as long as there is no place, and no longer", async () => {
    const { scanner, held, stop } = scannerOf([CONNECTION], 1);
    const clock: string[] = [];
    const patience = { hold: () => clock.push("hold"), release: () => clock.push("release") };
    const options = { timeoutMs: 1_000, signal: stop.signal, patience };
    await scanner.dial(ENDPOINT, options);
    expect(clock).toEqual([]);
    const second = scanner.dial(ENDPOINT, options);
    const third = scanner.dial(ENDPOINT, options);
    await turns(3);
    expect(clock).toEqual(["hold", "hold"]);
    held.shift()?.();
    expect(await second).toBe(CONNECTION);
    expect(clock).toEqual(["hold", "hold", "release"]);
    stop.abort();
    expect(await third).toBeUndefined();
    expect(clock).toEqual(["hold", "hold", "release", "release"]);
  });

  test("gives up in the end", async () => {
    const { dial, dials } = scannerOf(["self"]);
    expect(await dial()).toBeUndefined();
    expect(dials()).toBeGreaterThan(1);
  });

  test.each(["closed", "filtered", "unreachable"] as const)("takes %s for an answer", async (outcome) => {
    const { dial, dials } = scannerOf([outcome]);
    expect(await dial()).toBeUndefined();
    expect(dials()).toBe(1);
  });

  test("waits until a socket is given back", async () => {
    const { dial, held, dials } = scannerOf([CONNECTION], 1);
    await dial();
    const second = dial();
    await turns(5);
    expect(dials()).toBe(1);
    held[0]?.();
    expect(await second).toBe(CONNECTION);
  });

  test("stops waiting when the run ends", async () => {
    const { dial, stop, dials } = scannerOf([CONNECTION], 1);
    await dial();
    const second = dial();
    stop.abort();
    expect(await second).toBeUndefined();
    expect(dials()).toBe(1);
  });
});

describe("working through items", () => {
  test("draws only what there is room for", async () => {
    const { scanner } = scannerOf([], 8);
    const work = gate();
    const full = gate();
    let [drawn, running, most] = [0, 0, 0];
    const items = async function* () {
      for (; drawn < 200; drawn++) yield drawn;
    };
    const results = collect(scanner, items(), async (item) => {
      most = Math.max(most, ++running);
      if (running === 2) full.open();
      await work.opened;
      running--;
      return item * 2;
    });
    await full.opened;
    await turns(20);
    expect(most).toBe(2);
    expect(drawn).toBeLessThan(10);
    work.open();
    const found = await results;
    expect(found.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, at) => at * 2));
    expect(most).toBe(2);
  });

  test("leaves a host its sockets: one that has its part does not hold up the others", async () => {
    const { scanner } = scannerOf([], 64, 8);
    const running = new Map<string, number>();
    const most = new Map<string, number>();
    const order: number[] = [];
    const { opened, open } = gate();
    const task = async (item: number): Promise<number> => {
      const host = hostOf(item);
      const now = (running.get(host) ?? 0) + 1;
      running.set(host, now);
      most.set(host, Math.max(now, most.get(host) ?? 0));
      if (host === "slow") await opened;
      else if (item === 39) open();
      await turns(1);
      running.set(host, now - 1);
      order.push(item);
      return item;
    };
    const found: number[] = [];
    for await (const result of scanner.each(numbers(40), task, hostOf)) found.push(result);
    expect(found.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, at) => at));
    expect(most.get("slow")).toBe(2);
    // The slow ones waited for the last of the quick ones, which came behind all of them.
    expect(order.indexOf(20)).toBeLessThan(order.indexOf(0));
  });

  test("of none ends", async () => {
    const { scanner } = scannerOf([]);
    expect(await collect(scanner, none(), (item) => Promise.resolve(item))).toEqual([]);
  });

  test("fails where a task or the items do", async () => {
    const { scanner } = scannerOf([]);
    await expect(collect(scanner, one(), fail)).rejects.toThrow("no result");
    await expect(collect(scanner, broken(), (item) => Promise.resolve(item))).rejects.toThrow(
      "no more items",
    );
  });
});

async function* none(): AsyncGenerator<number> {}

function hostOf(item: number): string {
  return item < 20 ? "slow" : "quick";
}

async function* numbers(count: number): AsyncGenerator<number> {
  for (let at = 0; at < count; at++) yield at;
}

async function* one(): AsyncGenerator<number> {
  yield 1;
}

async function* broken(): AsyncGenerator<number> {
  yield 1;
  throw new Error("no more items");
}

function fail(): Promise<number> {
  return Promise.reject(new Error("no result"));
}

async function collect(
  scanner: Scanner,
  items: AsyncIterable<number>,
  task: (item: number) => Promise<number>,
): Promise<number[]> {
  const found: number[] = [];
  for await (const result of scanner.each(items, task, String)) found.push(result);
  return found;
}

function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  const signal = new EventTarget();
  const opened = new Promise<void>((resolve) => {
    signal.addEventListener("open", () => resolve());
  });
  return { opened, open: () => void signal.dispatchEvent(new Event("open")) };
}

async function turns(count: number): Promise<void> {
  for (let at = 0; at < count; at++) await new Promise((resolve) => setImmediate(resolve));
}
