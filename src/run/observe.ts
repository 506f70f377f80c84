import type { Observation } from "../model/observation.ts";
import type { Scope, Strategy, StrategyContext } from "../model/strategy.ts";
import { Channel } from "../scan/channel.ts";

/** How long a strategy may take to end once the run has, in milliseconds. The contract says 100. */
const GRACE_MS = 1_000;

/**
 * What all strategies observe, as it comes. One that throws, or that does not stop when told, costs a warning and
 * the run's completeness, and nothing else.
 */
export async function* observeAll(
  strategies: readonly Strategy[],
  scope: Scope,
  context: StrategyContext,
): AsyncGenerator<Observation, void, undefined> {
  const channel = new Channel<Observation>();
  const running = new Set<Strategy>();
  const follow = async (strategy: Strategy): Promise<void> => {
    running.add(strategy);
    try {
      for await (const observation of strategy.observe(scope, context)) channel.push(observation);
    } catch (error) {
      context.log.warn(
        `strategy ${strategy.name} failed: ${error instanceof Error ? error.message : String(error)}`,
      );
      context.scanner.cutShort();
    } finally {
      running.delete(strategy);
    }
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
