import type { Catalog } from "../model/catalog.ts";
import type { Claim } from "../model/observation.ts";

/** What a record says it is, and nobody has looked. */
export const ANNOUNCED = 0.6;
/** The same where several kinds go by that name and none is called so, or where only the name is alike. */
export const ANNOUNCED_SHARED = 0.4;

/**
 * What a service type (`_http._tcp`) is in the catalog: the entry of that name, or one that is registered under it.
 * Undefined where it is nothing there.
 */
export function claimOfServiceType(
  serviceType: string,
  summary: string,
  catalog: Catalog,
): Claim | undefined {
  const wanted = serviceType.toLowerCase();
  const own = catalog.get(wanted.replace(/^_(.*)\._(?:tcp|udp)$/, "$1"));
  const entries = catalog.entries.filter(({ dnsServices = [] }) =>
    dnsServices.some((one) => one.toLowerCase() === wanted),
  );
  const entry = own ?? entries[0];
  if (entry === undefined) return undefined;
  const confidence = own === undefined && entries.length > 1 ? ANNOUNCED_SHARED : ANNOUNCED;
  return { type: entry.type, confidence, summary };
}
