import type { Catalog } from "../model/catalog.ts";
import type { Service } from "../model/inventory.ts";
import type { Observation } from "../model/observation.ts";
import { compareAddresses, groupsAt, placeOf } from "./merge.ts";
import { serviceOf } from "./service.ts";

/** A service that is new or has changed, and the ids that it takes the place of. */
export interface Change {
  readonly service: Service;
  readonly replaces: readonly string[];
}

/** Takes observations one by one and keeps the services that follow from all of them so far. */
export class InventoryBuilder {
  readonly #catalog: Catalog;
  readonly #isOwn: (address: string) => boolean;
  readonly #observations = new Map<string, Observation[]>();
  readonly #services = new Map<string, readonly Service[]>();

  constructor(catalog: Catalog, isOwn: (address: string) => boolean) {
    this.#catalog = catalog;
    this.#isOwn = isOwn;
  }

  /** What the observation changes. Only what is open makes a service. */
  add(observation: Observation): Change[] {
    if (observation.outcome !== "open") return [];
    const place = placeOf(observation, this.#isOwn);
    const observations = [...(this.#observations.get(place) ?? []), observation];
    const before = this.#services.get(place) ?? [];
    const after = groupsAt(observations)
      .map((group) => serviceOf(group, this.#catalog))
      .filter((service) => service !== undefined);
    this.#observations.set(place, observations);
    this.#services.set(place, after);
    return changesBetween(before, after);
  }

  get size(): number {
    let sum = 0;
    for (const services of this.#services.values()) sum += services.length;
    return sum;
  }

  /** By address, then port, then type. */
  get services(): Service[] {
    return [...this.#services.values()].flat().toSorted(compareServices);
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
