import type { Service } from "../model/inventory.ts";
import { WATCHED_FIELDS, type WatchedField } from "../model/watch.ts";
import { compareServices } from "./inventory.ts";

/** One thing by which two lists of services differ. */
export type Difference =
  | { readonly kind: "appeared"; readonly service: Service }
  | {
      readonly kind: "changed";
      readonly service: Service;
      /** Ids of `before` that this service took the place of; its own is not among them. */
      readonly replaces: readonly string[];
      readonly fields: readonly WatchedField[];
    }
  | { readonly kind: "gone"; readonly service: Service };

/**
 * What has to be done to `before` to have `after`: first what is gone, then what changed, then what is new, each in the
 * order of an inventory. Services are the same by their id; one whose id is gone lives on in the service that has an
 * endpoint of its: more was learned of the same thing, or another program took its place. Ids are to be unique.
 */
export function difference(before: readonly Service[], after: readonly Service[]): Difference[] {
  const [olds, news] = [before.toSorted(compareServices), after.toSorted(compareServices)];
  const known = new Map(olds.map((service) => [service.id, service]));
  const { gone, replaced } = settle(olds, news);
  const changed: Difference[] = [];
  const appeared: Difference[] = [];
  for (const service of news) {
    const taken = replaced.get(service.id) ?? [];
    const old = known.get(service.id) ?? taken[0];
    if (old === undefined) {
      appeared.push({ kind: "appeared", service });
      continue;
    }
    const fields = WATCHED_FIELDS.filter((field) => !isSame(old[field], service[field]));
    if (fields.length + taken.length === 0) continue;
    changed.push({ kind: "changed", service, replaces: taken.map(({ id }) => id), fields });
  }
  return [...gone.map((service) => ({ kind: "gone", service }) as const), ...changed, ...appeared];
}

/** Old services whose id is not there any more: those that are gone, and those that live on, by whose id they do. */
function settle(
  olds: readonly Service[],
  news: readonly Service[],
): { readonly gone: readonly Service[]; readonly replaced: ReadonlyMap<string, readonly Service[]> } {
  const ids = new Set(news.map(({ id }) => id));
  const there = byEndpoint(news);
  const gone: Service[] = [];
  const replaced = new Map<string, Service[]>();
  for (const old of olds) {
    if (ids.has(old.id)) continue;
    const successor = successorOf(old, there);
    if (successor === undefined) gone.push(old);
    else replaced.set(successor.id, [...(replaced.get(successor.id) ?? []), old]);
  }
  return { gone, replaced };
}

/** The one with an endpoint of its: rather of its type, then with the most addresses in common, then the first. */
function successorOf(old: Service, there: ReadonlyMap<string, readonly Service[]>): Service | undefined {
  const shared = new Map<Service, number>();
  for (const service of endpointsOf(old).flatMap((endpoint) => there.get(endpoint) ?? [])) {
    shared.set(service, (shared.get(service) ?? 0) + 1);
  }
  const isAlike = ({ type }: Service): number => Number(type === old.type);
  const [best] = [...shared].toSorted(
    ([a, inA], [b, inB]) => isAlike(b) - isAlike(a) || inB - inA || compareServices(a, b),
  );
  return best?.[0];
}

function byEndpoint(services: readonly Service[]): Map<string, Service[]> {
  const found = new Map<string, Service[]>();
  for (const service of services) {
    for (const endpoint of endpointsOf(service)) {
      found.set(endpoint, [...(found.get(endpoint) ?? []), service]);
    }
  }
  return found;
}

function endpointsOf({ addresses, port, transport }: Service): string[] {
  return addresses.map((address) => `${address} ${port}/${transport}`);
}

/** Lists are the same in any order. */
function isSame(a: Service[WatchedField], b: Service[WatchedField]): boolean {
  return JSON.stringify(inOrder(a)) === JSON.stringify(inOrder(b));
}

function inOrder(value: Service[WatchedField]): Service[WatchedField] {
  return typeof value === "object" && value !== null ? value.toSorted() : value;
}
