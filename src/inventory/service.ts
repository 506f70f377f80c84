import type { Catalog } from "../model/catalog.ts";
import { checkText } from "../model/check-text.ts";
import { endpointText, urlHost } from "../model/endpoint.ts";
import type { Evidence, Service } from "../model/inventory.ts";
import type { Claim, Observation } from "../model/observation.ts";
import { type Group, compareAddresses, surestOf } from "./merge.ts";
import { metadataOf } from "./metadata.ts";
import { isThere } from "./standing.ts";
import { statusOf } from "./status.ts";

/** How long an observation may be believed that says nothing of it, in seconds. */
export const DEFAULT_TTL_SECONDS = 300;

/** What is left of a claim's confidence when another one contradicts it, or nobody is where it is said to be. */
const CONTRADICTED = 0.8;

/** One service out of all that was observed of it. Undefined where nobody saw it and nobody speaks of it. */
export function serviceOf({ observations }: Group, catalog: Catalog): Service | undefined {
  const [first] = observations.filter(isThere);
  if (first === undefined) return undefined;
  const claim = surestOf(observations)?.claim;
  const type = claim?.type ?? "unknown";
  const addresses = usefulAddresses(observations);
  const host = addressesOf(observations.filter(({ outcome }) => outcome === "open"))[0] ?? addresses[0] ?? "";
  const { port, transport } = first.endpoint;
  const tls = observations.some((one) => one.tls !== undefined);
  return {
    id: `${type}@${endpointText({ address: host, port })}${transport === "udp" ? "/udp" : ""}`,
    name: nameOf(observations) ?? type,
    type,
    category: catalog.get(type)?.category ?? "unknown",
    host,
    port,
    transport,
    addresses,
    hostnames: unique(observations.flatMap(({ hostnames = [] }) => hostnames)).toSorted(),
    url: urlOf(claim, host, port, tls, catalog),
    tls,
    status: statusOf(observations),
    product: claim?.product ?? null,
    version: claim?.version ?? null,
    confidence: confidenceOf(claim, observations),
    latencyMs: latencyOf(observations),
    strategies: unique(observations.map(({ strategy }) => strategy)).toSorted(),
    metadata: metadataOf(claim, observations),
    lastSeen: new Date(Math.max(...observations.map(({ at }) => at))).toISOString(),
    ttlSeconds: Math.min(...observations.map(({ ttlSeconds = DEFAULT_TTL_SECONDS }) => ttlSeconds)),
    evidence: evidenceOf(observations),
  };
}

function addressesOf(observations: readonly Observation[]): string[] {
  return unique(observations.map(({ endpoint }) => endpoint.address)).toSorted(compareAddresses);
}

/** Without those that refused, as long as there is another. */
function usefulAddresses(observations: readonly Observation[]): string[] {
  const open = addressesOf(observations.filter(({ outcome }) => outcome === "open"));
  const refused = addressesOf(observations.filter(({ outcome }) => outcome === "closed"));
  const all = addressesOf(observations);
  const useful = all.filter((address) => open.includes(address) || !refused.includes(address));
  return useful.length > 0 ? useful : all;
}

/** What it is called where it was announced; the first where it has several names. */
function nameOf(observations: readonly Observation[]): string | undefined {
  return observations.flatMap(({ announcement }) => announcement?.instance ?? []).toSorted()[0];
}

function urlOf(
  claim: Claim | undefined,
  host: string,
  port: number,
  tls: boolean,
  catalog: Catalog,
): string | null {
  const entry = claim && catalog.get(claim.type);
  const { scheme, tlsScheme = scheme } = claim?.overHttp === true ? HTTP : (entry ?? {});
  const used = tls ? tlsScheme : scheme;
  return used === undefined ? null : `${used}://${urlHost(host)}:${port}`;
}

const HTTP: { readonly scheme?: string; readonly tlsScheme?: string } = {
  scheme: "http",
  tlsScheme: "https",
};

function confidenceOf(claim: Claim | undefined, observations: readonly Observation[]): number {
  if (claim === undefined) return 0;
  const outcomes = observations.map(({ outcome }) => outcome);
  const isAbsent = outcomes.includes("closed") && !outcomes.includes("open");
  const contradicted =
    isAbsent || observations.some((one) => one.claim && isThere(one) && contradicts(one.claim, claim));
  return Math.round(claim.confidence * (contradicted ? CONTRADICTED : 1) * 100) / 100;
}

/** A record that says `http` of what turns out to be a Grafana is no contradiction: Grafana speaks HTTP. */
function contradicts(other: Claim, claim: Claim): boolean {
  return other.type !== claim.type && !(other.type === "http" && claim.overHttp === true);
}

function latencyOf(observations: readonly Observation[]): number | null {
  const known = observations
    .filter(({ outcome }) => outcome === "open")
    .flatMap(({ latencyMs }) => (latencyMs === undefined ? [] : latencyMs));
  return known.length === 0 ? null : Math.round(Math.min(...known) * 100) / 100;
}

/** What it was named by, then its health. A health check does not repeat what another strategy tells. */
function evidenceOf(observations: readonly Observation[]): Evidence[] {
  const named = new Set(observations.filter(({ checks }) => checks === undefined).map(namedBy));
  const seen = observations
    .filter((one) => one.checks === undefined || one.checks.length === 0 || !named.has(namedBy(one)))
    .map((one) => evidence(one, one.claim?.summary ?? one.reason ?? one.outcome));
  const checked = observations.flatMap((one) =>
    (one.checks ?? []).map((check) => evidence(one, checkText(check))),
  );
  return [...seen, ...checked];
}

function evidence({ strategy, at, endpoint }: Observation, summary: string): Evidence {
  return { strategy, at: new Date(at).toISOString(), endpoint: endpointText(endpoint), summary };
}

function namedBy({ endpoint, claim }: Observation): string {
  return JSON.stringify([endpointText(endpoint), claim?.summary]);
}

function unique<T>(items: readonly T[]): T[] {
  return [...new Set(items)];
}
