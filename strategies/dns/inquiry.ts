import type { Name } from "../../src/dns/message.ts";
import type { DnsTransport } from "../../src/dns/server-state.ts";
import type { Catalog } from "../../src/model/catalog.ts";
import { knownTypes, likelyTypes, typesOf } from "./known-services.ts";
import { type Wish, typeAt } from "./wish.ts";
import type { Convention, Zone } from "./zone.ts";

/**
 * One question, and what to make of the answer.
 *
 * - `srv`: SRV records at the name.
 * - `browse`: PTR records there that name DNS-SD instances.
 * - `instance`: SRV and TXT records of one DNS-SD instance.
 */
export interface Inquiry {
  readonly kind: "srv" | "browse" | "instance";
  readonly name: Name;
  /** Where it was found. */
  readonly domain: Name;
  readonly convention?: Convention;
  /** TCP for servers that trim their answers without a word. */
  readonly transport: DnsTransport;
  /** The user asked for it by name. */
  readonly wanted: boolean;
  /** The name as it stands is what was asked for, so that a wildcard's word counts, too. */
  readonly literal?: true;
}

/** Everything that is known of, in one domain. `types` are those that the domain itself lists. */
export function allIn(zone: Zone, types: readonly string[], catalog: Catalog): Inquiry[] {
  const { domain, convention } = zone;
  const all = { domain, transport: "udp", wanted: false } as const;
  if (convention === "consul") return catalog.entries.map(({ type }) => consulInquiry(type, domain, false));
  if (convention === "kubernetes") {
    const api = ["_https", "_tcp", "kubernetes", "default", "svc", ...zone.root];
    return [{ ...all, kind: "srv", name: api, convention }];
  }
  const listed = [...new Set([...types, ...knownTypes(catalog)])].map((type) => type.split("."));
  const likely = likelyTypes(catalog).map((type) => type.split("."));
  const names = convention === "cloud-map" ? catalog.entries.map(({ type }) => [type]) : [];
  return [
    ...listed.map((type): Inquiry => ({ ...all, kind: "browse", name: [...type, ...domain] })),
    ...[...listed, ...likely].map((type): Inquiry => ({ ...all, kind: "srv", name: [...type, ...domain] })),
    ...names.map((one): Inquiry => ({
      ...all,
      kind: "srv",
      name: [...one, ...domain],
      convention: "cloud-map",
    })),
  ];
}

/** What a user asked for, in one domain. */
export function wantedIn(zone: Zone, wish: Wish, catalog: Catalog): Inquiry[] {
  const { domain } = zone;
  const all = { domain, transport: "udp", wanted: true } as const;
  switch (wish.kind) {
    case "name":
      return []; // it is asked for once, and not in each domain
    case "instance":
      return [{ ...all, kind: "instance", name: [...wish.labels, ...domain] }];
    case "type":
      return typeInquiries(zone, wish.labels);
    case "bare": {
      const types = typesOf(wish.label, catalog).map((type) => type.split("."));
      if (zone.convention === "consul") return [consulInquiry(wish.label, domain, true)];
      return [...types.flatMap((type) => typeInquiries(zone, type)), ...bareInquiries(zone, wish.label)];
    }
  }
}

function typeInquiries({ domain, convention }: Zone, labels: Name): Inquiry[] {
  const all = { domain, transport: "udp", wanted: true } as const;
  if (convention === "consul")
    return [{ ...all, kind: "srv", name: [...labels, "service", ...domain], convention, transport: "tcp" }];
  const name = [...labels, ...domain];
  const browse: Inquiry = { ...all, kind: "browse", name };
  // A subtype is only ever a way to instances.
  return typeAt(labels) === 0 ? [browse, { ...all, kind: "srv", name }] : [browse];
}

/** `web` as Kubernetes and AWS Cloud Map have it: SRV records right at the name. */
function bareInquiries({ domain, convention, root }: Zone, label: string): Inquiry[] {
  const one = {
    ...({ kind: "srv", domain, transport: "udp", wanted: true } as const),
    ...(convention && { convention }),
  };
  const here: Inquiry = { ...one, name: [label, ...domain] };
  if (convention !== "kubernetes" || root.length !== domain.length) return [here];
  return [here, { ...one, name: [label, "default", "svc", ...domain] }];
}

/** RFC 2782 look-ups have the same answer, but need to know a tag; this form knows all. */
function consulInquiry(service: string, domain: Name, wanted: boolean): Inquiry {
  const name = [service, "service", ...domain];
  return { kind: "srv", name, domain, convention: "consul", transport: "tcp", wanted };
}
