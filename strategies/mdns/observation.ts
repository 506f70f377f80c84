import type { BrowserEvent } from "../../src/mdns/browser.ts";
import type { Catalog } from "../../src/model/catalog.ts";
import type { Claim, Observation } from "../../src/model/observation.ts";

export interface ObservationContext {
  readonly catalog: Catalog;
  /** Milliseconds since the epoch, and by the browser's clock. */
  readonly now: number;
  readonly monotonic: number;
}

/** What an instance says it is; nobody has looked. */
const CONFIDENCE = 0.6;
/** The same, where several kinds of service use the name and none is called like it. */
const CONFIDENCE_SHARED = 0.4;

/** An announcement, or its end, as an observation. */
export function observationOf({ kind, found }: BrowserEvent, context: ObservationContext): Observation {
  const { announcement, endpoint, addresses, expiresAt } = found;
  const { instance = "", serviceType = "", interface: name = "" } = announcement;
  const ttlSeconds =
    kind === "withdrawn" ? 0 : Math.max(1, Math.ceil((expiresAt - context.monotonic) / 1_000));
  const what = `"${instance}" (${serviceType}) by mDNS on ${name}`;
  const claim = kind === "announced" ? claimOf(serviceType, what, context.catalog) : undefined;
  return {
    strategy: "mdns",
    at: context.now,
    endpoint,
    outcome: kind,
    hostnames: [announcement.target],
    reason: kind === "announced" ? `announced as ${what}` : `no longer announced: ${what}`,
    announcement: { ...announcement, ttlSeconds },
    sameHost: addresses,
    ttlSeconds,
    ...(claim && { claim }),
  };
}

/** The kind of service that goes by that DNS-SD type; of several, the one that is called like it. */
function claimOf(serviceType: string, what: string, catalog: Catalog): Claim | undefined {
  const wanted = serviceType.toLowerCase();
  const entries = catalog.entries.filter(({ dnsServices = [] }) =>
    dnsServices.some((one) => one.toLowerCase() === wanted),
  );
  const named = entries.find(({ type }) => wanted.startsWith(`_${type}.`));
  const entry = named ?? entries[0];
  if (entry === undefined) return undefined;
  const confidence = named === undefined && entries.length > 1 ? CONFIDENCE_SHARED : CONFIDENCE;
  return { type: entry.type, confidence, summary: `announced as ${what}` };
}
