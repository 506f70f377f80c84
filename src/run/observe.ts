import { messageOf } from "../model/error-code.ts";
import type { Observation } from "../model/observation.ts";
import type { Strategy } from "../model/strategy.ts";
import { Channel } from "../scan/channel.ts";
import { checkedObservation } from "./check-observation.ts";
import { FollowUp } from "./follow-up.ts";
import type { Ground } from "./ground.ts";

/** How long a strategy may take to end once the run has, in milliseconds. The contract says 100. */
const GRACE_MS = 1_000;

/**
 * What all strategies observe, as it comes. One that throws, or that does not stop when told, costs a warning and
 * the run's completeness, and nothing else.
 */
export async function* observeAll(
  strategies: readonly Strategy[],
  ground: Ground,
): AsyncGenerator<Observation, void, undefined> {
  const { scope, context, announced, checkpoint } = ground;
  const followUp = new FollowUp(ground);
  const channel = new Channel<Observation>();
  for (const earlier of checkpoint?.observations ?? []) channel.push(earlier);
  const running = new Set(strategies);
  const follow = async (strategy: Strategy): Promise<void> => {
    try {
      for await (const said of strategy.observe(scope, context)) {
        const observation = checked(said);
        if (observation === undefined) continue;
        if (strategy.announces === true && !followUp.admit(strategy, observation)) continue;
        channel.push(observation);
        // What others announce is heard again, and what the end has cut short is to be looked at again.
        if (strategy.announces !== true && !context.signal.aborted) checkpoint?.observed(observation);
      }
    } catch (error) {
      context.log.warn(`strategy ${strategy.name} failed: ${messageOf(error)}`);
      context.scanner.cutShort();
    } finally {
      running.delete(strategy);
      if (![...running].some(({ announces }) => announces === true)) announced.end();
    }
  };
  /** A strategy that breaks its contract costs its observation, and not the run. */
  const checked = (said: Observation): Observation | undefined => {
    try {
      return checkedObservation(said);
    } catch (error) {
      context.log.warn(`an observation that makes no sense was left out: ${messageOf(error)}`);
      context.scanner.cutShort();
      return undefined;
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
