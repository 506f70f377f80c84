/**
 * How one attempt to reach an endpoint ended.
 *
 * - `open`: a connection was made.
 * - `closed`: the host refused: nothing listens there. A fact.
 * - `filtered`: no answer, or a firewall said no. Not knowing.
 * - `unreachable`: no way to the host. Not knowing.
 * - `failed`: our own fault (no descriptor, no local port, cancelled). Not knowing.
 */
export type Outcome = "open" | "closed" | "filtered" | "unreachable" | "failed";

export const OUTCOMES: readonly Outcome[] = ["open", "closed", "filtered", "unreachable", "failed"];

/** Is told how one attempt to reach an endpoint ended. Called for each: it must be quick, and must not throw. */
export type OutcomeListener = (address: string, port: number, outcome: Outcome) => void;

/**
 * What an observation says of its endpoint: how an attempt to reach it ended, that somebody says it is there
 * (`announced`), or no longer says so (`withdrawn`).
 */
export type Finding = Outcome | "announced" | "withdrawn";

export const FINDINGS: readonly Finding[] = [...OUTCOMES, "announced", "withdrawn"];

/** How many probes were wanted, and how many ended in each outcome. */
export interface Coverage {
  /** Addresses in the targets. */
  readonly addresses: number;
  /** Endpoints that were to be probed. */
  readonly probes: number;
  readonly open: number;
  readonly closed: number;
  readonly filtered: number;
  readonly unreachable: number;
  readonly failed: number;
  /** Endpoints left out because nothing in their /24 answered (`sparse`); absent where there are none. */
  readonly skipped?: number;
  /** Endpoints never reached: the run ended first. `probes` is the sum of this, `skipped` and the five outcomes. */
  readonly unprobed: number;
  /** True when every endpoint had a fair chance and everything open was looked at: nothing failed, nothing left out. */
  readonly complete: boolean;
}
