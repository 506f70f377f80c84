import { InventoryBuilder } from "./inventory/inventory.ts";
import type { Catalog } from "./model/catalog.ts";
import { DiscoverError } from "./model/errors.ts";
import type { DiscoveryEvent } from "./model/event.ts";
import type { Observation } from "./model/observation.ts";
import type { DiscoverOptions, Discovery } from "./model/options.ts";
import type { Scope, Strategy } from "./model/strategy.ts";
import { catalogWith } from "./run/catalog.ts";
import { checkOptions } from "./run/check.ts";
import type { Checkpoint } from "./run/checkpoint/checkpoint.ts";
import { layGround } from "./run/ground.ts";
import { observeAll } from "./run/observe.ts";
import { Report } from "./run/report.ts";
import { allow, sizeOfRun } from "./run/size.ts";
import { Stop } from "./run/stop.ts";
import { type Survey, looksNamesUp, survey } from "./run/survey.ts";
import { strategiesOf } from "./strategies.ts";

/**
 * Finds what runs at the targets. Reads no environment, prints nothing, and starts nothing before it is iterated.
 * Iterating throws a `DiscoverError` for options that make no sense, before anything is sent.
 */
export function discover(options: DiscoverOptions = {}): Discovery {
  return {
    [Symbol.asyncIterator]: () => run(options),
    async inventory() {
      for await (const event of run(options)) {
        if (event.event === "finished") return event.inventory;
      }
      throw new Error("a run ends with its inventory");
    },
  };
}

/** The pipeline: options, targets, scanner, strategies, observations, inventory. */
async function* run(options: DiscoverOptions): AsyncGenerator<DiscoveryEvent, void, undefined> {
  checkOptions(options);
  const catalog = await catalogWith(options.catalog);
  const strategies = await strategiesOf(options.strategies);
  const report = new Report(strategies, options.targets);
  const { tally, warn } = report;
  const stop = new Stop(options.signal, options.deadlineMs);
  const { signal } = stop;
  try {
    const surveyed = await surveyOrStop(options, strategies, catalog, signal, report);
    if (surveyed === undefined) {
      yield report.finished([]);
      return;
    }
    const size = sizeOfRun(surveyed.scope, options);
    const { addresses, probes } = size;
    // Who only listens to what others say sends nothing to the targets, however many.
    if (strategies.some(({ announces }) => announces !== true)) await allow(size, options.allowLarge, stop);
    const checkpoint = await checkpointOf(options, surveyed.scope, strategies, warn);
    try {
      const ground = layGround(surveyed, { options, strategies, catalog, tally, signal, warn, checkpoint });
      ground.context.log.debug(`addresses: ${addresses}, probes: ${probes}`);
      yield { event: "started", scanId: report.scanId, addresses, probes };
      const builder = new InventoryBuilder(catalog, surveyed.isOwn);
      yield* report.follow(toldOf(observeAll(strategies, ground), options.onObservation, signal), builder);
    } finally {
      await checkpoint?.close(!signal.aborted && tally.coverage.unprobed === 0);
    }
  } finally {
    stop.now();
  }
}

/** What comes once the end was called may be half of what there was to learn: it is reported, and not told of. */
async function* toldOf(
  observations: AsyncIterable<Observation>,
  tell: ((observation: Observation) => void) | undefined,
  signal: AbortSignal,
): AsyncGenerator<Observation, void, undefined> {
  for await (const observation of observations) {
    if (!signal.aborted) tell?.(observation);
    yield observation;
  }
}

/** Undefined where the run ended while names were being looked up, or even before. */
async function surveyOrStop(
  options: DiscoverOptions,
  strategies: readonly Strategy[],
  catalog: Catalog,
  signal: AbortSignal,
  report: Report,
): Promise<Survey | undefined> {
  try {
    const surveyed = await survey(options, strategies, catalog, signal);
    for (const warning of surveyed.warnings) report.warn(warning);
    return surveyed;
  } catch (error) {
    if (!signal.aborted || error instanceof DiscoverError) throw error;
    const doing = (await looksNamesUp(options)) ? "while host names were being looked up" : "before it began";
    report.warn(`the run ended ${doing}`);
    report.tally.cutShort();
    return undefined;
  }
}

/** Undefined where nobody wants one. */
async function checkpointOf(
  { checkpoint: path }: DiscoverOptions,
  scope: Scope,
  strategies: readonly Strategy[],
  warn: (warning: string) => void,
): Promise<Checkpoint | undefined> {
  if (path === undefined) return undefined;
  const { Checkpoint } = await import("./run/checkpoint/checkpoint.ts");
  const readers = strategies.filter(({ announces }) => announces !== true).length;
  return Checkpoint.open(path, scope, readers, warn);
}
