import type { Catalog } from "./catalog.ts";
import type { Clock } from "./clock.ts";
import type { Endpoint } from "./endpoint.ts";
import type { Listener } from "./listener.ts";
import type { Dial, Net } from "./net.ts";
import type { Observation } from "./observation.ts";
import type { TargetSet } from "./target.ts";

/** What a run is to look at. */
export interface Scope {
  readonly targets: TargetSet;
  /** Ascending, each once. */
  readonly ports: readonly number[];
  /** Endpoints to look at besides targets × ports. */
  readonly extra: readonly Endpoint[];
  /** What this machine says of its own listening sockets; empty where it cannot tell. */
  readonly listeners: readonly Listener[];
  /** False: report what is open and ask nothing. */
  readonly identify: boolean;
  /** How long one connect may take, in milliseconds. */
  readonly timeoutMs: number;
  /** How long one HTTP request may take, in milliseconds. */
  readonly httpTimeoutMs: number;
}

/** An endpoint that the sweep found open. */
export interface OpenEndpoint {
  readonly endpoint: Endpoint;
  readonly latencyMs: number;
}

/** The budget of sockets, connects a second and connects a host that all strategies of a run share. */
export interface Scanner {
  /** Sockets that may be open at once to a host. */
  socketsTo(address: string): number;
  /** Every open endpoint of the scope, as found. The same scope is swept once, however many ask. Ends early, without an error, when the run ends. */
  sweep(scope: Scope): AsyncIterable<OpenEndpoint>;
  /** Like `Net.dial`, within the budget. */
  readonly dial: Dial;
  /**
   * Runs `task` for every item, some at once and only so many with one host (`hostOf` gives its address), and yields the
   * results as they come. Items are drawn only as there is room.
   */
  each<T, R>(
    items: AsyncIterable<T>,
    task: (item: T) => Promise<R>,
    hostOf: (item: T) => string,
  ): AsyncIterable<R>;
  /** Says that something was left undone, so that the run does not count as complete. */
  cutShort(): void;
}

export interface Log {
  debug(message: string): void;
  /** Goes into the inventory's warnings. */
  warn(message: string): void;
}

/** What a strategy works with. */
export interface StrategyContext {
  readonly scanner: Scanner;
  readonly net: Net;
  readonly catalog: Catalog;
  readonly clock: Clock;
  /** Whether an address is this machine's own. */
  isOwn(address: string): boolean;
  readonly signal: AbortSignal;
  readonly log: Log;
}

/**
 * One way of learning what is out there. It reports what it saw and decides nothing; it ends by itself, and within
 * 100 ms of `signal`; one bad host is an observation or nothing, never an exception; it leaves no handle open.
 */
export interface Strategy {
  /** Kebab-case, the folder's own name. */
  readonly name: string;
  readonly summary: string;
  observe(scope: Scope, context: StrategyContext): AsyncIterable<Observation>;
}
