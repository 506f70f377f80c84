import { setMaxListeners } from "node:events";

import { loadCatalog } from "../../src/catalog/index.ts";
import { createIdentifier } from "../../src/identify/identifier.ts";
import { systemClock } from "../../src/model/clock.ts";
import type { Endpoint } from "../../src/model/endpoint.ts";
import type { Observation } from "../../src/model/observation.ts";
import type { Scope, Strategy, StrategyContext } from "../../src/model/strategy.ts";
import { systemNet } from "../../src/net/index.ts";
import { Announced } from "../../src/scan/announced.ts";
import type { BudgetLimits } from "../../src/scan/budget.ts";
import { Tally } from "../../src/scan/tally.ts";
import { scannerOver } from "../scan/scanner-over.ts";

/** Nothing to look at, nobody to ask: what is given otherwise takes the place of that. */
export function scopeOf(more: Partial<Scope> = {}): Scope {
  return {
    targets: { ranges: [], count: 0, hostnames: new Map(), sameHost: new Map(), labels: [] },
    ports: [],
    extra: [],
    sparse: false,
    listeners: [],
    identify: true,
    timeoutMs: 600_000,
    httpTimeoutMs: 600_000,
    httpHeaders: {},
    domains: [],
    services: [],
    dnsServers: [],
    interfaces: [],
    strategies: [],
    ...more,
  };
}

/** These ports of 127.0.0.1. */
export function portsOfLoopback(ports: readonly number[]): Endpoint[] {
  return ports.map((port) => ({ address: "127.0.0.1", port, transport: "tcp" }));
}

/** A run as a strategy sees it, over the real network. */
export interface Bench {
  readonly stop: AbortController;
  readonly warnings: readonly string[];
  readonly tally: Tally;
  readonly announced: Announced;
  readonly contextFor: (scope: Scope) => StrategyContext;
  /** Runs a strategy to its end. */
  readonly observed: (strategy: Strategy, scope: Scope) => Promise<Observation[]>;
}

/** Loopback is this machine's own unless said otherwise, and nobody announces anything. */
export async function benchOf(more: Partial<BudgetLimits> & { announced?: Announced } = {}): Promise<Bench> {
  const { announced = new Announced(false), ...limited } = more;
  const stop = new AbortController();
  const { signal } = stop;
  setMaxListeners(0, signal);
  const warnings: string[] = [];
  const tally = new Tally();
  const limits = { sockets: 200, perHost: 200, isOwn: isLoopback, ...limited };
  const scanner = scannerOver({ net: systemNet, limits, announced, tally, signal });
  const log = { debug: () => {}, warn: (message: string) => void warnings.push(message) };
  const { isOwn } = limits;
  const catalog = await loadCatalog();
  const tools = { scanner, net: systemNet, catalog, clock: systemClock, isOwn, isTarget, signal, log };
  const contextFor = (scope: Scope): StrategyContext => ({
    ...tools,
    identify: createIdentifier(scope, tools),
  });
  const observed = async (strategy: Strategy, scope: Scope): Promise<Observation[]> => {
    const found: Observation[] = [];
    for await (const observation of strategy.observe(scope, contextFor(scope))) found.push(observation);
    return found;
  };
  return { stop, warnings, tally, announced, contextFor, observed };
}

function isTarget(): boolean {
  return true;
}

function isLoopback(address: string): boolean {
  return address.startsWith("127.") || address === "::1";
}
