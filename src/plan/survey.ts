import { endpointText } from "../model/endpoint.ts";
import type { Service } from "../model/inventory.ts";
import type { PlanInput, StartedService } from "../model/plan.ts";
import { type Ground, type Scope, compareTexts, hostNameAt, isAllowed, isSought, scopeOf } from "./ground.ts";
import { type Sighting, sightingOf } from "./sighting.ts";

/** What is there for one requirement, before anything is decided. */
export interface Survey extends Scope {
  /** What earlier boots started of it, by instance, where it still belongs. */
  readonly started: readonly StartedService[];
  /** By id of the service; what earlier boots started left out. */
  readonly sightings: readonly Sighting[];
  /** Others adopted some, which are left out. */
  readonly isShared: boolean;
  /** Where it may be without anybody having seen it, one line each. */
  readonly blind: readonly string[];
}

export function surveysOf(ground: Ground): Survey[] {
  const own = new Set(ground.input.started.map(({ address, port }) => `${address} ${port}`));
  const isOwn = ({ host, addresses, port }: Service): boolean =>
    [host, ...addresses].some((address) => own.has(`${address} ${port}`));
  const known = new Map<string, readonly Sighting[]>();
  const strangers = ground.services.filter((service) => !isOwn(service));
  return ground.input.stack.services.map((requirement) => {
    const scope = scopeOf(ground, requirement);
    const key = kindOf(scope);
    const sightings = known.get(key) ?? strangers.flatMap((service) => sightingOf(scope, service) ?? []);
    known.set(key, sightings);
    return {
      ...scope,
      started: startedOf(scope),
      sightings,
      isShared: false,
      blind: isSought(scope) ? blindSpots(scope) : [],
    };
  });
}

/** What is the same for requirements that are concerned with the same services in the same way. */
function kindOf({ requirement, ports, bound, isGeneric }: Scope): string {
  const { name, type, version, labels, placement } = requirement;
  const where = placement.kind === "remote" || placement.kind === "local" ? [bound?.name] : "anywhere";
  // Those of a generic type are told apart by their health paths, each by its own.
  return JSON.stringify([isGeneric ? name : null, type, version, labels, where, [...ports]]);
}

/** Each instance and each host once. */
function startedOf({ ground, requirement, bound }: Scope): StartedService[] {
  const { name, replicas } = requirement;
  const found: StartedService[] = [];
  const own = ground.input.started
    .filter(({ service, instance }) => service === name && instance >= 1 && instance <= replicas)
    .toSorted((a, b) => a.instance - b.instance || compareTexts(a.host, b.host));
  for (const one of own) {
    const isElsewhere = bound !== undefined && one.host !== bound.name;
    if (isElsewhere || found.some(({ instance, host }) => instance === one.instance || host === one.host))
      continue;
    found.push(one);
  }
  return found;
}

function gapsOf({ gaps = [] }: PlanInput): readonly string[] {
  return gaps.length > 0 ? gaps : ["the scan ended before everything was looked at"];
}

function blindSpots(scope: Scope): string[] {
  const { ground, requirement, ports, bound } = scope;
  const { placement } = requirement;
  const places = ground.unknown
    .filter(({ address, port }) => ports.has(port) && isAllowed(scope, address))
    .map(({ address, port, outcome }) => {
      const name = hostNameAt(ground, address);
      return `${endpointText({ address, port })}${name === address ? "" : ` (${name})`}: ${outcome}`;
    });
  const isUnresolved = placement.kind === "remote" && !bound?.addresses.length;
  return [
    ...new Set(places),
    ...(isUnresolved ? [`${placement.host}: no address is known`] : []),
    ...(ground.input.complete ? [] : gapsOf(ground.input)),
  ];
}
