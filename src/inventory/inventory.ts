import type { Catalog } from "../model/catalog.ts";
import { type Endpoint, endpointKey } from "../model/endpoint.ts";
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

/** What has become of services. */
export interface Changes {
  readonly changed: readonly Change[];
  /** Ids whose place nobody has taken: what was announced was withdrawn. */
  readonly gone: readonly string[];
}

/** Observations of one endpoint by one strategy, at most: names cost nothing to those who announce them. */
const MOST_OBSERVATIONS = 64;

/** All that was observed of an endpoint. */
interface Seen {
  readonly endpoint: Endpoint;
  readonly observations: Observation[];
  readonly byStrategy: Map<string, number>;
  /** Where it belongs: one port of one host. */
  place: string;
}

/**
 * Takes observations one by one, in whatever order they come, and makes services of all of them when it is asked. Work is
 * done once for what came together.
 */
export class InventoryBuilder {
  readonly #catalog: Catalog;
  readonly #hosts: Hosts;
  readonly #seen = new Map<string, Seen>();
  /** The endpoints of each place. */
  readonly #places = new Map<string, Set<Seen>>();
  readonly #services = new Map<string, readonly Service[]>();
  readonly #touched = new Set<string>();
  #haveHostsChanged = false;
  #changed: Change[] = [];
  #gone: string[] = [];

  constructor(catalog: Catalog, isOwn: (address: string) => boolean) {
    this.#catalog = catalog;
    this.#hosts = new Hosts(isOwn);
  }

  /** False where so much was observed of the endpoint already that this one is left out. */
  add(observation: Observation): boolean {
    const { endpoint, strategy, sameHost } = observation;
    if (sameHost !== undefined && this.#hosts.claim([...sameHost, endpoint.address]))
      this.#haveHostsChanged = true;
    const seen = this.#seenAt(endpoint);
    const count = seen.byStrategy.get(strategy) ?? 0;
    if (count >= MOST_OBSERVATIONS) return false;
    seen.byStrategy.set(strategy, count + 1);
    seen.observations.push(observation);
    this.#touched.add(seen.place);
    return true;
  }

  /** What has changed since this was last asked for. */
  changes(): Changes {
    this.#update();
    const changes = { changed: this.#changed, gone: this.#gone };
    [this.#changed, this.#gone] = [[], []];
    return changes;
  }

  get size(): number {
    this.#update();
    let sum = 0;
    for (const services of this.#services.values()) sum += services.length;
    return sum;
  }

  /** By address, then port, then type. */
  get services(): Service[] {
    this.#update();
    return [...this.#services.values()].flat().toSorted(compareServices);
  }

  #seenAt(endpoint: Endpoint): Seen {
    const key = endpointKey(endpoint);
    const known = this.#seen.get(key);
    if (known !== undefined) return known;
    const seen: Seen = { endpoint, observations: [], byStrategy: new Map(), place: "" };
    this.#seen.set(key, seen);
    this.#put(seen);
    return seen;
  }

  /** Puts an endpoint where it belongs now. */
  #put(seen: Seen): void {
    const { address, port, transport } = seen.endpoint;
    const place = `${this.#hosts.of(address)} ${port}/${transport}`;
    if (place === seen.place) return;
    this.#places.get(seen.place)?.delete(seen);
    this.#touched.add(seen.place).add(place);
    seen.place = place;
    const there = this.#places.get(place);
    if (there === undefined) this.#places.set(place, new Set([seen]));
    else there.add(seen);
  }

  #update(): void {
    if (this.#haveHostsChanged) for (const seen of this.#seen.values()) this.#put(seen);
    this.#haveHostsChanged = false;
    if (this.#touched.size === 0) return;
    const [before, after]: [Service[], Service[]] = [[], []];
    for (const place of this.#touched) {
      const observations = [...(this.#places.get(place) ?? [])].flatMap((seen) => seen.observations);
      const services = groupsAt(observations)
        .map((group) => serviceOf(group, this.#catalog))
        .filter((service) => service !== undefined);
      before.push(...(this.#services.get(place) ?? []));
      after.push(...services);
      this.#services.set(place, services);
    }
    this.#touched.clear();
    const { changed, gone } = changesBetween(before, after);
    this.#changed.push(...changed);
    this.#gone.push(...gone);
  }
}

export function compareServices(a: Service, b: Service): number {
  return compareAddresses(a.host, b.host) || a.port - b.port || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

/** A service that is gone was replaced by whatever now has an endpoint of its, if anything has. */
function changesBetween(before: readonly Service[], after: readonly Service[]): Changes {
  const ids = new Set(after.map(({ id }) => id));
  const old = new Set(before.map((service) => JSON.stringify(service)));
  const lost = before.filter(({ id }) => !ids.has(id));
  const lostAt = new Map<string, Set<string>>();
  for (const service of lost) {
    for (const key of endpointsOf(service)) lostAt.set(key, (lostAt.get(key) ?? new Set()).add(service.id));
  }
  const fresh = after.filter((service) => !old.has(JSON.stringify(service)));
  const changed = fresh.map((service) => ({
    service,
    replaces: [...new Set(endpointsOf(service).flatMap((key) => [...(lostAt.get(key) ?? [])]))],
  }));
  const replaced = new Set(changed.flatMap(({ replaces }) => replaces));
  return { changed, gone: lost.map(({ id }) => id).filter((id) => !replaced.has(id)) };
}

/** Those that refused, too: they are no addresses of its any more. */
function endpointsOf({ evidence, transport }: Service): string[] {
  return [...new Set(evidence.map(({ endpoint }) => `${endpoint}/${transport}`))];
}
