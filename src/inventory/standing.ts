import { endpointKey } from "../model/endpoint.ts";
import type { Observation } from "../model/observation.ts";

/**
 * The observations that count: all that is open, what is announced and was not withdrawn since, and how an attempt ended
 * to reach what is announced. That some other port is closed makes no service.
 */
export function standing(observations: readonly Observation[]): Observation[] {
  const withdrawnAt = new Map<string, number>();
  for (const one of observations) {
    if (one.outcome !== "withdrawn") continue;
    withdrawnAt.set(wordOf(one), Math.max(one.at, withdrawnAt.get(wordOf(one)) ?? 0));
  }
  const there = observations.filter(
    (one) =>
      one.outcome === "open" ||
      (one.outcome === "announced" && one.at > (withdrawnAt.get(wordOf(one)) ?? Number.NEGATIVE_INFINITY)),
  );
  const announced = new Set(
    there.filter(({ outcome }) => outcome === "announced").map(({ endpoint }) => endpointKey(endpoint)),
  );
  const tried = observations.filter(
    ({ outcome, endpoint }) =>
      outcome !== "open" &&
      outcome !== "announced" &&
      outcome !== "withdrawn" &&
      announced.has(endpointKey(endpoint)),
  );
  return [...there, ...tried];
}

/** Who says what of which endpoint. */
function wordOf({ strategy, endpoint, announcement }: Observation): string {
  return JSON.stringify([strategy, endpointKey(endpoint), announcement?.name, announcement?.target]);
}

/** Something is there, or is said to be. */
export function isThere({ outcome }: Observation): boolean {
  return outcome === "open" || outcome === "announced";
}
