import {
  type Alternative,
  type Decision,
  PLAN_VERSION,
  type Plan,
  type PlanInput,
  type PlanVerdict,
} from "../model/plan.ts";
import type { Requirement } from "../model/stack.ts";
import { type Adoptions, adoptionsOf, ownersOf, withoutOthers } from "./adopt.ts";
import { basisOf } from "./basis.ts";
import { decisionsOf } from "./decide.ts";
import { fateOf } from "./fate.ts";
import { groundOf } from "./ground.ts";
import { orderOf } from "./order.ts";
import { type Course, placementsOf, settledRooms } from "./place.ts";
import { bounded } from "./rejected.ts";
import { groundsOf } from "./replay.ts";
import { type Obstacle, type Room, obstacle } from "./room.ts";
import type { Leanings, Neighbours } from "./score.ts";
import { type Survey, surveysOf } from "./survey.ts";
import { warningsOf } from "./warnings.ts";

/**
 * What is to be done so that everything the stack names is there: adopted where it is, started or deployed where it is
 * absent, and nothing where nobody knows. Pure: the same input, in whatever order, makes the same plan.
 */
export function plan(input: PlanInput): Plan {
  const ground = groundOf(input);
  const surveys = surveysOf(ground);
  const adoptions = adoptionsOf(surveys);
  const owners = ownersOf(adoptions);
  const courses = surveys.map((survey) => courseOf(survey, adoptions, owners));
  const leanings = leaningsOf(input);
  const newRooms = (): Map<string, Room> => settledRooms(ground, courses, adoptions);
  const { places, held, rooms, isExact } = placementsOf(courses, leanings, newRooms);
  const grounds = groundsOf(places, newRooms(), leanings);
  const decisions = courses.flatMap((course) => {
    const { name } = course.survey.requirement;
    const full = fullHosts(course.survey, rooms);
    return decisionsOf({ course, adoptions, placed: grounds.get(name) ?? [], held: held.get(name), full });
  });
  const { groups, circle } = orderOf(input.stack.services);
  return {
    schemaVersion: PLAN_VERSION,
    stack: input.stack.file,
    stackDigest: input.stack.digest,
    strategy: input.stack.strategy,
    fingerprint: input.knowledge.digest(basisOf(ground, surveys)),
    verdict: verdictOf(decisions),
    decisions,
    order: groups,
    warnings: warningsOf({ ground, courses, decisions, circle, isExact }),
  };
}

function courseOf(all: Survey, adoptions: Adoptions, owners: ReadonlyMap<string, string>): Course {
  const adopted = adoptions.get(all.requirement.name) ?? [];
  const survey = withoutOthers(all, owners);
  const running = all.started.length + adopted.length;
  return { survey, seen: all.sightings, running, fate: fateOf(survey, adopted) };
}

/** The gravest of those required; what is optional counts where it is to be had. */
function verdictOf(decisions: readonly Decision[]): PlanVerdict {
  const required = new Set(decisions.filter((one) => one.required).map(({ action }) => action));
  if (required.has("unknown")) return "unknown";
  if (required.has("blocked")) return "blocked";
  return decisions.some(({ action }) => action === "start" || action === "deploy") ? "changes" : "nothing";
}

function leaningsOf({ stack, previous }: PlanInput): Leanings {
  const hosts = new Map<string, Set<string>>();
  for (const { service, host } of previous) hosts.set(service, (hosts.get(service) ?? new Set()).add(host));
  return { strategy: stack.strategy, neighbours: neighboursOf(stack.services), previous: hosts };
}

function neighboursOf(requirements: readonly Requirement[]): Neighbours {
  const found = new Map<string, Set<string>>();
  const add = (name: string, other: string): void => {
    found.set(name, (found.get(name) ?? new Set()).add(other));
  };
  for (const { name, dependsOn } of requirements) {
    for (const other of dependsOn) {
      add(name, other);
      add(other, name);
    }
  }
  return found;
}

function fullHosts(
  survey: Survey,
  rooms: ReadonlyMap<string, Room>,
): { readonly rejected: readonly Alternative[]; readonly remedy: string } {
  const problems = survey.hosts.map(({ name }) => {
    const room = rooms.get(name);
    return { name, problem: room && obstacle(room, survey) };
  });
  const rejected = problems.map(({ name, problem }) => ({
    candidate: name,
    reason: problem?.text ?? "would take it, but not together with the others",
  }));
  return {
    rejected: bounded(rejected, (one) => one),
    remedy: remedyFor(survey, new Set(problems.map(({ problem }) => problem?.kind))),
  };
}

/** By the problem that is easiest to mend. */
function remedyFor({ requirement }: Survey, kinds: ReadonlySet<Obstacle["kind"] | undefined>): string {
  const { name, replicas } = requirement;
  if (kinds.has("start")) return `say with 'start' how '${name}' is started`;
  if (kinds.has("port")) return `free the port, or give '${name}' another one, or ports: auto`;
  if (kinds.has("capacity") || kinds.has(undefined))
    return `add a host with room for '${name}', or let it need less`;
  if (kinds.has("twin"))
    return `add a host: each of the ${replicas} instances of '${name}' needs one of its own`;
  if (kinds.has("label")) return `give a host the labels that '${name}' asks for`;
  if (kinds.has("gpu")) return `add a host with a GPU (gpu_enabled: true) for '${name}'`;
  return `add a host for '${name}' whose address is known`;
}
