import { claimOfServiceType } from "../../src/catalog/service-type.ts";
import type { BrowserEvent } from "../../src/mdns/browser.ts";
import type { Catalog } from "../../src/model/catalog.ts";
import type { Observation } from "../../src/model/observation.ts";

export interface ObservationContext {
  readonly catalog: Catalog;
  /** Milliseconds since the epoch, and by the browser's clock. */
  readonly now: number;
  readonly monotonic: number;
}

/** An announcement, or its end, as an observation. */
export function observationOf({ kind, found }: BrowserEvent, context: ObservationContext): Observation {
  const { announcement, endpoint, addresses, expiresAt } = found;
  const { instance = "", serviceType = "", interface: name = "" } = announcement;
  const ttlSeconds =
    kind === "withdrawn" ? 0 : Math.max(1, Math.ceil((expiresAt - context.monotonic) / 1_000));
  const what = `"${instance}" (${serviceType}) by mDNS on ${name}`;
  const claim =
    kind === "announced"
      ? claimOfServiceType(serviceType, `announced as ${what}`, context.catalog)
      : undefined;
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
