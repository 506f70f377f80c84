import { DiscoverError } from "../src/model/errors.ts";
import { suggestion } from "../src/model/nearest.ts";
import type { Strategy } from "../src/model/strategy.ts";

/** One line a strategy; a test compares it with the folder. */
const STRATEGIES: Readonly<Record<string, () => Promise<{ readonly default: Strategy }>>> = {
  tcp: () => import("./tcp/index.ts"),
};

export const STRATEGY_NAMES: readonly string[] = Object.keys(STRATEGIES);

/** The strategy of that name. Throws a DiscoverError, `bad-option`, where there is none. */
export async function loadStrategy(name: string): Promise<Strategy> {
  const load = STRATEGIES[name];
  if (load === undefined) {
    const known = STRATEGY_NAMES.join(", ");
    throw new DiscoverError(
      "bad-option",
      `unknown strategy '${name}'${suggestion(name, STRATEGY_NAMES)} (known: ${known})`,
    );
  }
  return (await load()).default;
}
