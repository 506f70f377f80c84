import type { RemoteInfo } from "node:dgram";
import type { BlockList } from "node:net";

import type { InterfaceAddress } from "../model/interface-address.ts";
import type { MulticastFault, MulticastLink, MulticastLinks, MulticastOptions } from "../model/multicast.ts";
import { readInterfaces } from "./machine.ts";
import {
  type MulticastPlace,
  holds,
  interfaceIndexes,
  isBridgePort,
  isOnLink,
  isPortTaken,
  networksOf,
  placesOf,
} from "./multicast-place.ts";
import { type Bound, joinGroup, openOneShot, sendToGroup } from "./multicast-socket.ts";
import { RepeatFilter } from "./repeat-filter.ts";

/** How often interfaces are looked at while watching, in milliseconds. */
const REVIEW_MS = 1_000;

/** See `Net.multicast`. */
export async function openMulticast(options: MulticastOptions): Promise<MulticastLinks> {
  const shared = isPortTaken();
  const links = new OpenLinks(options, shared);
  await links.review();
  if (options.watch) links.watch();
  return links;
}

interface OpenLink {
  readonly place: MulticastPlace;
  readonly link: MulticastLink;
  readonly close: () => Promise<void>;
}

/** One socket for each interface and family, so that none joins more than one group: Linux allows 20 a socket. */
class OpenLinks implements MulticastLinks {
  readonly shared: boolean | undefined;
  readonly #options: MulticastOptions;
  readonly #open = new Map<string, OpenLink>();
  readonly #repeats = new RepeatFilter();
  #faults: MulticastFault[] = [];
  #machine = machineOf([]);
  #timer: NodeJS.Timeout | undefined;
  #reviewing: Promise<void> | undefined;
  #closed: Promise<void> | undefined;

  constructor(options: MulticastOptions, shared: boolean | undefined) {
    this.#options = options;
    this.shared = shared;
  }

  get links(): readonly MulticastLink[] {
    return [...this.#open.values()].map(({ link }) => link);
  }

  get faults(): readonly MulticastFault[] {
    return this.#faults;
  }

  watch(): void {
    this.#timer = setInterval(() => {
      // What fails now may not the next time.
      this.review().catch(() => {});
    }, REVIEW_MS);
  }

  /** Opens what is there and not open, closes what is open and not there any more, one review at a time. */
  review(): Promise<void> {
    this.#reviewing ??= this.#review().finally(() => {
      this.#reviewing = undefined;
    });
    return this.#reviewing;
  }

  async #review(): Promise<void> {
    const interfaces = readInterfaces();
    this.#machine = machineOf(interfaces);
    const places = placesOf(interfaces, this.#options.interfaces, {
      indexes: interfaceIndexes(),
      isBridgePort,
    });
    const there = new Set(places.map(({ identity }) => identity));
    const gone = [...this.#open].filter(([identity]) => !there.has(identity));
    for (const [identity] of gone) this.#open.delete(identity);
    await Promise.all(gone.map(([, { close }]) => close()));
    const missing = places.filter(({ identity }) => !this.#open.has(identity));
    const opened = await Promise.all(missing.map((place) => this.#openAt(place)));
    this.#faults = opened.filter((one) => one !== undefined);
    const changed = gone.length > 0 || opened.includes(undefined);
    // Not for the first review: nobody holds the links yet.
    if (changed && this.#timer !== undefined && this.#closed === undefined) this.#options.onLinks?.();
  }

  /** Undefined where it stands; else why not. Where 5353 is held and not shared, one-shot is what is left. */
  async #openAt(place: MulticastPlace): Promise<MulticastFault | undefined> {
    const joined = await joinGroup(place);
    const held = joined === "EADDRINUSE" || joined === "EACCES";
    const bound = held ? await openOneShot(place) : joined;
    if (typeof bound === "string") {
      return { interface: place.interface, family: place.family, code: bound };
    }
    this.#open.set(place.identity, this.#linkAt(place, bound, held ? "one-shot" : "group"));
    return undefined;
  }

  #linkAt(
    place: MulticastPlace,
    { socket, close }: Exclude<Bound, string>,
    mode: MulticastLink["mode"],
  ): OpenLink {
    const link: MulticastLink = {
      interface: place.interface,
      family: place.family,
      mode,
      isOnLink: (address) => isOnLink(place, address),
      send: (bytes) => sendToGroup(socket, place, bytes),
    };
    socket.on("message", (bytes, sender) => this.#hear(place, link, bytes, sender));
    return { place, link, close };
  }

  #hear(place: MulticastPlace, link: MulticastLink, bytes: Uint8Array, { address, port }: RemoteInfo): void {
    if (this.#closed !== undefined || !isFrom(place, link, address, this.#machine)) return;
    if (this.#repeats.isRepeat(link, address, bytes)) return;
    this.#options.onPacket({ link, bytes, address, port, own: this.#machine.own.has(address) });
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#reviewing;
    const open = [...this.#open.values()];
    this.#open.clear();
    await Promise.all(open.map(({ close }) => close()));
  }
}

/** What this machine's interfaces say, loopback aside. */
interface Machine {
  readonly own: ReadonlySet<string>;
  readonly networks4: BlockList;
  readonly names4: ReadonlySet<string>;
}

function machineOf(interfaces: readonly InterfaceAddress[]): Machine {
  const outward4 = interfaces.filter(({ family, internal }) => family === 4 && !internal);
  return {
    own: new Set(
      interfaces.map(({ address, zone }) => (zone === undefined ? address : `${address}%${zone}`)),
    ),
    networks4: networksOf(outward4),
    names4: new Set(outward4.map(({ name }) => name)),
  };
}

/**
 * Whether what came from that address came over this link (RFC 6762, section 11). An IPv6 socket in the group hears its
 * own interface alone. An IPv4 one hears all of this machine's, so that the sender's network decides; a sender that is
 * in none is on the link all the same, as all is that came to the group, but on which can be told only where there is
 * one.
 */
function isFrom(place: MulticastPlace, link: MulticastLink, address: string, machine: Machine): boolean {
  if (link.mode === "group" && place.family === 6) return true;
  if (link.isOnLink(address)) return true;
  if (link.mode === "one-shot") return false;
  return (
    !holds(machine.networks4, address) && machine.names4.size === 1 && machine.names4.has(place.interface)
  );
}
