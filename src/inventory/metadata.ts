import { type Announcement, announcementKey } from "../model/announcement.ts";
import { endpointText } from "../model/endpoint.ts";
import type { JsonObject } from "../model/json.ts";
import type { Claim, HealthReport, Observation, TlsFacts } from "../model/observation.ts";
import { isThere } from "./standing.ts";

/** Members of the metadata that are the same for every type; a claim cannot bring its own. */
const SHARED: ReadonlySet<string> = new Set(["announcements", "checks", "firstBytes", "process", "tls"]);

/** The claim's own facts, and those that any observation may bring. */
export function metadataOf(claim: Claim | undefined, observations: readonly Observation[]): JsonObject {
  const own = claims(claim, observations).flatMap(({ metadata = {} }) =>
    Object.entries(metadata).filter(([name]) => !SHARED.has(name)),
  );
  const process = observations.find((one) => one.process !== undefined)?.process;
  const tls = observations.find((one) => one.tls !== undefined)?.tls;
  const firstBytes = observations.find((one) => one.firstBytes !== undefined)?.firstBytes;
  const announcements = announcementsOf(observations);
  const checks = observations.flatMap(({ endpoint, checks: made = [] }) =>
    made.map((check) => ({ endpoint: endpointText(endpoint), ...checkMetadata(check) })),
  );
  return {
    ...Object.fromEntries(own),
    ...(claim === undefined && firstBytes !== undefined && { firstBytes }),
    ...(process && { process: { ...process } }),
    ...(tls && { tls: tlsMetadata(tls) }),
    ...(announcements.length > 0 && { announcements }),
    ...(checks.length > 0 && { checks }),
  };
}

/** All claims of the type, the chosen one last, so that its word counts. */
function claims(chosen: Claim | undefined, observations: readonly Observation[]): Claim[] {
  if (chosen === undefined) return [];
  const others = observations
    .filter(isThere)
    .flatMap(({ claim }) => (claim?.type === chosen.type ? claim : []));
  return [...others.filter((claim) => claim !== chosen), chosen];
}

function tlsMetadata({ certificate, ...facts }: TlsFacts): JsonObject {
  return certificate === undefined ? { ...facts } : { ...facts, certificate: { ...certificate } };
}

function checkMetadata({ parts, ...report }: HealthReport): JsonObject {
  return parts === undefined ? { ...report } : { ...report, parts: { ...parts } };
}

/** Each name once, by whoever found it; `verified` tells whether somebody answered there, where somebody looked. */
function announcementsOf(observations: readonly Observation[]): JsonObject[] {
  const outcomes = new Map<string, Set<string>>();
  for (const { endpoint, outcome } of observations) {
    const key = endpointText(endpoint);
    outcomes.set(key, (outcomes.get(key) ?? new Set()).add(outcome));
  }
  const byName = new Map<string, { strategy: string; announcement: Announcement; met: Set<string> }>();
  for (const { strategy, announcement, endpoint } of observations) {
    if (announcement === undefined) continue;
    const key = announcementKey(strategy, announcement);
    const known = byName.get(key) ?? { strategy, announcement, met: new Set() };
    byName.set(key, known);
    // What answers at another address proves nothing for this name.
    for (const outcome of outcomes.get(endpointText(endpoint)) ?? []) known.met.add(outcome);
  }
  return [...byName.values()].map(({ strategy, announcement, met }) => {
    const verified = met.has("open") ? true : met.has("closed") ? false : undefined;
    return { strategy, ...announcementMetadata(announcement), ...(verified !== undefined && { verified }) };
  });
}

function announcementMetadata({ facts, txt, subtypes, ...rest }: Announcement): JsonObject {
  return {
    ...rest,
    ...(subtypes && { subtypes: [...subtypes] }),
    ...(txt && { txt: { ...txt } }),
    ...(facts && { facts: { ...facts } }),
  };
}
