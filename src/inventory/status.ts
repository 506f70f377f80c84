import type { Health, Observation } from "../model/observation.ts";
import { isThere } from "./standing.ts";

/**
 * How a service fares. What a health check found counts before what its protocol showed, and that before what others say
 * of it: a service that is announced and refuses every connection cannot serve. Of checks at several addresses the
 * gravest counts: a good one must not hide a bad one.
 *
 * Once its health was asked for over HTTP, what it was named by over HTTP has no say beside the check, not even where that
 * came to unknown; and where no question was answered, it cannot make it healthy.
 */
export function statusOf(observations: readonly Observation[]): Health {
  const asked = observations.flatMap(({ checks }) => (checks === undefined ? [] : [checks]));
  const checked = asked.flatMap((checks) => checks.slice(0, 1));
  const claimed = observations
    .filter(isThere)
    .flatMap(({ claim }) => (claim?.health === undefined ? [] : claim))
    .filter(({ overHttp, health }) => {
      if (overHttp !== true || asked.length === 0) return true;
      return checked.length === 0 && health !== "healthy";
    })
    .toSorted((a, b) => b.confidence - a.confidence)
    .map(({ health = "unknown" }) => health);
  const checks = checked
    .map(({ health }) => health)
    .toSorted((a, b) => GRAVEST.indexOf(a) - GRAVEST.indexOf(b));
  const told = [...checks, ...claimed].find((health) => health !== "unknown");
  if (told !== undefined) return told;
  const outcomes = observations.map(({ outcome }) => outcome);
  if (outcomes.includes("closed") && !outcomes.includes("open")) return "unhealthy";
  return observations.some(isLocked) ? "protected" : "unknown";
}

const GRAVEST: readonly Health[] = ["unhealthy", "degraded", "healthy", "protected", "unknown"];

/** It talks to nobody without a certificate, so that nothing else can be known of it. */
function isLocked(observation: Observation): boolean {
  return isThere(observation) && observation.tls?.clientCertificate === "required";
}
