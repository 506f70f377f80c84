import type { Name } from "../dns/message.ts";
import { nameKey, parseName } from "../dns/name.ts";

/** A service type: `["_http", "_tcp"]`. */
export type ServiceType = readonly [service: string, protocol: "_tcp" | "_udp"];

/** `_printer._sub._http._tcp` (RFC 6763, section 7.1). */
export interface Subtype {
  readonly label: string;
  readonly type: ServiceType;
}

/** What to look for on a link. */
export interface Wishes {
  /** Asks what types there are, and looks for those, too. */
  readonly enumerate: boolean;
  readonly types: readonly ServiceType[];
  readonly subtypes: readonly Subtype[];
  /** Whole names: `["Dr. Foo", "_http", "_tcp", "local"]`. */
  readonly instances: readonly Name[];
}

/** Everything there is, and these types even where nobody lists them. */
export function wishForAll(types: readonly string[]): Wishes {
  const known = types.map(serviceTypeOf).filter((type) => type !== undefined);
  return {
    enumerate: true,
    types: [...new Map(known.map((type) => [nameKey(type), type])).values()],
    subtypes: [],
    instances: [],
  };
}

/**
 * These alone: types (`_http._tcp`), subtypes (`_printer._sub._http._tcp`) and instances (`Dr. Foo._http._tcp`), with
 * `.local` or without. Names of other domains are not for mDNS and are left out.
 */
export function wishFor(services: readonly string[]): Wishes {
  const types = new Map<string, ServiceType>();
  const subtypes = new Map<string, Subtype>();
  const instances = new Map<string, Name>();
  for (const text of services) {
    const [, before, service = "", protocol = ""] = SERVICE.exec(text) ?? [];
    const type = asServiceType(service, protocol);
    if (type === undefined) continue;
    const sub = before === undefined ? undefined : /^([^.]+)\._sub$/i.exec(before)?.[1];
    if (before === undefined) types.set(nameKey(type), type);
    else if (sub !== undefined) subtypes.set(nameKey([sub, ...type]), { label: sub, type });
    else {
      const name = [labelOf(before), ...type, "local"];
      instances.set(nameKey(name), name);
    }
  }
  return {
    enumerate: false,
    types: [...types.values()],
    subtypes: [...subtypes.values()],
    instances: [...instances.values()],
  };
}

/** What stands before the type is one label, dots and all. */
const SERVICE = /^(?:(.+)\.)?(_[^.]+)\.(_(?:tcp|udp))(?:\.local)?\.?$/i;

/** With escapes as in zone files, or as it is. */
function labelOf(text: string): string {
  const parsed = text.includes("\\") ? parseName(text) : undefined;
  return parsed?.length === 1 ? (parsed[0] ?? text) : text;
}

export function serviceTypeOf(text: string): ServiceType | undefined {
  const [, before, service = "", protocol = ""] = SERVICE.exec(text) ?? [];
  return before === undefined ? asServiceType(service, protocol) : undefined;
}

/** Two labels as a type (RFC 6763, section 7); undefined where they are none. */
export function asServiceType(service: string, protocol: string): ServiceType | undefined {
  if (!service.startsWith("_") || service.length < 2) return undefined;
  const lower = protocol.toLowerCase();
  return lower === "_tcp" || lower === "_udp" ? [service, lower] : undefined;
}
