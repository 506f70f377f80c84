import type { Observation } from "../model/observation.ts";
import type { Strategy } from "../model/strategy.ts";
import { Channel } from "../scan/channel.ts";
import type { Ground } from "./ground.ts";

/** How long a strategy may take to end once the run has, in milliseconds. The contract says 100. */
const GRACE_MS = 1_000;
/** Announcements of one strategy that are kept. */
const MOST_ANNOUNCEMENTS = 8_192;

/**
 * What all strategies observe, as it comes. One that throws, or that does not stop when told, costs a warning and
 * the run's completeness, and nothing else.
 */
export async function* observeAll(
  strategies: readonly Strategy[],
  { scope, context, announced, admits }: Ground,
): AsyncGenerator<Observation, void, undefined> {
  const channel = new Channel<Observation>();
  const running = new Set(strategies);
  const follow = async (strategy: Strategy): Promise<void> => {
    try {
      for await (const observation of strategy.observe(scope, context)) {
        if (strategy.announces === true && !(hasRoom(strategy) && followUp(observation))) continue;
        channel.push(observation);
      }
    } catch (error) {
      context.log.warn(
        `strategy ${strategy.name} failed: ${error instanceof Error ? error.message : String(error)}`,
      );
      context.scanner.cutShort();
    } finally {
      running.delete(strategy);
      if (![...running].some(({ announces }) => announces === true)) announced.end();
    }
  };
  const counts = new Map<Strategy, number>();
  /** Whether there is room for one more: words cost nothing to those who announce. */
  const hasRoom = (strategy: Strategy): boolean => {
    const count = (counts.get(strategy) ?? 0) + 1;
    counts.set(strategy, count);
    if (count <= MOST_ANNOUNCEMENTS) return true;
    context.log.warn(`strategy ${strategy.name} was told of more than is kept: the rest is left out`);
    context.scanner.cutShort();
    return false;
  };
  /** Hands what was announced to the sweep. False where it is none of our business. */
  const followUp = (observation: Observation): boolean => {
    const { endpoint, hostnames = [], announcement } = observation;
    if (!admits(endpoint.address)) return false;
    // A host on the link may say what it likes: nobody is sent elsewhere by its word.
    const isReachable = endpoint.transport === "tcp" && announcement?.facts?.["offLink"] !== true;
    if (observation.outcome === "announced" && isReachable && !announced.add({ endpoint, hostnames })) {
      context.log.warn("more is announced than is looked at: the rest is reported as it was announced");
      context.scanner.cutShort();
    }
    return true;
  };
  let timer: NodeJS.Timeout | undefined;
  const giveUp = (): void => {
    for (const { name } of running) context.log.warn(`strategy ${name} did not stop in time`);
    channel.end();
  };
  const hurry = (): void => {
    context.scanner.cutShort();
    timer = setTimeout(giveUp, GRACE_MS);
  };
  context.signal.addEventListener("abort", hurry);
  if (context.signal.aborted) hurry();
  Promise.all(strategies.map(follow)).then(
    () => channel.end(),
    (error: unknown) => channel.fail(error),
  );
  try {
    yield* channel;
  } finally {
    clearTimeout(timer);
    context.signal.removeEventListener("abort", hurry);
  }
}
