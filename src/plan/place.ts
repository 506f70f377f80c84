import type { Adoptions } from "./adopt.ts";
import type { Fate } from "./fate.ts";
import { type Ground, compareTexts } from "./ground.ts";
import { type Room, roomsOf, settle } from "./room.ts";
import type { Leanings } from "./score.ts";
import { type Placed, type Wish, placesAtOnce, placesFor } from "./search.ts";
import type { Survey } from "./survey.ts";

/** What is known of a requirement when places are sought. */
export interface Course {
  /** Without what others adopt. */
  readonly survey: Survey;
  /** What was seen, that included. */
  readonly seen: Survey["sightings"];
  readonly fate: Fate;
  /** So many run already, adopted ones included. */
  readonly running: number;
}

/** Missing instances that must wait for ever: what they depend on is not to be had. */
export interface Held {
  readonly action: "blocked" | "unknown";
  readonly count: number;
  /** Names of the services that are not to be had. */
  readonly causes: readonly string[];
}

export interface Placements {
  /** In the order in which they were chosen. */
  readonly places: readonly Placed[];
  readonly held: ReadonlyMap<string, Held>;
  /** Hosts as they are with everything placed. */
  readonly rooms: ReadonlyMap<string, Room>;
  /** False: the search was given up, and another order might have placed more. */
  readonly isExact: boolean;
}

/** Hosts with what runs there already. */
export function settledRooms(
  ground: Ground,
  courses: readonly Course[],
  adoptions: Adoptions,
): Map<string, Room> {
  const rooms = roomsOf(ground);
  for (const { survey } of courses) {
    const { requirement, started } = survey;
    for (const { host } of [...started, ...(adoptions.get(requirement.name) ?? [])]) {
      const room = rooms.get(host);
      if (room !== undefined) settle(room, requirement);
    }
  }
  return rooms;
}

/**
 * Places for all that are to be placed, those that the stack needs before the others. Where something that others depend on
 * finds none, it is given up with them, and places for the rest are sought anew: there is more room then.
 */
export function placementsOf(
  courses: readonly Course[],
  leanings: Leanings,
  newRooms: () => Map<string, Room>,
): Placements {
  const wanted = new Map(courses.map(({ survey, fate }) => [survey.requirement.name, fate.toPlace]));
  const held = new Map<string, Held>();
  let isExact = true;
  for (;;) {
    hold(courses, wanted, held);
    const rooms = newRooms();
    const round = placeAll(courses, wanted, rooms, leanings);
    isExact &&= round.isExact;
    const placed = countsOf(round.places);
    const causes = new Set(courses.flatMap((course) => causesOf(course, courses, placed)));
    if (causes.size === 0) return { places: round.places, held, rooms, isExact };
    for (const name of causes) wanted.set(name, 0);
  }
}

function placeAll(
  courses: readonly Course[],
  wanted: ReadonlyMap<string, number>,
  rooms: ReadonlyMap<string, Room>,
  leanings: Leanings,
): { readonly places: readonly Placed[]; readonly isExact: boolean } {
  const needed = neededOf(courses, wanted);
  const wishes = (least: (name: string) => number): Wish[] =>
    courses
      .map(({ survey }) => ({ scope: survey, count: least(survey.requirement.name) }))
      .filter(({ count }) => count > 0);
  const first = wishes((name) => needed.get(name) ?? 0);
  const { places: found, isProven } = placesFor(first, rooms, leanings);
  const places = found ?? placesAtOnce(first, rooms, leanings);
  const others = wishes((name) => (wanted.get(name) ?? 0) - (needed.get(name) ?? 0));
  return {
    places: [...places, ...placesAtOnce(others, rooms, leanings)],
    isExact: isProven || found !== undefined,
  };
}

/** How many of each the stack cannot do without: those required, and one of each that they depend on. */
function neededOf(courses: readonly Course[], wanted: ReadonlyMap<string, number>): Map<string, number> {
  const byName = new Map(courses.map((course) => [course.survey.requirement.name, course]));
  const needed = new Map<string, number>();
  const visit = (name: string, asDependency: boolean): void => {
    const course = byName.get(name);
    const count = wanted.get(name) ?? 0;
    if (course === undefined || count === 0 || (asDependency && (course.running > 0 || needed.has(name))))
      return;
    const isNew = !needed.has(name);
    needed.set(name, course.survey.requirement.required ? count : 1);
    if (isNew) for (const other of course.survey.requirement.dependsOn) visit(other, true);
  };
  for (const { survey } of courses) if (survey.requirement.required) visit(survey.requirement.name, false);
  return needed;
}

/** Gives up what depends on something that is not to be had, and what depends on that in turn. */
function hold(courses: readonly Course[], wanted: Map<string, number>, held: Map<string, Held>): void {
  for (let isDone = false; !isDone;) {
    isDone = true;
    for (const course of courses) {
      const causes = causesOf(course, courses, wanted);
      if (causes.length === 0) continue;
      const { name } = course.survey.requirement;
      held.set(name, { action: actionOf(causes, courses, held), count: wanted.get(name) ?? 0, causes });
      wanted.set(name, 0);
      isDone = false;
    }
  }
}

/** Names of what it depends on and that is not to be had; none where nothing is to be placed. */
function causesOf(
  { survey }: Course,
  courses: readonly Course[],
  wanted: ReadonlyMap<string, number>,
): string[] {
  const { name, dependsOn } = survey.requirement;
  if ((wanted.get(name) ?? 0) === 0) return [];
  return dependsOn
    .filter((other) => {
      const course = courses.find((one) => one.survey.requirement.name === other);
      return course !== undefined && course.running + (wanted.get(other) ?? 0) === 0;
    })
    .toSorted(compareTexts);
}

/** `unknown` where one of the causes is. */
function actionOf(
  causes: readonly string[],
  courses: readonly Course[],
  held: ReadonlyMap<string, Held>,
): Held["action"] {
  const isUnknown = causes.some((name) => {
    const course = courses.find(({ survey }) => survey.requirement.name === name);
    return held.get(name)?.action === "unknown" || course?.fate.stuck?.action === "unknown";
  });
  return isUnknown ? "unknown" : "blocked";
}

function countsOf(places: readonly Placed[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { scope } of places)
    counts.set(scope.requirement.name, (counts.get(scope.requirement.name) ?? 0) + 1);
  return counts;
}
