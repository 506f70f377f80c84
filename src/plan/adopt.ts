import type { Health } from "../model/observation.ts";
import type { Scope } from "./ground.ts";
import type { Sighting } from "./sighting.ts";
import type { Survey } from "./survey.ts";

/** What makes one that fits better than another, the weightiest first. */
interface Criterion {
  readonly better: string;
  readonly value: (sighting: Sighting) => number;
}

const HEALTH_RANK: Readonly<Record<Health, number>> = {
  healthy: 3,
  protected: 2,
  unknown: 1,
  degraded: 0,
  unhealthy: -1,
};

/** Which services are adopted for which requirement, by its name. */
export type Adoptions = ReadonlyMap<string, readonly Sighting[]>;

/**
 * Services for requirements: each service for one of them, and the instances of one on hosts of their own. Required
 * ones choose first, then in the order of the stack. Who chose before takes something else where only that
 * lets another have anything (Kuhn's augmenting paths).
 */
export function adoptionsOf(surveys: readonly Survey[]): Adoptions {
  const table = new Table(surveys);
  const inOrder = [...surveys.filter(isRequired), ...surveys.filter((survey) => !isRequired(survey))];
  for (const { requirement, started } of inOrder) {
    for (let left = requirement.replicas - started.length; left > 0; left--)
      if (!table.seat(requirement.name)) break;
  }
  return table.held;
}

function isRequired({ requirement }: Survey): boolean {
  return requirement.required;
}

class Table {
  readonly held: Map<string, Sighting[]> = new Map();
  readonly #owners = new Map<string, string>();
  readonly #choices: ReadonlyMap<string, readonly Sighting[]>;

  constructor(surveys: readonly Survey[]) {
    this.#choices = new Map(surveys.map((survey) => [survey.requirement.name, choicesOf(survey)]));
  }

  /** One more for that requirement. False where there is none to be had. */
  seat(name: string, asked: Set<string> = new Set(), moving: readonly string[] = []): boolean {
    const held = this.held.get(name) ?? [];
    for (const choice of this.#choices.get(name) ?? []) {
      const { id } = choice.service;
      if (asked.has(id) || held.some(({ host }) => host === choice.host)) continue;
      asked.add(id);
      const owner = this.#owners.get(id);
      if (owner !== undefined && !this.#moved(owner, id, asked, [...moving, name])) continue;
      this.held.set(name, [...held, choice]);
      this.#owners.set(id, name);
      return true;
    }
    return false;
  }

  /** Whether its owner found something else. Who waits for it is not moved himself. */
  #moved(owner: string, id: string, asked: Set<string>, moving: readonly string[]): boolean {
    if (moving.includes(owner)) return false;
    const before = this.held.get(owner) ?? [];
    this.held.set(
      owner,
      before.filter(({ service }) => service.id !== id),
    );
    if (this.seat(owner, asked, moving)) return true;
    this.held.set(owner, before);
    return false;
  }
}

/** Who adopts which service: names of requirements by id. */
export function ownersOf(adoptions: Adoptions): ReadonlyMap<string, string> {
  return new Map(
    [...adoptions].flatMap(([name, held]) => held.map(({ service }) => [service.id, name] as const)),
  );
}

/** A survey without what others adopt. */
export function withoutOthers(survey: Survey, owners: ReadonlyMap<string, string>): Survey {
  const { name } = survey.requirement;
  const sightings = survey.sightings.filter(({ service }) => (owners.get(service.id) ?? name) === name);
  return { ...survey, sightings, isShared: sightings.length < survey.sightings.length };
}

/** Those that fit, the best first, none beside an instance that an earlier boot started. */
function choicesOf(survey: Survey): Sighting[] {
  const { sightings, started } = survey;
  const taken = new Set(started.map(({ host }) => host));
  const criteria = criteriaOf(survey);
  return sightings
    .filter(({ kind, host }) => kind === "fit" && !taken.has(host))
    .toSorted((a, b) => {
      const decisive = criteria.find(({ value }) => value(a) !== value(b));
      return decisive === undefined ? 0 : decisive.value(b) - decisive.value(a);
    });
}

function criteriaOf({ ground, requirement, ownPorts }: Scope): readonly Criterion[] {
  const { previous, stack } = ground.input;
  const before = new Set(
    previous.filter(({ service }) => service === requirement.name).map((one) => one.host),
  );
  const local = ground.hosts.find(({ isLocal }) => isLocal)?.name;
  return [
    { better: "was in use before", value: ({ host }) => Number(before.has(host)) },
    { better: "is at a port of its own", value: ({ service }) => Number(ownPorts.includes(service.port)) },
    { better: "fares better", value: ({ service }) => HEALTH_RANK[service.status] },
    ...(stack.strategy === "distributed-ha"
      ? []
      : [{ better: "is on this machine", value: ({ host }: Sighting) => Number(host === local) }]),
    { better: "was recognised more surely", value: ({ service }) => service.confidence },
  ];
}

/** Why one that fits came after another. */
export function preference(scope: Scope, chosen: Sighting, other: Sighting): string {
  const decisive = criteriaOf(scope).find(({ value }) => value(chosen) !== value(other));
  if (decisive === undefined) return `would do as well; ${chosen.service.id} comes first by name`;
  if (decisive.value(chosen) > decisive.value(other))
    return `would do as well; ${chosen.service.id} ${decisive.better}`;
  return `would do as well, and is left to who has no other choice, or to another instance's host`;
}
