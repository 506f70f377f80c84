import type { Clock } from "../model/clock.ts";
import type { Dial, DialOptions, Net } from "../model/net.ts";
import type { SweptEndpoint, Scanner, Scope } from "../model/strategy.ts";
import type { Announced } from "./announced.ts";
import { Budget, type BudgetLimits } from "./budget.ts";
import { type ConversationLimits, converse } from "./conversations.ts";
import { countProbes } from "./order.ts";
import type { Replay } from "./replay.ts";
import { startSweep } from "./sweep.ts";
import type { Tally } from "./tally.ts";

export interface ScannerOptions {
  readonly net: Net;
  readonly limits: BudgetLimits;
  /** What strategies that announce have found. */
  readonly announced: Announced;
  readonly tally: Tally;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Conversations at once, at most; each may hold several sockets for a moment. */
const MOST_CONVERSATIONS = 128;
const SOCKETS_A_CONVERSATION = 4;
/** How often a connection is tried again when the fault was this machine's own. */
const MOST_TRIES = 6;

/** The one scanner of a run. */
export function createScanner(options: ScannerOptions): Scanner {
  const { net, limits, announced, tally, clock, signal } = options;
  const budget = new Budget(limits, clock);
  const sweeps = new WeakMap<Scope, Replay<SweptEndpoint>>();
  return {
    sweep(scope) {
      const known = sweeps.get(scope);
      if (known !== undefined) return known;
      tally.expect(scope.targets.count, countProbes(scope));
      const started = startSweep(scope, { net, budget, announced, tally, clock, signal });
      sweeps.set(scope, started);
      return started;
    },
    socketsTo: (address) => socketsTo(address, limits),
    dial: dialWithin(budget, net, tally),
    each: (items, task, hostOf) => converse(items, task, hostOf, conversationsWithin(limits)),
    cutShort: () => tally.cutShort(),
  };
}

function socketsTo(address: string, { sockets, perHost, isOwn }: BudgetLimits): number {
  return isOwn(address) ? sockets : Math.min(sockets, perHost);
}

/** No more than can hold their sockets: conversations that wait for each other's would come to nothing. */
function conversationsWithin(limits: BudgetLimits): ConversationLimits {
  return {
    atOnce: conversationsOn(limits.sockets),
    atOnceWith: (host) => conversationsOn(socketsTo(host, limits)),
  };
}

function conversationsOn(sockets: number): number {
  return Math.max(1, Math.min(MOST_CONVERSATIONS, Math.floor(sockets / SOCKETS_A_CONVERSATION)));
}

/** Undefined for want of an answer, or of a place before `signal`; a machine that ran out for good makes the run incomplete. */
function dialWithin(budget: Budget, net: Net, tally: Tally): Dial {
  return async (endpoint, options) => {
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      if (!(await placeFor(endpoint.address, options, budget))) return undefined;
      const onClose = (): void => budget.give(endpoint.address);
      const result = await net.dial(endpoint, { ...options, onClose });
      if (typeof result !== "string") return result;
      if (result === "exhausted") budget.exhausted();
      else if (result !== "self") return undefined;
    }
    tally.cutShort();
    return undefined;
  };
}

/** Waits for a place; nobody's time runs meanwhile. */
async function placeFor(
  address: string,
  { signal, patience }: Pick<DialOptions, "signal" | "patience">,
  budget: Budget,
): Promise<boolean> {
  if (budget.tryTake(address)) return true;
  patience?.hold();
  try {
    return await budget.take(address, signal);
  } finally {
    patience?.release();
  }
}
