import { STRATEGY_NAMES, loadStrategy } from "../../strategies/index.ts";
import { strategyContract } from "./strategy.ts";

for (const strategy of await Promise.all(STRATEGY_NAMES.map((name) => loadStrategy(name)))) {
  strategyContract(strategy);
}
