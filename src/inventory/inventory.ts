import type { Catalog } from "../model/catalog.ts";
import type { Service } from "../model/inventory.ts";
import type { Observation } from "../model/observation.ts";
import { Hosts } from "./hosts.ts";
import { compareAddresses, groupsAt } from "./merge.ts";
import { serviceOf } from "./service.ts";

/** A service that is new or has changed, and the ids that it takes the place of. */
export interface Change {
  readonly service: Service;
  readonly replaces: readonly string[];
}

/** Where observations could belong together: one port of one host. */
interface Place {
  readonly host: string;
  readonly observations: readonly Observation[];
  readonly services: readonly Service[];
}

/** Takes observations one by one and keeps the services that follow from all of them so far, in whatever order they came. */
export class InventoryBuilder {
  readonly #catalog: Catalog;
  readonly #hosts: Hosts;
  readonly #places = new Map<string, Place>();

  constructor(catalog: Catalog, isOwn: (address: string) => boolean) {
    this.#catalog = catalog;
    this.#hosts = new Hosts(isOwn);
  }

  /** What the observation changes. Only what is open, or announced, makes a service. */
  add(observation: Observation): Change[] {
    const { endpoint, sameHost = [] } = observation;
    const changes = sameHost.length > 1 ? this.#join([...sameHost, endpoint.address]) : [];
    const host = this.#hosts.of(endpoint.address);
    return [...changes, ...this.#put(host, `${endpoint.port}/${endpoint.transport}`, [observation])];
  }

  get size(): number {
    let sum = 0;
    for (const { services } of this.#places.values()) sum += services.length;
    return sum;
  }

  /** By address, then port, then type. */
  get services(): Service[] {
    return [...this.#places.values()].flatMap(({ services }) => services).toSorted(compareServices);
  }

  /** What was several hosts until now is one: so are their ports. */
  #join(addresses: readonly string[]): Change[] {
    const { into, from } = this.#hosts.join(addresses);
    const moved = [...this.#places].filter(([, { host }]) => from.includes(host));
    return moved.flatMap(([key, place]) => {
      this.#places.delete(key);
      return this.#put(into, key.slice(place.host.length + 1), place.observations, place.services);
    });
  }

  #put(host: string, port: string, more: readonly Observation[], gone: readonly Service[] = []): Change[] {
    const key = `${host} ${port}`;
    const here = this.#places.get(key);
    const observations = [...(here?.observations ?? []), ...more];
    const services = groupsAt(observations)
      .map((group) => serviceOf(group, this.#catalog))
      .filter((service) => service !== undefined);
    this.#places.set(key, { host, observations, services });
    return changesBetween([...(here?.services ?? []), ...gone], services);
  }
}

export function compareServices(a: Service, b: Service): number {
  return compareAddresses(a.host, b.host) || a.port - b.port || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

/** A service that is gone was replaced by the one that now has an address of its. */
function changesBetween(before: readonly Service[], after: readonly Service[]): Change[] {
  const gone = before.filter(({ id }) => !after.some((service) => service.id === id));
  const fresh = after.filter(
    (service) => !before.some((old) => JSON.stringify(old) === JSON.stringify(service)),
  );
  return fresh.map((service) => ({
    service,
    replaces: gone
      .filter(({ addresses }) => addresses.some((address) => service.addresses.includes(address)))
      .map(({ id }) => id),
  }));
}
