import type { Name } from "../../src/dns/message.ts";
import { parseName } from "../../src/dns/name.ts";

/**
 * One thing to look for, as a user writes it or the catalog has it.
 *
 * - `type`: `_http._tcp`, or a subtype of it, `_printer._sub._http._tcp` (RFC 6763, section 7.1), in each domain.
 * - `instance`: `Dr. Foo._http._tcp`, in each domain.
 * - `bare`: `redis`, in each domain and by each convention.
 * - `name`: anything else, `_http._tcp.corp.test`, `web.service.consul`: as it stands, or in a domain.
 */
export type Wish =
  | { readonly kind: "type"; readonly labels: Name }
  | { readonly kind: "instance"; readonly labels: Name }
  | { readonly kind: "bare"; readonly label: string }
  | { readonly kind: "name"; readonly name: Name; readonly absolute: boolean };

/** Two labels: a service's, and how it is carried. */
const TYPE_LABELS = 2;
const SUBTYPE_LABELS = 4;

/** Undefined where it is no name at all. */
export function wishOf(text: string): Wish | undefined {
  const name = parseName(text);
  if (name === undefined || name.length === 0) return undefined;
  const [first = ""] = name;
  if (name.length === 1 && first.startsWith("_")) return { kind: "type", labels: [first, "_tcp"] };
  if (name.length === 1) return { kind: "bare", label: first };
  const at = typeAt(name);
  const after = name.length - at - TYPE_LABELS;
  if (at === 0 && after === 0) return { kind: "type", labels: name };
  if (at === SUBTYPE_LABELS - TYPE_LABELS && name[1]?.toLowerCase() === "_sub" && after === 0)
    return { kind: "type", labels: name };
  const labels = at > 0 ? withInstance(name, at) : name;
  if (at > 0 && after === 0) return { kind: "instance", labels };
  return { kind: "name", name: labels, absolute: /(?<!\\)\.$/.test(text) };
}

/** An instance's name is one label, whatever dots are in it. */
function withInstance(name: Name, at: number): Name {
  return name[1]?.toLowerCase() === "_sub" ? name : [name.slice(0, at).join("."), ...name.slice(at)];
}

/** Whether two labels are a service type: `_http._tcp`. */
export function isType([service = "", protocol = "", ...more]: Name): boolean {
  return /^_./.test(service) && /^_(?:tcp|udp)$/i.test(protocol) && more.length === 0;
}

/** `local`, `web.local`, `Foo._http._tcp.local`; clusters have zones like `cluster.local`, with more between. */
export function isLocal(name: Name): boolean {
  const [before = "", last] = [name.at(-2), name.at(-1)];
  return last?.toLowerCase() === "local" && (name.length <= 2 || /^_(?:tcp|udp)$/i.test(before));
}

/** Where in a name its service type stands; -1 where it has none. */
export function typeAt(name: Name): number {
  return name.findIndex((_, index) => isType(name.slice(index, index + TYPE_LABELS)));
}
