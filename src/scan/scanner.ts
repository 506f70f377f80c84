import type { Clock } from "../model/clock.ts";
import type { Endpoint } from "../model/endpoint.ts";
import type { Dial, DialOptions, Net } from "../model/net.ts";
import type { OutcomeListener } from "../model/outcome.ts";
import type { SweptEndpoint, Scanner, Scope } from "../model/strategy.ts";
import type { Announced } from "./announced.ts";
import { Budget, type BudgetLimits } from "./budget.ts";
import { type ConversationLimits, converse } from "./conversations.ts";
import type { KnownOpen } from "./known.ts";
import type { Replay } from "./replay.ts";
import { countProbes } from "./size.ts";
import { type Helpers, Sweep, type SweepMark, type SweepStart } from "./sweep.ts";
import type { Tally } from "./tally.ts";

/** Who keeps account of a run, so that another one may go on where it ended. */
export interface Account {
  /** What an earlier run came to. */
  readonly from: SweepStart | undefined;
  /** The sweep of the run's scope has begun: how to ask how far it is. */
  began(mark: () => Promise<SweepMark>): void;
  told(swept: SweptEndpoint): void;
  /** One who was told of an endpoint has done what there was to do with it. */
  done(endpoint: Endpoint): void;
}

export interface ScannerOptions {
  readonly net: Net;
  /** False: sockets of the sweep are opened by Node's public means alone. */
  readonly isDirect: boolean;
  readonly limits: BudgetLimits;
  readonly helpers: Helpers;
  readonly account?: Account;
  readonly onOutcome?: OutcomeListener;
  /** What strategies that announce have found. */
  readonly announced: Announced;
  /** What was open before. */
  readonly known?: KnownOpen;
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
  const { net, limits, helpers, tally, clock, account } = options;
  // What is begun while others sweep beside must find its place then, too.
  const least = helpers.count > 0 ? { ...limits, ...helpers.beside } : limits;
  const budget = new Budget(limits, clock);
  const sweeps = new WeakMap<Scope, Replay<SweptEndpoint>>();
  let isFirst = true;
  return {
    sweep(scope) {
      const known = sweeps.get(scope);
      if (known !== undefined) return known;
      tally.expect(scope.targets.count, countProbes(scope));
      const sweep = sweepOf(scope, budget, options, isFirst ? account : undefined);
      isFirst = false;
      sweep.start();
      sweeps.set(scope, sweep.found);
      return sweep.found;
    },
    socketsTo: (address) => socketsTo(address, least),
    dial: dialWithin(budget, net, tally),
    each: (items, task, hostOf) =>
      converse(items, accounted(task, options), hostOf, conversationsWithin(least)),
    cutShort: () => tally.cutShort(),
  };
}

/** Only the run's own sweep, the first, is kept account of. */
function sweepOf(scope: Scope, budget: Budget, options: ScannerOptions, account: Account | undefined): Sweep {
  const { limits, ...tools } = options;
  const told = account && { told: (swept: SweptEndpoint): void => account.told(swept) };
  const sweep = new Sweep(scope, { ...tools, isOwn: limits.isOwn, budget, ...told }, account?.from);
  account?.began(() => sweep.mark());
  return sweep;
}

/** Says when a task on an endpoint is over. */
function accounted<T, R>(
  task: (item: T) => Promise<R>,
  { account, signal }: ScannerOptions,
): (item: T) => Promise<R> {
  if (account === undefined) return task;
  return async (item) => {
    const result = await task(item);
    // What the end of the run has cut short is not done with.
    if (isSwept(item) && !signal.aborted) account.done(item.endpoint);
    return result;
  };
}

function isSwept(item: unknown): item is SweptEndpoint {
  return item instanceof Object && "endpoint" in item && "outcome" in item;
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
