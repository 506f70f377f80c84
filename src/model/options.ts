import type { CatalogEntry } from "./catalog.ts";
import type { Endpoint } from "./endpoint.ts";
import type { DiscoveryEvent } from "./event.ts";
import type { Inventory } from "./inventory.ts";
import type { Observation } from "./observation.ts";
import type { OutcomeListener } from "./outcome.ts";
import type { Strategy } from "./strategy.ts";

/** One target as text, and where it was written, for messages: `argument 2`, `targets.txt line 7`. */
export interface TargetText {
  readonly text: string;
  readonly where: string;
}

/** How big a run is, before it starts. */
export interface ScanSize {
  readonly addresses: number;
  readonly probes: number;
  /** Time in milliseconds if every host answers at once, and if none ever answers. */
  readonly fastestMs: number;
  readonly slowestMs: number;
}

/** What to discover, and how hard to try. Every member has a default: see `DEFAULTS`. */
export interface DiscoverOptions {
  /** Addresses, CIDR, ranges, names, `local`. None: this machine and all that listens on it. */
  readonly targets?: readonly (string | TargetText)[];
  /** The same forms, taken out again. */
  readonly exclude?: readonly (string | TargetText)[];
  /** `common`, `all`, numbers and ranges in a comma list; or numbers. */
  readonly ports?: string | readonly number[];
  /** Names of strategies, or strategies of your own. */
  readonly strategies?: readonly (string | Strategy)[];
  /** More catalog entries; one whose type is known takes that one's place. */
  readonly catalog?: readonly CatalogEntry[];
  /** How long one connect may take. */
  readonly timeoutMs?: number;
  /** How long one HTTP request may take. */
  readonly httpTimeoutMs?: number;
  /** How long the whole run may take; no limit where absent. */
  readonly deadlineMs?: number;
  /** True: of every /24 some addresses are asked first, and the others only where one of these answers. */
  readonly sparse?: boolean;
  /** False: the sweep opens its sockets by Node's public means alone, which is slower. */
  readonly direct?: boolean;
  /**
   * Sockets open at once, at most; fewer where the machine has no more descriptors. A run begins with fewer, and comes to
   * so many as far as answers show that nothing gets lost.
   */
  readonly concurrency?: number;
  /** Threads that a large sweep may use, this one included; as many as there are cores, up to 4, where absent. */
  readonly threads?: number;
  /** Connects begun in a second, at most; no limit where absent. */
  readonly rate?: number;
  /** Sockets open at once to one host that is not this machine. */
  readonly perHost?: number;
  /** False: report what is open and ask nothing. */
  readonly identify?: boolean;
  /** Sent with health checks over HTTP; never shown. Names in any case. */
  readonly httpHeaders?: Readonly<Record<string, string>>;
  /** DNS zones to ask; those of this machine's resolver where absent. */
  readonly domains?: readonly string[];
  /** DNS-SD types or SRV names to ask for; all that the catalog knows where absent. */
  readonly services?: readonly string[];
  /** Name servers, `address` or `address:port`; those of this machine's resolver where absent. */
  readonly dnsServers?: readonly string[];
  /** Interfaces to listen for mDNS on; all that can where absent. */
  readonly interfaces?: readonly string[];
  /**
   * A file that keeps account of the run about twice a second. Where it is there already, the run goes on where the one ended
   * that wrote it; it is taken away when the run has come to its end.
   */
  readonly checkpoint?: string;
  /** Asked before a run over more than 65,536 addresses; absent or false: such a run is refused (`large-range`). */
  readonly allowLarge?: boolean | ((size: ScanSize) => boolean | Promise<boolean>);
  /** True: what is announced is looked at wherever it is. Where absent, at the targets alone if any were named. */
  readonly followsAnywhere?: boolean;
  /** Ends the run early: what was found by then is still reported. */
  readonly signal?: AbortSignal;
  /** Told of every observation that counts, checked, as it comes; not of what the end of the run cut short. */
  readonly onObservation?: (observation: Observation) => void;
  /**
   * Endpoints that were open before. Where the run probes one of them anyway and it refuses, `onObservation` is told of that,
   * too, as the word of `sweep`; a run of up to 64 probes tells of all that refuse. Nobody else is probed on account of these, and what is found is the same without them.
   */
  readonly known?: readonly Endpoint[];
  /** Told what happens inside, one line each. */
  readonly onDebug?: (message: string) => void;
  /** Told of how every probe ended; such a run sweeps in one thread. */
  readonly onOutcome?: OutcomeListener;
}

/** A run: its events as they happen, or the whole at its end. Either one, once; nothing starts before. */
export interface Discovery extends AsyncIterable<DiscoveryEvent> {
  /** Runs to the end and resolves to what was found. */
  inventory(): Promise<Inventory>;
}

/** More addresses than this and a run asks first. */
export const LARGE_RANGE = 65_536;

export const DEFAULTS = {
  ports: "common",
  strategies: ["tcp", "http"],
  timeoutMs: 2_000,
  httpTimeoutMs: 5_000,
  concurrency: 16_000,
  perHost: 256,
  identify: true,
  /** Between the rounds of a watch. */
  intervalMs: 10_000,
} as const;
