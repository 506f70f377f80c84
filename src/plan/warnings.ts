import type { Decision } from "../model/plan.ts";
import { listed } from "./fate.ts";
import type { Ground } from "./ground.ts";
import type { Course } from "./place.ts";

interface Facts {
  readonly ground: Ground;
  readonly courses: readonly Course[];
  readonly decisions: readonly Decision[];
  readonly circle: readonly string[];
  readonly isExact: boolean;
}

/** What the reader of a plan ought to know besides the decisions, one line each. */
export function warningsOf({ ground, courses, decisions, circle, isExact }: Facts): string[] {
  const { hosts, input } = ground;
  const unresolved = hosts.filter(({ isLocal, addresses }) => !isLocal && addresses.length === 0);
  return [
    ...decisions.filter(isOptionalAndMissing).map(optionalText),
    ...decisions.filter(({ action, reasons }) => action === "nothing" && reasons.length > 1).map(illText),
    ...leftOvers(ground, courses),
    ...unresolved.map(
      ({ name }) => `host '${name}': no address is known, so that nothing is put or looked for there`,
    ),
    ...(input.assumeAbsent && isDoubtful(courses)
      ? ["what could not be looked at is taken for absent, since the user says so"]
      : []),
    ...(circle.length > 0 ? [`${listed(circle)} depend on each other in a circle`] : []),
    ...(isExact ? [] : ["places were not searched to the end: there may be room for what is blocked"]),
  ];
}

function isOptionalAndMissing({ required, action }: Decision): boolean {
  return !required && (action === "blocked" || action === "unknown");
}

function optionalText({ service, instance, action, reasons }: Decision): string {
  return `optional '${service}'${instance > 1 ? ` #${instance}` : ""} is ${action}: ${reasons[0] ?? ""}`;
}

function illText({ service, reasons }: Decision): string {
  return `'${service}': ${reasons[1] ?? ""}`;
}

function isDoubtful(courses: readonly Course[]): boolean {
  return courses.some(
    ({ survey, fate }) =>
      fate.toPlace > 0 && (survey.blind.length > 0 || survey.sightings.some(({ kind }) => kind === "unsure")),
  );
}

/** What earlier boots started, and the stack no longer asks for there. */
function leftOvers({ input }: Ground, courses: readonly Course[]): string[] {
  const kept = new Set(courses.flatMap(({ survey }) => survey.started));
  return input.started
    .filter((one) => !kept.has(one))
    .map(
      ({ service, instance, host, by }) =>
        `${service} #${instance} on ${host} (${by}): an earlier boot started it, and the stack no longer has it there`,
    )
    .toSorted();
}
