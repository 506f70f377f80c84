import { claimOfServiceType } from "../../src/catalog/service-type.ts";
import type { TargetFound } from "../../src/dns/lookup.ts";
import type { Name, RecordOf } from "../../src/dns/message.ts";
import { nameText } from "../../src/dns/name.ts";
import type { Announcement, TxtPairs } from "../../src/model/announcement.ts";
import type { Catalog } from "../../src/model/catalog.ts";
import type { Transport } from "../../src/model/endpoint.ts";
import type { Json } from "../../src/model/json.ts";
import type { Claim, Observation } from "../../src/model/observation.ts";
import type { Inquiry } from "./inquiry.ts";
import { claimOfName } from "./known-services.ts";
import type { Place } from "./places.ts";
import { typeAt } from "./wish.ts";

/** An SRV record whose target was found. */
export interface Located {
  readonly inquiry: Inquiry;
  readonly record: RecordOf<"SRV">;
  readonly target: TargetFound;
  /** Those among the target's addresses that can be a host's. */
  readonly places: readonly Place[];
  /** The least of all that led here. */
  readonly ttlSeconds: number;
  readonly txt?: TxtPairs;
}

/** One observation for each address of the target. `at` is in milliseconds since the epoch. */
export function observationsOf(located: Located, catalog: Catalog, at: number): Observation[] {
  const { inquiry, record, target, places } = located;
  const announcement = announcementOf(located);
  const { priority, weight, port } = record;
  const { name, serviceType, ttlSeconds } = announcement;
  const claim = claimOf(inquiry, serviceType, catalog);
  const rank = `priority ${priority}, weight ${weight}`;
  // 127.0.0.1 and the like are not a host's alone, whoever's word it is.
  const isOneHost = target.single && places.length > 1 && places.every(({ reach }) => reach === "host");
  return places.map(({ address, offLink }) => ({
    strategy: "dns",
    at,
    endpoint: { address, port, transport: transportOf(serviceType) },
    outcome: "announced",
    hostnames: [announcement.target],
    announcement: offLink ? withFact(announcement, { offLink }) : announcement,
    ttlSeconds,
    reason: `SRV ${name} names ${announcement.target}:${port}, ${rank}`,
    ...(claim && { claim }),
    ...(isOneHost && { sameHost: places.map((place) => place.address) }),
  }));
}

function withFact(announcement: Announcement, fact: Record<string, Json>): Announcement {
  return { ...announcement, facts: { ...announcement.facts, ...fact } };
}

function announcementOf({ inquiry, record, ttlSeconds, txt }: Located): Announcement {
  const { name, domain, kind, convention } = inquiry;
  const at = typeAt(name);
  const [instance] = name;
  const facts = factsOf(inquiry, record.target);
  return {
    name: nameText(name),
    ...(kind === "instance" && instance !== undefined && { instance }),
    ...(at >= 0 && {
      serviceType: name
        .slice(at, at + 2)
        .join(".")
        .toLowerCase(),
    }),
    domain: nameText(domain),
    target: nameText(record.target),
    priority: record.priority,
    weight: record.weight,
    ...(txt && { txt }),
    ttlSeconds,
    ...(convention && { facts }),
  };
}

function transportOf(serviceType: string | undefined): Transport {
  return serviceType?.endsWith("._udp") === true ? "udp" : "tcp";
}

function claimOf({ name }: Inquiry, serviceType: string | undefined, catalog: Catalog): Claim | undefined {
  if (serviceType !== undefined)
    return claimOfServiceType(serviceType, `announced as ${serviceType}`, catalog);
  const label = serviceLabel(name);
  return label === undefined ? undefined : claimOfName(label, catalog);
}

/** `web` of `web.service.consul`, `primary.web.service.consul` and `_web._primary.service.consul`. */
function serviceLabel(name: Name): string | undefined {
  const at = name.findIndex((label) => label.toLowerCase() === "service");
  const [first] = name;
  const label = first?.startsWith("_") === true ? first.slice(1) : at > 0 ? name[at - 1] : first;
  return label === "" ? undefined : label;
}

/** What a convention tells by its names. Consul's targets are `<node>.node.<datacenter>.<zone>` (consul, agent/dns). */
function factsOf({ convention }: Inquiry, target: Name): Record<string, Json> {
  const [node = "", kind, datacenter = ""] = target;
  const facts = { convention: convention ?? "" };
  if (convention !== "consul" || kind?.toLowerCase() !== "node") return facts;
  return target.length > 3 ? { ...facts, node, datacenter } : { ...facts, node };
}
