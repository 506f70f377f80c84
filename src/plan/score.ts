import type { PlacementStrategy } from "../model/stack.ts";
import type { Scope } from "./ground.ts";
import { type Room, freeShare } from "./room.ts";

/** A part of a score, and what it is for. */
export interface Term {
  readonly what: string;
  readonly value: number;
}

export interface Score {
  readonly total: number;
  /** Those that are not zero. */
  readonly terms: readonly Term[];
}

/** Whom a service wants to be near: those it depends on, and those that depend on it. */
export type Neighbours = ReadonlyMap<string, ReadonlySet<string>>;

/** Where it is counts for more than everything else together: a move costs more than it gains. */
const CURRENT = 10_000;
const PREFERRED = 100;
const NEIGHBOUR = 15;
const MOST_NEIGHBOURS = 3;
const FREE = 20;
const LOAD = 20;
const SEEN = 1;
const MOST_SEEN = 10;
const CROWD = 25;
const MOST_CROWD = 100;
const IDLE_GPU = 30;

export interface Leanings {
  readonly strategy: PlacementStrategy;
  readonly neighbours: Neighbours;
  /** Names of hosts that had an instance in the last plan, by service. */
  readonly previous: ReadonlyMap<string, ReadonlySet<string>>;
}

/** How well a host would do. Higher is better. */
export function scoreOf(room: Room, scope: Scope, leanings: Leanings): Score {
  const terms = termsOf(room, scope, leanings)
    .map(({ what, value }) => ({ what, value: rounded(value) }))
    .filter(({ value }) => value !== 0);
  return { total: rounded(terms.reduce((sum, { value }) => sum + value, 0)), terms };
}

function termsOf(room: Room, scope: Scope, { strategy, neighbours, previous }: Leanings): Term[] {
  const { host, seats, seen } = room;
  const { name, needs } = scope.requirement;
  const near = [...(neighbours.get(name) ?? [])].filter((other) => seats.has(other)).length;
  const weight = strategy === "distributed-ha" ? 2 : 1;
  const fit = strategy === "dynamic-discovery" ? 3 : 1;
  return [
    { what: "it was placed there before", value: previous.get(name)?.has(host.name) === true ? CURRENT : 0 },
    ...strategyTerms(room, scope, strategy),
    { what: "beside what it works with", value: NEIGHBOUR * Math.min(near, MOST_NEIGHBOURS) },
    { what: "free capacity", value: FREE * fit * freeShare(room, needs) },
    { what: "present load", value: -LOAD * weight * host.load },
    { what: "services seen there", value: -SEEN * weight * Math.min(seen, MOST_SEEN) },
  ];
}

function strategyTerms(
  { host, seats }: Room,
  { ground, requirement }: Scope,
  strategy: PlacementStrategy,
): Term[] {
  const wantsGpu = (requirement.needs.gpu ?? 0) > 0;
  const sparesGpu = { what: "its GPU is kept for those who need one", value: idleGpu(host.hasGpu, wantsGpu) };
  switch (strategy) {
    case "local-first":
      return [{ what: "this machine first", value: host.isLocal ? PREFERRED : 0 }];
    case "remote-compute": {
      if (wantsGpu) return [{ what: "a GPU host, not this machine", value: host.isLocal ? 0 : PREFERRED }];
      const category = ground.input.knowledge.categoryOf(requirement.type);
      const stays =
        category === "database" || category === "cache" ? `a ${category} stays here` : "no GPU needed: here";
      return [{ what: stays, value: host.isLocal ? PREFERRED : 0 }, sparesGpu];
    }
    case "distributed-ha":
      return [{ what: "instances placed there already", value: -CROWD * Math.min(seats.size, MOST_CROWD) }];
    case "dynamic-discovery":
      return [sparesGpu];
  }
}

function idleGpu(hasGpu: boolean, wantsGpu: boolean): number {
  return hasGpu && !wantsGpu ? -IDLE_GPU : 0;
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
