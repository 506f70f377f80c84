import { endpointText } from "../../model/endpoint.ts";
import type { Service } from "../../model/inventory.ts";
import { type Listener, endpointsOf } from "../../model/listener.ts";

/** How often a listener is asked that nobody recognised: it may have been starting. */
const MOST_TRIES = 3;

/**
 * What listens on this machine at ports where the wanted kind is not usually found. Each is asked what it is, and once it
 * has said that it is something else, not again until somebody else listens there.
 */
export class OtherListeners {
  readonly #usual: ReadonlySet<number>;
  /** How often each was asked; Infinity where the answer will not change. */
  readonly #asked = new Map<string, number>();

  constructor(usual: readonly number[]) {
    this.#usual = new Set(usual);
  }

  /** Those of all listeners that are worth asking now. What no longer listens is forgotten. */
  worthAsking(listeners: readonly Listener[]): Listener[] {
    const others = listeners.filter(({ address, port }) => !this.#usual.has(port) && !isLinkLocal(address));
    const there = new Set(others.map(keyOf));
    for (const key of this.#asked.keys()) if (!there.has(key)) this.#asked.delete(key);
    return others.filter((one) => (this.#asked.get(keyOf(one)) ?? 0) < MOST_TRIES);
  }

  /** Learns what came of asking them; `isWanted` says whether a service is of the wanted kind. */
  learn(
    asked: readonly Listener[],
    services: readonly Service[],
    isWanted: (service: Service) => boolean,
  ): void {
    for (const listener of asked) {
      const found = services.find((service) => endpointsOf([listener]).some((one) => isAt(service, one)));
      if (found !== undefined && isWanted(found)) continue;
      const isKnown = found !== undefined && found.type !== "unknown";
      const tries = (this.#asked.get(keyOf(listener)) ?? 0) + 1;
      this.#asked.set(keyOf(listener), isKnown ? Number.POSITIVE_INFINITY : tries);
    }
  }
}

function isAt(service: Service, { address, port }: { address: string; port: number }): boolean {
  return service.port === port && service.addresses.includes(address);
}

/** Such an address means nothing without its interface, which /proc does not tell. */
export function isLinkLocal(address: string): boolean {
  return /^fe[89ab]/i.test(address);
}

function keyOf({ address, port, process }: Listener): string {
  return `${endpointText({ address, port })} ${process?.pid ?? ""}`;
}
