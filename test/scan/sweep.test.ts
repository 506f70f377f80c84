import { getEventListeners } from "node:events";

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { type Clock, systemClock } from "../../src/model/clock.ts";
import type { ConnectOutcome } from "../../src/model/net.ts";
import type { OutcomeListener } from "../../src/model/outcome.ts";
import type { SweptEndpoint, Scanner, Scope } from "../../src/model/strategy.ts";
import { Announced } from "../../src/scan/announced.ts";
import { Tally } from "../../src/scan/tally.ts";
import { FakeNet, type ScopeShape, type Script, hostAt, portsTo, scopeOf } from "./fake-net.ts";
import { scannerOver } from "./scanner-over.ts";

interface Lab {
  readonly fake: FakeNet;
  readonly tally: Tally;
  readonly scanner: Scanner;
  readonly stop: AbortController;
}

interface LabOptions {
  readonly sockets?: number;
  readonly perHost?: number;
  readonly rate?: number;
  readonly clock?: Clock;
  readonly announced?: Announced;
  readonly onOutcome?: OutcomeListener;
}

function labOf(script: Script, options: LabOptions = {}): Lab {
  const { sockets = 64, perHost = 64, clock = systemClock, rate, onOutcome } = options;
  const fake = new FakeNet(script);
  const tally = new Tally();
  const stop = new AbortController();
  const limits = { sockets, perHost, isOwn: () => false, ...(rate !== undefined && { rate }) };
  const { signal } = stop;
  const announced = options.announced ?? new Announced(false);
  const asked = onOutcome === undefined ? {} : { onOutcome };
  const scanner = scannerOver({ net: fake.net, limits, announced, tally, clock, signal, ...asked });
  return { fake, tally, scanner, stop };
}

async function drain<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

function keysOf(open: readonly SweptEndpoint[]): string[] {
  return open.map(({ endpoint }) => `${endpoint.address} ${endpoint.port}`);
}

function allKeys({ hosts, ports, extra = [] }: ScopeShape): string[] {
  const own = Array.from({ length: hosts }, (_, at) => ports.map((port) => `${hostAt(at)} ${port}`)).flat();
  return [...own, ...extra.map(({ address, port }) => `${address} ${port}`)];
}

async function sweepOf(shape: ScopeShape, script: Script, options?: LabOptions) {
  const lab = labOf(script, options);
  const open = await drain(lab.scanner.sweep(scopeOf(shape)));
  return { ...lab, open: keysOf(open), coverage: lab.tally.coverage };
}

const EXTRA = { address: "127.0.0.1", port: 5432, transport: "tcp" } as const;

const portTwoExhausts: Script = (_, port) => (port === 2 ? "exhausted" : "closed");

const meetsItself: Script = (_, port, attempt) => {
  if (port === 1) return "self";
  return attempt === 0 ? "self" : "open";
};

const portOneUnreachable: Script = (_, port) => (port === 1 ? "unreachable" : "open");

const evenSilent: Script = (_, port) => (port % 2 === 0 ? "silent" : "open");

const absentThenSilent: Script = (_, port) =>
  port === 1 ? { outcome: "unreachable", latencyMs: 3_000 } : "silent";

