import { messageOf } from "./model/error-code.ts";
import { DiscoverError } from "./model/errors.ts";
import { DEFAULTS, type DiscoverOptions } from "./model/options.ts";
import type { Strategy, StrategyCheck } from "./model/strategy.ts";
import { catalogWith } from "./run/catalog.ts";
import { checkOptions } from "./run/check.ts";
import { type GroundOptions, layGround } from "./run/ground.ts";
import { Stop } from "./run/stop.ts";
import { survey } from "./run/survey.ts";
import { Tally } from "./scan/tally.ts";
import { strategiesOf } from "./strategies.ts";

/** What a strategy needs of this machine, and whether it has it. */
export interface SelfTest {
  readonly name: string;
  readonly summary: string;
  /** All of its checks do. */
  readonly works: boolean;
  readonly checks: readonly StrategyCheck[];
}

/** No strategy's test takes longer, in milliseconds, unless a deadline says otherwise. */
const TEST_MS = 10_000;

/**
 * Tries every strategy on this machine, one after the other; targets are not looked at. Throws a `DiscoverError` for
 * options that make no sense.
 */
export async function* selfTest(options: DiscoverOptions = {}): AsyncGenerator<SelfTest, void, undefined> {
  checkOptions(options);
  const catalog = await catalogWith(options.catalog);
  const strategies = await strategiesOf(options.strategies ?? DEFAULTS.strategies);
  const { targets: _targets, exclude: _exclude, ...here } = options;
  for (const strategy of strategies) {
    const stop = new Stop(options.signal, options.deadlineMs ?? TEST_MS);
    const { signal } = stop;
    const warnings: string[] = [];
    const warn = (warning: string): void => void warnings.push(warning);
    try {
      const given = { options: here, strategies: [strategy], catalog, tally: new Tally(), signal, warn };
      const checks = await checksOf(strategy, given, strategies).catch(failed);
      yield reportOf(strategy, [
        ...(signal.aborted ? checks.map(cutShort) : checks),
        ...warnings.map((summary) => ({ works: true, summary })),
      ]);
    } finally {
      stop.now();
    }
    if (options.signal?.aborted === true) return;
  }
}

async function checksOf(
  strategy: Strategy,
  given: GroundOptions,
  strategies: readonly Strategy[],
): Promise<readonly StrategyCheck[]> {
  const surveyed = await survey(given.options, strategies, given.catalog, given.signal);
  const { scope, context } = layGround(surveyed, given);
  return (await strategy.test?.(scope, context)) ?? [UNTESTED];
}

/** Nothing is to blame but the time. */
function cutShort(check: StrategyCheck): StrategyCheck {
  if (check.works) return check;
  return { ...check, remedy: "the time was over before it could tell: give it more with --deadline" };
}

const UNTESTED: StrategyCheck = { works: true, summary: "has no test of its own" };

function failed(error: unknown): StrategyCheck[] {
  if (error instanceof DiscoverError) throw error;
  return [{ works: false, summary: `its test failed: ${messageOf(error)}` }];
}

function reportOf({ name, summary }: Strategy, checks: readonly StrategyCheck[]): SelfTest {
  return { name, summary, works: checks.every(({ works }) => works), checks };
}
