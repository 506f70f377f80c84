import { loadStrategy } from "../strategies/index.ts";
import { createCatalog, loadCatalog } from "./catalog/index.ts";
import { createIdentifier } from "./identify/identifier.ts";
import { InventoryBuilder } from "./inventory/inventory.ts";
import type { Catalog, CatalogEntry } from "./model/catalog.ts";
import { systemClock as clock } from "./model/clock.ts";
import { DiscoverError } from "./model/errors.ts";
import type { DiscoveryEvent } from "./model/event.ts";
import { DEFAULTS, type DiscoverOptions, type Discovery } from "./model/options.ts";
import type { Strategy, StrategyContext } from "./model/strategy.ts";
import { systemNet as net } from "./net/index.ts";
import { socketLimit } from "./net/machine.ts";
import { checkOptions } from "./run/check.ts";
import { observeAll } from "./run/observe.ts";
import { Report } from "./run/report.ts";
import { allow, sizeOf } from "./run/size.ts";
import { Stop } from "./run/stop.ts";
import { type Survey, survey } from "./run/survey.ts";
import { Announced } from "./scan/announced.ts";
import { countProbes } from "./scan/order.ts";
import { createScanner } from "./scan/scanner.ts";

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
  const catalog = await catalogWith(options.catalog ?? []);
  const strategies = await strategiesOf(options.strategies ?? DEFAULTS.strategies);
  const report = new Report(strategies, options.targets);
  const stop = new Stop(options.signal, options.deadlineMs);
  try {
    const ground = await surveyOrStop(options, strategies, catalog, stop.signal, report);
    if (ground === undefined) {
      yield report.finished([]);
      return;
    }
    const { scope, isOwn, admits } = ground;
    const announced = new Announced(strategies.some(({ announces }) => announces === true));
    const sockets = Math.min(options.concurrency ?? DEFAULTS.concurrency, socketLimit());
    const probes = countProbes(scope);
    const size = sizeOf(scope.targets.count, probes, {
      ...options,
      concurrency: sockets,
      timeoutMs: scope.timeoutMs,
    });
    if (strategies.some(({ announces }) => announces !== true)) await allow(size, options.allowLarge, stop);
    const limits = {
      sockets,
      perHost: options.perHost ?? DEFAULTS.perHost,
      isOwn,
      ...(options.rate !== undefined && { rate: options.rate }),
    };
    const { signal } = stop;
    const scanner = createScanner({ net, limits, announced, tally: report.tally, clock, signal });
    const log = { debug: options.onDebug ?? (() => {}), warn: report.warn };
    log.debug(`addresses: ${size.addresses}, probes: ${probes}, sockets at once: ${sockets}`);
    const tools = { scanner, net, catalog, clock, isOwn, signal, log };
    const context: StrategyContext = { ...tools, identify: createIdentifier(scope, tools) };
    yield { event: "started", scanId: report.scanId, addresses: size.addresses, probes };
    const observations = observeAll(strategies, scope, context, { announced, admits });
    yield* report.follow(observations, new InventoryBuilder(catalog, isOwn));
  } finally {
    stop.now();
  }
}

/** Undefined where the run ended while names were being looked up. */
async function surveyOrStop(
  options: DiscoverOptions,
  strategies: readonly Strategy[],
  catalog: Catalog,
  signal: AbortSignal,
  report: Report,
): Promise<Survey | undefined> {
  try {
    const ground = await survey(options, strategies, catalog, signal);
    for (const warning of ground.warnings) report.warn(warning);
    return ground;
  } catch (error) {
    if (!signal.aborted || error instanceof DiscoverError) throw error;
    report.warn("the run ended while host names were being looked up");
    report.tally.cutShort();
    return undefined;
  }
}

async function catalogWith(more: readonly CatalogEntry[]): Promise<Catalog> {
  const known = await loadCatalog();
  if (more.length === 0) return known;
  const own = new Set(more.map(({ type }) => type));
  return createCatalog([...known.entries.filter(({ type }) => !own.has(type)), ...more]);
}

/** Throws `bad-option` for none, and for two of one name: their observations could not be told apart. */
async function strategiesOf(wanted: readonly (string | Strategy)[]): Promise<Strategy[]> {
  if (wanted.length === 0)
    throw new DiscoverError("bad-option", "no strategy is given: name one, such as tcp");
  const strategies = await Promise.all(
    wanted.map(async (one) => (typeof one === "string" ? loadStrategy(one) : one)),
  );
  const twice = strategies.find(({ name }, at) => strategies.findIndex((one) => one.name === name) !== at);
  if (twice !== undefined) throw new DiscoverError("bad-option", `strategy '${twice.name}' is given twice`);
  return strategies;
}
