import type { Name } from "../../src/dns/message.ts";
import { searchNames } from "../../src/dns/search-names.ts";
import type { Inquiry } from "./inquiry.ts";
import { type Wish, typeAt } from "./wish.ts";

/**
 * A whole name that a user asked for, in the order in which to try it: the first that is there counts. A name that is
 * not absolute may be one in a domain, by that domain's convention, too.
 */
export function wantedNames(
  wish: Extract<Wish, { readonly kind: "name" }>,
  domains: readonly Name[],
  ndots: number,
): Inquiry[][] {
  const inside = domains.flatMap((domain): Name[] => {
    if (domain.at(-1)?.toLowerCase() === "consul") return [[...wish.name, "service", ...domain]];
    return isClusterZone(domain) ? [[...wish.name, "svc", ...domain]] : [];
  });
  const names = wish.absolute ? [wish.name] : [...searchNames(wish.name, domains, ndots), ...inside];
  return names.map(inquiriesAt);
}

function inquiriesAt(name: Name): Inquiry[] {
  const at = typeAt(name);
  const consul = isConsulName(name);
  const all = { wanted: true, literal: true, transport: consul ? "tcp" : "udp" } as const;
  const convention = consul ? ({ convention: "consul" } as const) : {};
  if (at > 0 && !consul && name[1]?.toLowerCase() !== "_sub")
    return [{ ...all, kind: "instance", name, domain: name.slice(at + 2) }];
  const domain = consul ? name.slice(serviceLabel(name) + 1) : name.slice(at < 0 ? 1 : at + 2);
  const srv: Inquiry = { ...all, ...convention, kind: "srv", name, domain };
  const browse: Inquiry = { ...all, kind: "browse", name, domain };
  if (at > 0) return [browse];
  return at === 0 && !consul ? [srv, browse] : [srv];
}

/** `web.service.consul`, `_web._primary.service.dc1.consul`. */
function isConsulName(name: Name): boolean {
  return name.at(-1)?.toLowerCase() === "consul" && serviceLabel(name) > 0;
}

function serviceLabel(name: Name): number {
  return name.findIndex((label) => label.toLowerCase() === "service");
}

/** Where clusters are at home unless they were told otherwise. */
function isClusterZone(domain: Name): boolean {
  return domain.map((label) => label.toLowerCase()).join(".") === "cluster.local";
}
