import { LOCAL_HOST } from "../model/plan.ts";
import type { Requirement } from "../model/stack.ts";
import type { Fault } from "./fault.ts";

/** Services that are to be at one port of one host. Where a service's host is not said, the planner sees to that. */
export function portFaults(services: readonly Requirement[]): Fault[] {
  const taken = new Map<string, string>();
  return services.flatMap(({ name, placement, ports }): Fault[] => {
    const host = placement.kind === "remote" ? placement.host : LOCAL_HOST;
    const isSaid = placement.kind === "remote" || placement.kind === "local";
    if (!isSaid || ports?.kind !== "fixed") return [];
    return ports.ports.flatMap((port): Fault[] => {
      const key = `${host} ${port}`;
      const other = taken.get(key);
      if (other === undefined) taken.set(key, name);
      return other === undefined
        ? []
        : [{ path: ["services", name, "ports"], why: `the port ${port} of that host is ${other}'s already` }];
    });
  });
}
