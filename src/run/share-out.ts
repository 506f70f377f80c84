import { DEFAULTS, type DiscoverOptions } from "../model/options.ts";
import { canProbeDirectly } from "../net/direct-prober.ts";
import { socketLimit } from "../net/machine.ts";
import type { BudgetLimits } from "../scan/budget.ts";
import type { Helpers } from "../scan/sweep.ts";
import { startSweeper, usefulThreads } from "./sweepers.ts";

/** Sockets at once that a run begins with; more when answers show that nothing gets lost. */
export const START = 8_192;
/** Sockets at once, at most, for a thread that only deals and talks. */
const CONVERSATIONS = 512;
/** With less to share, one thread is as quick as more. */
const WORTH_SHARING = { sockets: 1_024, perHost: 64 };

/** Sockets that a run may hold at once. */
export function socketsFor({ concurrency = DEFAULTS.concurrency }: DiscoverOptions): number {
  return Math.min(concurrency, socketLimit());
}

/** What this thread may have, and those that may sweep beside it; and how sockets are opened. */
export interface Shares {
  readonly limits: BudgetLimits;
  readonly helpers: Helpers;
  readonly isDirect: boolean;
}

/**
 * All shares together are never more than the user allows. A rate is so slow that one thread keeps it, and exactly.
 */
export function shareOut(options: DiscoverOptions, isOwn: (address: string) => boolean): Shares {
  const { rate, perHost = DEFAULTS.perHost } = options;
  const sockets = socketsFor(options);
  const isWorthIt =
    rate === undefined &&
    // Threads tell how many probes ended how, and not which.
    options.onOutcome === undefined &&
    sockets >= WORTH_SHARING.sockets &&
    perHost >= WORTH_SHARING.perHost;
  const threads = isWorthIt ? (options.threads ?? usefulThreads()) : 1;
  const isDirect = (options.direct ?? true) && canProbeDirectly();
  // By public means a thread that does nothing else is quicker: see sweep-worker.ts.
  const count = threads > 1 && !isDirect ? threads : threads - 1;
  const fair = Math.floor(sockets / (count + 1));
  const here = count === 0 || isDirect ? fair : Math.min(CONVERSATIONS, fair);
  const share =
    count === 0
      ? { sockets: 0, start: 0 }
      : { sockets: Math.floor((sockets - here) / count), start: Math.floor(START / threads) };
  // A host's ports are one thread's, and the conversations with it are this one's.
  const there = count === 0 ? 0 : Math.floor(perHost / 2);
  const alone = { sockets, start: START, perHost };
  const beside = {
    sockets: here,
    start: Math.floor(START / (isDirect ? threads : 1)),
    perHost: perHost - there,
  };
  const limits = { ...alone, isOwn, ...(rate !== undefined && { rate }) };
  const helpers = {
    count,
    ...share,
    perHost: there,
    alone,
    beside,
    sweepAlone: !isDirect,
    run: startSweeper,
  };
  return { limits, helpers, isDirect };
}
