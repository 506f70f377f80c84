import { setMaxListeners } from "node:events";
import { type RequestListener, createServer } from "node:http";

import { loadCatalog } from "../../src/catalog/index.ts";
import { createIdentifier } from "../../src/identify/identifier.ts";
import { systemClock } from "../../src/model/clock.ts";
import type { Endpoint } from "../../src/model/endpoint.ts";
import type { Dial } from "../../src/model/net.ts";
import type { Observation } from "../../src/model/observation.ts";
import type { Scanner, Scope, StrategyContext, SweptEndpoint } from "../../src/model/strategy.ts";
import { systemNet } from "../../src/net/index.ts";
import http from "../../strategies/http/index.ts";
import { listening } from "../lab/listening.js";
import type { Listening } from "../lab/listening.js";
import { scopeOf } from "./bench.ts";

const catalog = await loadCatalog();

export interface BenchOptions {
  readonly scope?: Partial<Scope>;
  readonly signal?: AbortSignal;
  readonly identify?: StrategyContext["identify"];
  /** All that it met where absent. */
  readonly isTarget?: (address: string) => boolean;
}

/** What a strategy did besides observing. */
export interface Bench {
  readonly scope: Scope;
  readonly context: StrategyContext;
  readonly logged: readonly string[];
  readonly cutShort: () => number;
}

/** A run that has met these endpoints: the real network, and a scanner that does one thing after the other. */
export function benchOf(swept: readonly SweptEndpoint[], options: BenchOptions = {}): Bench {
  const logged: string[] = [];
  let cuts = 0;
  const log = {
    debug: (text: string) => void logged.push(text),
    warn: (text: string) => void logged.push(text),
  };
  const scanner: Scanner = {
    socketsTo: () => 50,
    // oxlint-disable-next-line typescript/require-await -- what the contract asks for
    sweep: async function* () {
      yield* swept;
    },
    dial,
    each: async function* (items, task) {
      for await (const item of items) yield await task(item);
    },
    cutShort: () => void cuts++,
  };
  const scope = { ...SCOPE, ...options.scope };
  const signal = options.signal ?? new AbortController().signal;
  setMaxListeners(0, signal);
  const isTarget = options.isTarget ?? (() => true);
  const context = { scanner, net: systemNet, catalog, clock: systemClock, isOwn, isTarget, signal, log };
  const identify = options.identify ?? createIdentifier(scope, context);
  return { scope, context: { ...context, identify }, logged, cutShort: () => cuts };
}

function isOwn(address: string): boolean {
  return address.startsWith("127.") || address === "::1";
}

const dial: Dial = async (endpoint, options) => {
  const result = await systemNet.dial(endpoint, { ...options, onClose: () => {} });
  return typeof result === "string" ? undefined : result;
};

const SCOPE: Scope = scopeOf({ timeoutMs: 1_000, httpTimeoutMs: 5_000, strategies: ["http"] });

export function met(
  port: number,
  outcome: SweptEndpoint["outcome"] = "open",
  address = "127.0.0.1",
): SweptEndpoint {
  const endpoint: Endpoint = { address, port, transport: "tcp" };
  return { endpoint, outcome, latencyMs: 0.2 };
}

export async function observe({ scope, context }: Bench): Promise<Observation[]> {
  const found: Observation[] = [];
  for await (const one of http.observe(scope, context)) found.push(one);
  return found;
}

/** One endpoint of 127.0.0.1, open, and all that is said of it. */
export async function observeAt(port: number, options?: BenchOptions): Promise<Observation | undefined> {
  return (await observe(benchOf([met(port)], options)))[0];
}

export function web(answer: RequestListener, host?: string): Promise<Listening> {
  return listening(createServer(answer), host === undefined ? {} : { host });
}

/** A server that has these pages: body, or status and body; 404 elsewhere. */
export function pages(
  bodies: Readonly<Record<string, string | readonly [number, string]>>,
): Promise<Listening> {
  return web((request, response) => {
    const page = bodies[request.url ?? ""] ?? [404, ""];
    const [status, body] = typeof page === "string" ? [200, page] : page;
    response.writeHead(status);
    response.end(body);
  });
}
