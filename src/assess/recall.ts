import { inParallel } from "../boot/pool.ts";
import type { Look } from "../boot/tools.ts";
import type { Service } from "../model/inventory.ts";
import type { Decision, HostFacts, Plan } from "../model/plan.ts";
import type { Assessment } from "./assess.ts";
import type { Remembered } from "./remembered.ts";

export interface RecallTools {
  /** What was there not long ago, at addresses that are looked at. */
  readonly services: readonly Service[];
  readonly hosts: readonly HostFacts[];
  readonly remembered: Remembered;
  readonly planFrom: (assessment: Assessment) => Promise<Plan>;
  /** Undefined for what is no service of the stack, or nowhere. */
  readonly lookAgain: (decision: Decision) => Promise<Look | undefined>;
}

/** Services looked at at once. */
const LOOKS_AT_ONCE = 16;

/**
 * What is remembered, where that is all a stack needs and each of it is still there: looked at again with one connect and
 * one handshake. Undefined where anything is missing or has changed: then everything is to be looked at.
 */
export async function recall(tools: RecallTools): Promise<Assessment | undefined> {
  const { services, hosts, remembered, planFrom, lookAgain } = tools;
  const recalled = {
    services,
    stale: [],
    unknown: [],
    complete: false,
    gaps: [],
    hosts,
    warnings: [],
    isRecalled: true,
  };
  const { decisions } = await planFrom(recalled);
  if (!decisions.every(({ action }) => action === "adopt" || action === "nothing")) return undefined;
  const looks: (Look | undefined)[] = [];
  await inParallel([...decisions.entries()], LOOKS_AT_ONCE, async ([at, decision]) => {
    looks[at] = await lookAgain(decision);
  });
  // What has no port cannot be looked at, and runs.
  const changed = decisions.filter((_, at) => looks[at] !== undefined && looks[at].state !== "healthy");
  for (const decision of changed) forget(decision, remembered);
  if (changed.length > 0) return undefined;
  const ids = new Set(decisions.map(({ serviceId }) => serviceId));
  return { ...recalled, services: services.filter(({ id }: Service) => ids.has(id)) };
}

function forget({ address, port }: Decision, remembered: Remembered): void {
  if (address !== null && port !== null) remembered.forget({ address, port, transport: "tcp" });
}
