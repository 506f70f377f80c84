import type { Scope } from "../model/strategy.ts";

/** How many endpoints a scope holds. */
export function countProbes({ targets, ports, extra }: Pick<Scope, "targets" | "ports" | "extra">): number {
  return targets.count * ports.length + extra.length;
}
