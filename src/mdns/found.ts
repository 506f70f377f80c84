import type { Name, RecordType } from "../dns/message.ts";
import { nameKey, nameText } from "../dns/name.ts";
import { txtPairs } from "../dns/txt.ts";
import type { Announcement } from "../model/announcement.ts";
import type { Endpoint } from "../model/endpoint.ts";
import type { CachedRecord } from "./cache.ts";
import { hostAddresses } from "./host-addresses.ts";
import { type Lead, isDenied } from "./plan.ts";
import type { Querier } from "./querier.ts";

/** An address of an instance: what `Announcement` wants to know, and where it is. */
export interface Found {
  /** The same for the same instance at the same endpoint. */
  readonly key: string;
  readonly endpoint: Endpoint;
  readonly announcement: Omit<Announcement, "ttlSeconds">;
  /** All addresses of the host, as heard on that interface. */
  readonly addresses: readonly string[];
  /** When the first record of the chain ends, by the querier's clock. */
  readonly expiresAt: number;
  /** Everything about the instance has been answered, or asked in vain. */
  readonly ripe: boolean;
}

/** The side of a link that tells where addresses are. */
export interface Place {
  readonly interface: string;
  isOnLink(address: string): boolean;
}

/** After so many questions in vain it is told without an answer. There ought to be a TXT record (RFC 6763, section 6.1). */
const ASKS_FOR_ADDRESS = 2;
const ASKS_FOR_TEXT = 4;

/** What a querier knows of an instance: one for each of its addresses. */
export function foundAt(lead: Lead, querier: Querier, place: Place): Found[] {
  const isSettled = (name: Name, type: RecordType, asks: number): boolean =>
    querier.cache.get(name, type).length > 0 ||
    isDenied(querier.cache, name, type) ||
    querier.asks(name, type) >= asks;
  return lead.services.flatMap((service) => {
    const { target, port } = service.record;
    // RFC 6763, section 8: port 0 keeps a name and offers nothing.
    if (port === 0) return [];
    const addresses = hostAddresses(querier.cache, target, place.interface);
    const ripe =
      isSettled(lead.name, "TXT", ASKS_FOR_TEXT) &&
      isSettled(target, "A", ASKS_FOR_ADDRESS) &&
      isSettled(target, "AAAA", ASKS_FOR_ADDRESS);
    return Array.from(addresses, ([address, record]): Found => {
      const chain = [lead.pointer, service, lead.text, record].filter((one) => one !== undefined);
      return {
        key: `${nameKey(lead.name)} ${address} ${port}`,
        endpoint: { address, port, transport: lead.type[1] === "_udp" ? "udp" : "tcp" },
        announcement: announcementOf(lead, service, place, address),
        addresses: [...addresses.keys()].toSorted(),
        expiresAt: Math.min(...chain.map(({ expiresAt }: CachedRecord) => expiresAt)),
        ripe,
      };
    });
  });
}

function announcementOf(
  { instance, type, subtypes, text }: Lead,
  { record }: Lead["services"][number],
  place: Place,
  address: string,
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
    ...(text && { txt: txtPairs(text.record.strings) }),
    interface: place.interface,
    ...(!place.isOnLink(address) && { facts: { offLink: true } }),
  };
}
