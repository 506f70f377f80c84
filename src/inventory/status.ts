import type { Health, Observation } from "../model/observation.ts";
import { isThere } from "./standing.ts";

/**
 * How a service fares. What a health check found counts before what its protocol showed, and that before what others say
 * of it: a service that is announced and refuses every connection cannot serve.
 */
export function statusOf(observations: readonly Observation[]): Health {
  const checked = observations.flatMap(({ checks = [] }) => checks.slice(0, 1));
  const claimed = observations
    .filter(isThere)
    .flatMap(({ claim }) => (claim?.health === undefined ? [] : claim))
    .toSorted((a, b) => b.confidence - a.confidence)
    .map(({ health = "unknown" }) => health);
  const told = [...checked.map(({ health }) => health), ...claimed].find((health) => health !== "unknown");
  if (told !== undefined) return told;
  const outcomes = observations.map(({ outcome }) => outcome);
  if (outcomes.includes("closed") && !outcomes.includes("open")) return "unhealthy";
  return observations.some(isLocked) ? "protected" : "unknown";
}

/** It talks to nobody without a certificate, so that nothing else can be known of it. */
function isLocked(observation: Observation): boolean {
  return isThere(observation) && observation.tls?.clientCertificate === "required";
}
