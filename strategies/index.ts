import { DiscoverError } from "../src/model/errors.ts";
import { suggestion } from "../src/model/nearest.ts";
import type { Strategy } from "../src/model/strategy.ts";

type Load = () => Promise<{ readonly default: Strategy }>;

/** One line a strategy; a test compares it with the folder. */
const STRATEGIES: ReadonlyMap<string, Load> = new Map<string, Load>([
  ["tcp", () => import("./tcp/index.ts")],
  ["http", () => import("./http/index.ts")],
  ["dns", () => import("./dns/index.ts")],
  ["mdns", () => import("./mdns/index.ts")],
]);

export const STRATEGY_NAMES: readonly string[] = [...STRATEGIES.keys()];

/** The strategy of that name. Throws a DiscoverError, `bad-option`, where there is none. */
export async function loadStrategy(name: string): Promise<Strategy> {
  const load = STRATEGIES.get(name);
  if (load === undefined) {
    const known = STRATEGY_NAMES.join(", ");
    throw new DiscoverError(
      "bad-option",
      `unknown strategy '${name}'${suggestion(name, STRATEGY_NAMES)} (known: ${known})`,
    );
  }
  return (await load()).default;
}
