import type { Clock } from "../model/clock.ts";
import type { Dial, Net } from "../model/net.ts";
import type { OpenEndpoint, Scanner, Scope } from "../model/strategy.ts";
import { Budget, type BudgetLimits } from "./budget.ts";
import { Channel } from "./channel.ts";
import { countProbes } from "./order.ts";
import type { Replay } from "./replay.ts";
import { startSweep } from "./sweep.ts";
import type { Tally } from "./tally.ts";

export interface ScannerOptions {
  readonly net: Net;
  readonly limits: BudgetLimits;
  readonly tally: Tally;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Conversations at once, at most; each may hold several sockets for a moment. */
const MOST_CONVERSATIONS = 64;
const SOCKETS_A_CONVERSATION = 4;
/** How often a connection is tried again when the fault was this machine's own. */
const MOST_TRIES = 6;

/** The one scanner of a run. */
export function createScanner(options: ScannerOptions): Scanner {
  const { net, limits, tally, clock, signal } = options;
  const budget = new Budget(limits, clock);
  const sweeps = new WeakMap<Scope, Replay<OpenEndpoint>>();
  return {
    sweep(scope) {
      const known = sweeps.get(scope);
      if (known !== undefined) return known;
      tally.expect(scope.targets.count, countProbes(scope));
      const started = startSweep(scope, { net, budget, tally, clock, signal });
      sweeps.set(scope, started);
      return started;
    },
    sockets: limits.sockets,
    dial: dialWithin(budget, net, tally),
    each: (items, task) => eachOf(items, task, conversationsWithin(limits.sockets)),
    cutShort: () => tally.cutShort(),
  };
}

function conversationsWithin(sockets: number): number {
  return Math.max(1, Math.min(MOST_CONVERSATIONS, Math.floor(sockets / SOCKETS_A_CONVERSATION)));
}

/** Undefined for want of an answer, or of a place before `signal`; a machine that ran out for good makes the run incomplete. */
function dialWithin(budget: Budget, net: Net, tally: Tally): Dial {
  return async (endpoint, options) => {
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      if (!(await budget.take(endpoint.address, options.signal))) return undefined;
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

/** p-queue holds the tasks; it is fed one item for each that ends, so that neither queue nor memory grows. */
async function* eachOf<T, R>(
  items: AsyncIterable<T>,
  task: (item: T) => Promise<R>,
  atOnce: number,
): AsyncGenerator<R, void, undefined> {
  const { default: PQueue } = await import("p-queue");
  const queue = new PQueue({ concurrency: atOnce });
  const results = new Channel<R>();
  let wanted = true;
  const feed = async (): Promise<void> => {
    for await (const item of items) {
      await queue.onSizeLessThan(atOnce);
      if (!wanted) return;
      queue.add(async () => results.push(await task(item))).catch((error: unknown) => results.fail(error));
    }
    await queue.onIdle();
    results.end();
  };
  feed().catch((error: unknown) => results.fail(error));
  try {
    yield* results;
  } finally {
    wanted = false;
    queue.clear();
  }
}
