import type { Name, RecordType } from "../dns/message.ts";
import { nameKey, nameText } from "../dns/name.ts";
import { txtPairs } from "../dns/txt.ts";
import type { Announcement } from "../model/announcement.ts";
import type { Endpoint } from "../model/endpoint.ts";
import type { CachedRecord } from "./cache.ts";
import { type HostAddresses, type Place, hostAddresses } from "./host-addresses.ts";
import { type Lead, isDenied } from "./plan.ts";
import type { Querier } from "./querier.ts";

/** An address of an instance: what `Announcement` wants to know, and where it is. */
export interface Found {
  /** The same for the same instance at the same endpoint. */
  readonly key: string;
  readonly endpoint: Endpoint;
  /** One and the same for all addresses that it holds for. */
  readonly announcement: Omit<Announcement, "ttlSeconds">;
  /** Those of the same host, this one among them: a few on the link. None where it is not one of them. */
  readonly addresses: readonly string[];
  /** When the first record of the chain ends, by the querier's clock. */
  readonly expiresAt: number;
  /** Everything about the instance has been answered, or asked in vain. */
  readonly ripe: boolean;
}

/** After so many questions in vain it is told without an answer. There ought to be a TXT record (RFC 6763, section 6.1). */
const ASKS_FOR_ADDRESS = 2;
const ASKS_FOR_TEXT = 4;

/** A host that an instance is on. */
interface Host extends HostAddresses {
  /** Its addresses have been answered, or asked for in vain. */
  readonly settled: boolean;
}

/** What a querier knows right now of the instances on its link; each host is looked up once. */
export class Finder {
  /** There is more than is told of. */
  overflowed = false;
  readonly #querier: Pick<Querier, "cache" | "asks">;
  readonly #place: Place;
  readonly #hosts = new Map<string, Host>();

  constructor(querier: Pick<Querier, "cache" | "asks">, place: Place) {
    this.#querier = querier;
    this.#place = place;
  }

  /** One for each address of each instance, so many at most. */
  find(leads: readonly Lead[], most: number): Found[] {
    const all: Found[] = [];
    for (const lead of leads) {
      all.push(...this.#findOne(lead));
      if (all.length <= most) continue;
      this.overflowed = true;
      return all.slice(0, most);
    }
    return all;
  }

  #findOne(lead: Lead): Found[] {
    const isTextSettled = this.#isSettled(lead.name, "TXT", ASKS_FOR_TEXT);
    const txt = lead.text && txtPairs(lead.text.record.strings);
    return lead.services.flatMap((service) => {
      const { target, port } = service.record;
      // RFC 6763, section 8: port 0 keeps a name and offers nothing.
      if (port === 0) return [];
      const host = this.#hostAt(target);
      const near = announcementOf(lead, service, { ...(txt && { txt }), interface: this.#place.interface });
      const far = { ...near, facts: { offLink: true } };
      return Array.from(host.records, ([address, record]): Found => {
        const chain = [lead.pointer, service, lead.text, record].filter((one) => one !== undefined);
        return {
          key: `${nameKey(lead.name)} ${address} ${port}`,
          endpoint: { address, port, transport: lead.type[1] === "_udp" ? "udp" : "tcp" },
          announcement: this.#place.isOnLink(address) ? near : far,
          addresses: host.joined.includes(address) ? host.joined : [],
          expiresAt: Math.min(...chain.map(({ expiresAt }: CachedRecord) => expiresAt)),
          ripe: isTextSettled && host.settled,
        };
      });
    });
  }

  #hostAt(name: Name): Host {
    const key = nameKey(name);
    const known = this.#hosts.get(key);
    if (known !== undefined) return known;
    const settled = (["A", "AAAA"] as const).every((type) => this.#isSettled(name, type, ASKS_FOR_ADDRESS));
    const host = { ...hostAddresses(this.#querier.cache, name, this.#place), settled };
    this.#hosts.set(key, host);
    this.overflowed ||= host.overflowed;
    return host;
  }

  #isSettled(name: Name, type: RecordType, asks: number): boolean {
    const { cache } = this.#querier;
    return (
      cache.get(name, type).length > 0 ||
      isDenied(cache, name, type) ||
      this.#querier.asks(name, type) >= asks
    );
  }
}

function announcementOf(
  { instance, type, subtypes }: Lead,
  { record }: Lead["services"][number],
  heard: Pick<Announcement, "txt" | "interface">,
): Found["announcement"] {
  const serviceType = type.join(".");
  return {
    name: `${instance}.${serviceType}.local`,
    instance,
    serviceType,
    ...(subtypes.length > 0 && { subtypes }),
    domain: "local",
    target: nameText(record.target),
    priority: record.priority,
    weight: record.weight,
    ...heard,
  };
}
