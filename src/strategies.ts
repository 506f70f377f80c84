import { loadStrategy } from "../strategies/index.ts";
import { DiscoverError } from "./model/errors.ts";
import { DEFAULTS } from "./model/options.ts";
import type { Strategy } from "./model/strategy.ts";

/**
 * The strategies of a run, by name or as they are. Throws `bad-option` for none, for a name that nobody has, and for two
 * of one name: their observations could not be told apart.
 */
export async function strategiesOf(
  wanted: readonly (string | Strategy)[] = DEFAULTS.strategies,
): Promise<Strategy[]> {
  if (wanted.length === 0)
    throw new DiscoverError("bad-option", "no strategy is given: name one, such as tcp");
  const strategies = await Promise.all(
    wanted.map(async (one) => (typeof one === "string" ? loadStrategy(one) : one)),
  );
  const twice = strategies.find(({ name }, at) => strategies.findIndex((one) => one.name === name) !== at);
  if (twice !== undefined) throw new DiscoverError("bad-option", `strategy '${twice.name}' is given twice`);
  return strategies;
}
