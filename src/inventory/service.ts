import type { Catalog } from "../model/catalog.ts";
import { endpointText, urlHost } from "../model/endpoint.ts";
import type { Evidence, Service } from "../model/inventory.ts";
import type { JsonObject } from "../model/json.ts";
import type { Claim, Observation, TlsFacts } from "../model/observation.ts";
import { type Group, compareAddresses, surestOf } from "./merge.ts";

/** How long an observation may be believed that says nothing of it, in seconds. */
export const DEFAULT_TTL_SECONDS = 300;

/** What is left of a claim's confidence when another one contradicts it. */
const CONTRADICTED = 0.8;

/** One service out of all that was observed of it. Undefined for a group without observations. */
export function serviceOf({ observations }: Group, catalog: Catalog): Service | undefined {
  const [first] = observations;
  if (first === undefined) return undefined;
  const claim = surestOf(observations)?.claim;
  const type = claim?.type ?? "unknown";
  const addresses = unique(observations.map(({ endpoint }) => endpoint.address)).toSorted(compareAddresses);
  const host = addresses[0] ?? first.endpoint.address;
  const { port, transport } = first.endpoint;
  const tls = observations.some((one) => one.tls !== undefined);
  return {
    id: `${type}@${endpointText({ address: host, port })}${transport === "udp" ? "/udp" : ""}`,
    name: type,
    type,
    category: catalog.get(type)?.category ?? "unknown",
    host,
    port,
    transport,
    addresses,
    hostnames: unique(observations.flatMap(({ hostnames = [] }) => hostnames)).toSorted(),
    url: urlOf(claim, host, port, tls, catalog),
    tls,
    status: claim?.health ?? "unknown",
    product: claim?.product ?? null,
    version: claim?.version ?? null,
    confidence: confidenceOf(claim, observations),
    latencyMs: latencyOf(observations),
    strategies: unique(observations.map(({ strategy }) => strategy)).toSorted(),
    metadata: metadataOf(claim, observations),
    lastSeen: new Date(Math.max(...observations.map(({ at }) => at))).toISOString(),
    ttlSeconds: Math.min(...observations.map(({ ttlSeconds = DEFAULT_TTL_SECONDS }) => ttlSeconds)),
    evidence: observations.map(evidenceOf),
  };
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
  const contradicted = observations.some((one) => one.claim !== undefined && one.claim.type !== claim.type);
  return Math.round(claim.confidence * (contradicted ? CONTRADICTED : 1) * 100) / 100;
}

function latencyOf(observations: readonly Observation[]): number | null {
  const known = observations.map(({ latencyMs }) => latencyMs).filter((one) => one !== undefined);
  return known.length === 0 ? null : Math.round(Math.min(...known) * 100) / 100;
}

/** Members of the metadata that are the same for every type; a claim cannot bring its own. */
const SHARED_METADATA: ReadonlySet<string> = new Set(["firstBytes", "process", "tls"]);

/** The claim's own facts, and those that any observation may bring. */
function metadataOf(claim: Claim | undefined, observations: readonly Observation[]): JsonObject {
  const own = Object.entries(claim?.metadata ?? {}).filter(([name]) => !SHARED_METADATA.has(name));
  const process = observations.find((one) => one.process !== undefined)?.process;
  const tls = observations.find((one) => one.tls !== undefined)?.tls;
  const firstBytes = observations.find((one) => one.firstBytes !== undefined)?.firstBytes;
  return {
    ...Object.fromEntries(own),
    ...(claim === undefined && firstBytes !== undefined && { firstBytes }),
    ...(process && { process: { ...process } }),
    ...(tls && { tls: tlsMetadata(tls) }),
  };
}

function tlsMetadata({ certificate, ...facts }: TlsFacts): JsonObject {
  return certificate === undefined ? { ...facts } : { ...facts, certificate: { ...certificate } };
}

function evidenceOf({ strategy, at, endpoint, claim, reason, outcome }: Observation): Evidence {
  return {
    strategy,
    at: new Date(at).toISOString(),
    endpoint: endpointText(endpoint),
    summary: claim?.summary ?? reason ?? outcome,
  };
}

function unique<T>(items: readonly T[]): T[] {
  return [...new Set(items)];
}
