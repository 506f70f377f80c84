import { vi } from "vitest";

import { loadCatalog } from "../../src/catalog/index.ts";
import { systemClock } from "../../src/model/clock.ts";
import type { Observation } from "../../src/model/observation.ts";
import type { Scope, Strategy, StrategyContext } from "../../src/model/strategy.ts";
import { systemNet } from "../../src/net/index.ts";
import { ownAddresses } from "../../src/targets/own.ts";

/** A scope of nothing but what mDNS goes by. */
export function mdnsScope(wanted: Partial<Pick<Scope, "services" | "interfaces">> = {}): Scope {
  return {
    targets: { ranges: [], count: 0, hostnames: new Map(), sameHost: new Map(), labels: [] },
    ports: [],
    extra: [],
    sparse: false,
    listeners: [],
    identify: true,
    timeoutMs: 1_000,
    httpTimeoutMs: 1_000,
    httpHeaders: {},
    domains: [],
    services: [],
    dnsServers: [],
    interfaces: [],
    strategies: ["mdns"],
    ...wanted,
  };
}

/** What a strategy that only listens needs of a run, and what it told of it. */
export interface MdnsBench {
  readonly stop: AbortController;
  readonly warnings: readonly string[];
  /** Whether it said that something was left undone. */
  wasCut(): boolean;
  readonly context: StrategyContext;
}

export async function mdnsBench(): Promise<MdnsBench> {
  const stop = new AbortController();
  const warnings: string[] = [];
  let cut = false;
  const context: StrategyContext = {
    scanner: {
      socketsTo: () => 1,
      sweep: never,
      dial: never,
      each: never,
      cutShort: () => void (cut = true),
    },
    net: systemNet,
    catalog: await loadCatalog(),
    clock: systemClock,
    isOwn: ownAddresses(systemNet.interfaces()),
    isTarget: () => true,
    identify: never,
    signal: stop.signal,
    log: { debug: () => {}, warn: (message) => void warnings.push(message) },
  };
  return { stop, warnings, wasCut: () => cut, context };
}

function never(): never {
  throw new Error("mDNS connects to nothing");
}

/** Everything up to its end. */
export async function allOf(observations: AsyncIterable<Observation>): Promise<Observation[]> {
  const found: Observation[] = [];
  for await (const one of observations) found.push(one);
  return found;
}

/** What tells an observation from the others: nothing may be reported twice. */
export function keyOf({ outcome, endpoint, announcement }: Observation): string {
  return `${outcome} ${announcement?.name} ${endpoint.address} ${endpoint.port}`;
}

/** A strategy that watches, and what it has told so far. */
export interface Watching {
  /** Resolves once what was told satisfies `test`; rejects after 30 s. */
  until(test: (keys: readonly string[]) => boolean): Promise<void>;
  /** Everything it told, once it has ended. */
  readonly ended: Promise<readonly string[]>;
}

export function watching(strategy: Strategy, scope: Scope, bench: MdnsBench): Watching {
  const keys: string[] = [];
  const follow = async (): Promise<readonly string[]> => {
    for await (const one of strategy.watch?.(scope, bench.context) ?? []) keys.push(keyOf(one));
    return keys;
  };
  return {
    ended: follow(),
    until: (test) =>
      vi.waitFor(
        () => {
          if (!test(keys)) throw new Error(`not yet: ${keys.join("; ")}`);
        },
        { timeout: 30_000, interval: 20 },
      ),
  };
}