describe("a sweep", () => {
  test("connects to every endpoint exactly once, extra ones first", async () => {
    const shape = { hosts: 300, ports: portsTo(7), extra: [EXTRA] };
    const { fake, open, coverage } = await sweepOf(shape, (_, port) => (port === 5 ? "open" : "closed"));
    expect(fake.begun[0]).toBe("127.0.0.1 5432");
    expect(fake.begun.toSorted()).toEqual(allKeys(shape).toSorted());
    expect(open.toSorted()).toEqual(allKeys({ hosts: 300, ports: [5] }).toSorted());
    expect(coverage).toEqual({
      addresses: 300,
      probes: 2_101,
      open: 300,
      closed: 1_801,
      filtered: 0,
      unreachable: 0,
      failed: 0,
      unprobed: 0,
      complete: true,
    });
  });

  test("tells who asks how every probe ended, each once", async () => {
    const ends: Record<number, ConnectOutcome> = { 1: "open", 2: "closed", 3: "filtered", 4: "unreachable" };
    const shape = { hosts: 40, ports: portsTo(4), extra: [EXTRA] };
    const told = new Map<string, string>();
    const onOutcome: OutcomeListener = (address, port, outcome) => {
      expect(told.has(`${address} ${port}`)).toBe(false);
      told.set(`${address} ${port}`, outcome);
    };
    await sweepOf(shape, (_, port) => ends[port] ?? "closed", { onOutcome });
    expect([...told.keys()].toSorted()).toEqual(allKeys(shape).toSorted());
    for (const [key, outcome] of told) expect(outcome).toBe(ends[Number(key.split(" ")[1])] ?? "closed");
  });

  test("of nothing ends", async () => {
    const { fake, coverage } = await sweepOf({ hosts: 0, ports: [1] }, () => "open");
    expect(fake.begun).toEqual([]);
    expect(coverage).toMatchObject({ probes: 0, complete: true });
  });

  test("asks no host twice in a row within a block", async () => {
    const { fake } = await sweepOf({ hosts: 20, ports: portsTo(9) }, () => "closed");
    const hosts = fake.begun.map((key) => key.split(" ")[0]);
    expect(hosts.filter((host, at) => host === hosts[at + 1])).toEqual([]);
  });

  test("keeps to the sockets it may have, and to those a host may have", async () => {
    const shape = { hosts: 5, ports: portsTo(100) };
    const { fake, coverage } = await sweepOf(shape, () => "closed", { sockets: 12, perHost: 3 });
    expect(fake.mostInFlight).toBeLessThanOrEqual(12);
    expect(Math.max(...fake.mostPerHost.values())).toBeLessThanOrEqual(3);
    expect(coverage.closed).toBe(500);
  });

  test("finds all though the machine runs out of descriptors on every first try", async () => {
    const shape = { hosts: 10, ports: portsTo(10) };
    const { open, coverage } = await sweepOf(shape, (_, __, attempt) =>
      attempt === 0 ? "exhausted" : "open",
    );
    expect(open.toSorted()).toEqual(allKeys(shape).toSorted());
    expect(coverage).toMatchObject({ open: 100, failed: 0, complete: true });
  });

  test("goes on where the moment it waits for passes between two looks at the clock", async () => {
    const options = { rate: 100, clock: new HastyClock() };
    const { coverage } = await sweepOf({ hosts: 2, ports: portsTo(20) }, () => "closed", options);
    expect(coverage).toMatchObject({ closed: 40, complete: true });
  });

  test("counts as failed, and is not complete, where the machine never has what it takes", async () => {
    const { fake, open, coverage } = await sweepOf({ hosts: 1, ports: portsTo(3) }, portTwoExhausts);
    expect(open).toEqual([]);
    expect(coverage).toMatchObject({ closed: 2, failed: 1, unprobed: 0, complete: false });
    expect(fake.begun.filter((key) => key.endsWith(" 2")).length).toBeGreaterThan(5);
  });

  test("takes a socket that met itself for a reason to try again, never for an open port", async () => {
    const { open, coverage } = await sweepOf({ hosts: 1, ports: [1, 2] }, meetsItself);
    expect(open).toEqual([`${hostAt(0)} 2`]);
    expect(coverage).toMatchObject({ open: 1, closed: 1, failed: 0, complete: true });
  });

  test("leaves a host alone once its absence was reported late, and counts its ports", async () => {
    const slow = { outcome: "unreachable", latencyMs: 3_000 } as const;
    const script: Script = (address) => (address === hostAt(0) ? slow : "closed");
    const { fake, coverage } = await sweepOf({ hosts: 2, ports: portsTo(500) }, script, { sockets: 2 });
    expect(coverage).toMatchObject({ unreachable: 500, closed: 500, unprobed: 0, complete: true });
    expect(fake.begun.filter((key) => key.startsWith(`${hostAt(0)} `)).length).toBeLessThan(10);
  });

  test("asks on where one port was reported unreachable at once: that is a firewall's word", async () => {
    const { open, coverage } = await sweepOf({ hosts: 1, ports: portsTo(50) }, portOneUnreachable, {
      sockets: 1,
    });
    expect(open).toHaveLength(49);
    expect(coverage).toMatchObject({ unreachable: 1, open: 49 });
  });

  test("never takes a host for dead that has answered, however late its firewall's word comes", async () => {
    const late = { outcome: "unreachable", latencyMs: 1_050 } as const;
    const script: Script = (_, port) => (port === 1 ? "unreachable" : port % 10 === 0 ? "open" : late);
    const { open, coverage } = await sweepOf({ hosts: 1, ports: portsTo(100) }, script, { sockets: 4 });
    expect(open).toHaveLength(10);
    expect(coverage).toMatchObject({ open: 10, unreachable: 90 });
  });

  test("takes a host back that answers after it was taken for dead", async () => {
    const late = { outcome: "unreachable", latencyMs: 1_050 } as const;
    const script: Script = (_, port) => (port === 1 ? late : "open");
    const { open } = await sweepOf({ hosts: 1, ports: portsTo(50) }, script, { sockets: 10 });
    expect(open.length).toBeGreaterThan(30);
  });

  test("goes on with the others while one host is silent and has its part", async () => {
    const { scanner, tally, stop } = labOf((address) => (address === hostAt(0) ? "silent" : "closed"), {
      perHost: 1,
    });
    const drained = drain(scanner.sweep(scopeOf({ hosts: 3, ports: portsTo(40) })));
    await expect.poll(() => tally.coverage.closed).toBe(80);
    stop.abort();
    await drained;
    expect(tally.coverage).toMatchObject({ unprobed: 40, complete: false });
  });

  test("takes silence of a host that was reported absent for its absence", async () => {
    const { coverage } = await sweepOf({ hosts: 1, ports: portsTo(30), timeoutMs: 15 }, absentThenSilent);
    expect(coverage).toMatchObject({ unreachable: 30, filtered: 0, complete: true });
  });

  test("takes silence for filtered when its time is up, and lets go of the socket", async () => {
    const { fake, open, coverage } = await sweepOf(
      { hosts: 3, ports: portsTo(8), timeoutMs: 15 },
      evenSilent,
    );
    expect(open).toHaveLength(12);
    expect(coverage).toMatchObject({ open: 12, filtered: 12, unprobed: 0, complete: true });
    // Three times each: the hosts are alive, so a packet may have been lost.
    expect(fake).toMatchObject({ cancelled: 36, inFlight: 0 });
  });

  test("ends when it is told to, and counts what it never reached", async () => {
    const { fake, tally, scanner, stop } = labOf((_, port) => (port < 4 ? "open" : "silent"));
    const found: SweptEndpoint[] = [];
    for await (const open of scanner.sweep(scopeOf({ hosts: 1, ports: portsTo(200) }))) {
      found.push(open);
      if (found.length === 3) stop.abort();
    }
    expect(found).toHaveLength(3);
    expect(tally.coverage).toMatchObject({ open: 3, probes: 200, unprobed: 197, complete: false });
    expect(fake.inFlight).toBe(0);
    expect(getEventListeners(stop.signal, "abort")).toEqual([]);
  });

  test("does not begin when it is over already", async () => {
    const { fake, tally, scanner, stop } = labOf(() => "open");
    stop.abort();
    expect(await drain(scanner.sweep(scopeOf({ hosts: 2, ports: [1] })))).toEqual([]);
    expect(fake.begun).toEqual([]);
    expect(tally.coverage).toMatchObject({ probes: 2, unprobed: 2, complete: false });
  });

  test("is one for everybody who asks for the same scope, early or late", async () => {
    const { fake, tally, scanner } = labOf((_, port) => (port % 3 === 0 ? "open" : "closed"));
    const scope: Scope = scopeOf({ hosts: 4, ports: portsTo(30) });
    const [first, second] = await Promise.all([drain(scanner.sweep(scope)), drain(scanner.sweep(scope))]);
    const third = await drain(scanner.sweep(scope));
    expect(first).toHaveLength(40);
    expect(second).toEqual(first);
    expect(third).toEqual(first);
    expect(fake.begun).toHaveLength(120);
    expect(tally.coverage.probes).toBe(120);
  });

  test("draws only what it has room for, however large the range", async () => {
    const { fake, scanner, stop } = labOf(() => "open", { sockets: 100 });
    const found: SweptEndpoint[] = [];
    for await (const open of scanner.sweep(scopeOf({ hosts: 2 ** 24, ports: portsTo(100) }))) {
      found.push(open);
      if (found.length === 5) stop.abort();
    }
    expect(found.length).toBeGreaterThanOrEqual(5);
    expect(fake.begun.length).toBeLessThan(2_000);
  });

  test("accounts for every probe, whatever happens and whenever it ends", async () => {
    const answers = fc.constantFrom(
      "open" as const,
      "closed" as const,
      "filtered" as const,
      "unreachable" as const,
      "self" as const,
      "exhausted" as const,
      { outcome: "unreachable" as const, latencyMs: 2_000 },
    );
    const shapes = fc.record({
      hosts: fc.integer({ min: 0, max: 6 }),
      ports: fc.integer({ min: 0, max: 6 }).map(portsTo),
      extra: fc.constantFrom([], [EXTRA]),
    });
    const last = fc.constantFrom("open" as const, "closed" as const, "filtered" as const);
    await fc.assert(
      fc.asyncProperty(
        shapes,
        fc.array(fc.tuple(fc.array(answers, { maxLength: 2 }), last), { minLength: 1 }),
        fc.option(fc.nat(40), { nil: undefined }),
        async (shape, scripts, abortAfter) => {
          let begun = 0;
          const lab = labOf(
            (address, port, attempt) => {
              if (begun++ === abortAfter) queueMicrotask(() => lab.stop.abort());
              const at = (Number(address.split(".")[3]) * 7 + port) % scripts.length;
              const [early, late] = scripts[at] ?? [[], "closed"];
              return early[attempt] ?? late;
            },
            { clock: new HastyClock() },
          );
          const open = await drain(lab.scanner.sweep(scopeOf(shape)));
          const { coverage } = lab.tally;
          const { open: opened, closed, filtered, unreachable, failed, unprobed, probes } = coverage;
          expect(probes).toBe(allKeys(shape).length);
          expect(opened + closed + filtered + unreachable + failed + unprobed).toBe(probes);
          expect(unprobed).toBeGreaterThanOrEqual(0);
          expect(coverage.complete).toBe(unprobed === 0 && failed === 0);
          if (!lab.stop.signal.aborted) expect(unprobed).toBe(0);
          expect(open.length).toBe(opened);
          expect(new Set(keysOf(open)).size).toBe(open.length);
          expect(lab.fake.inFlight).toBe(0);
        },
      ),
      { numRuns: 60 },
    );
  });
});

/** Time passes whenever somebody looks: pauses are over soon. */
class HastyClock implements Clock {
  #ms = 0;
  now = (): number => this.monotonic();
  monotonic = (): number => (this.#ms += 7);
}
