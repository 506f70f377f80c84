import type { Catalog } from "./catalog.ts";
import type { Clock } from "./clock.ts";
import type { Endpoint } from "./endpoint.ts";
import type { Listener } from "./listener.ts";
import type { Dial, Net } from "./net.ts";
import type { Claim, Observation, TlsFacts } from "./observation.ts";
import type { Outcome } from "./outcome.ts";
import type { TargetSet } from "./target.ts";

/** What a run is to look at. */
export interface Scope {
  readonly targets: TargetSet;
  /** Ascending, each once. */
  readonly ports: readonly number[];
  /** Endpoints to look at besides targets × ports. */
  readonly extra: readonly Endpoint[];
  /** Of every /24 some addresses first, and the others only where one of these answers. */
  readonly sparse: boolean;
  /** What this machine says of its own listening sockets; empty where it cannot tell. */
  readonly listeners: readonly Listener[];
  /** False: report what is open and ask nothing. */
  readonly identify: boolean;
  /** How long one connect may take, in milliseconds. */
  readonly timeoutMs: number;
  /** How long one HTTP request may take, in milliseconds. */
  readonly httpTimeoutMs: number;
  /** Sent with health checks to what is a target; may hold secrets: never shown. Names in lower case. */
  readonly httpHeaders: Readonly<Record<string, string>>;
  /** DNS zones to ask; none: those of this machine's resolver. */
  readonly domains: readonly string[];
  /** DNS-SD types or SRV names to ask for, `_http._tcp`, `web.service.consul`; none: all that is known of. */
  readonly services: readonly string[];
  /** Name servers to ask; none: those of this machine's resolver. */
  readonly dnsServers: readonly NameServer[];
  /** Interfaces to listen on; none: all that can. */
  readonly interfaces: readonly string[];
  /** Names of all strategies of the run. */
  readonly strategies: readonly string[];
}

/** A DNS server: an IP address and a port. */
export interface NameServer {
  readonly address: string;
  readonly port: number;
}

/** How the sweep met an endpoint. */
export interface SweptEndpoint {
  readonly endpoint: Endpoint;
  readonly outcome: Outcome;
  readonly latencyMs: number;
  /** The names by which it was announced, where it was. */
  readonly hostnames?: readonly string[];
}

/** What is known of an open endpoint after asking. Without a claim it is open, and unknown. */
export interface Identification {
  /** With `overHttp` where it speaks HTTP. */
  readonly claim?: Claim;
  readonly tls?: TlsFacts;
  /** What it said that nobody understood. */
  readonly heard?: Uint8Array;
  /** In a few words, where there is no claim. */
  readonly reason?: string;
}

/** The budget of sockets, connects a second and connects a host that all strategies of a run share. */
export interface Scanner {
  /** Sockets that may be open at once to a host. */
  socketsTo(address: string): number;
  /**
   * Every open endpoint of the scope, as found; and those that another strategy announced, whatever their outcome. The
   * same scope is swept once, however many ask. Ends early, without an error, when the run ends.
   */
  sweep(scope: Scope): AsyncIterable<SweptEndpoint>;
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
  /** Whether an address was asked for, and not only announced: one of the targets', or this machine's own. */
  isTarget(address: string): boolean;
  /**
   * Names what is behind an open endpoint of the sweep. Asked once a run, however many strategies want to know; never
   * rejects.
   */
  identify(open: SweptEndpoint): Promise<Identification>;
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
  /**
   * It reports what others say is there (`announced`), and the strategies that sweep look at that too. So it never
   * sweeps itself: the sweep ends when all that announce have.
   */
  readonly announces?: true;
  /** What `common` means to it; all ports of the catalog where absent. None where it announces. */
  ports?(catalog: Catalog): readonly number[];
  /** Whether it can do its work on this machine, and what stands in its way. Bounded by `signal`, and by itself. */
  test?(scope: Scope, context: StrategyContext): Promise<readonly StrategyCheck[]>;
  observe(scope: Scope, context: StrategyContext): AsyncIterable<Observation>;
  /**
   * The same without an end: reports what is there, then every change as it comes (`announced` anew, `withdrawn`), until
   * `signal`. Where absent, `observe` is run again and again.
   */
  watch?(scope: Scope, context: StrategyContext): AsyncIterable<Observation>;
}

/** One thing that a strategy needs of this machine. */
export interface StrategyCheck {
  readonly works: boolean;
  /** What was tried and came of it, in one line. */
  readonly summary: string;
  /** How to mend it, in one line. */
  readonly remedy?: string;
}
