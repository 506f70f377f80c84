import type { MulticastLink, MulticastPacket } from "../model/multicast.ts";
import type { Place } from "./host-addresses.ts";
import type { Querier } from "./querier.ts";

/** A querier for each interface: what holds on one link says nothing of another (RFC 6762, section 14). */
export class QuerierSet<Q extends { readonly querier: Querier }> {
  readonly #make: () => Q;
  readonly #members = new Map<string, Q & { readonly links: readonly MulticastLink[] }>();

  constructor(make: () => Q) {
    this.#make = make;
  }

  /** Those that have a link now. */
  get members(): (Q & { readonly links: readonly MulticastLink[] })[] {
    return [...this.#members.values()].filter(({ links }) => links.length > 0);
  }

  /** From now on these links are used, and no others. */
  useLinks(links: readonly MulticastLink[]): void {
    const names = new Set([...this.#members.keys(), ...links.map((link) => link.interface)]);
    for (const name of names) {
      const here = links.filter((link) => link.interface === name);
      const member = { ...(this.#members.get(name) ?? this.#make()), links: here };
      this.#members.set(name, member);
      member.querier.useLinks(here);
    }
  }

  readonly hear = (packet: MulticastPacket): void => {
    this.#members.get(packet.link.interface)?.querier.hear(packet);
  };

  /** No timer is left. */
  close(): void {
    for (const { querier } of this.#members.values()) querier.close();
  }
}

/** The side of one interface's links that tells where addresses are. */
export function placeOf(links: readonly MulticastLink[]): Place {
  return {
    interface: links[0]?.interface ?? "",
    isOnLink: (address) => links.some((link) => link.isOnLink(address)),
  };
}
