import type { Alternative } from "../model/plan.ts";
import { type Draft, NOWHERE } from "./draft.ts";
import { absence, evidenceOf } from "./fate.ts";
import type { Course, Held } from "./place.ts";
import type { Survey } from "./survey.ts";

/** What keeps instances of a service from being there. */
interface Hindrances {
  readonly course: Course;
  /** So many have a place. */
  readonly placed: number;
  readonly held: Held | undefined;
  /** Why hosts will not take more of it, and what to do about it; for those who found no place. */
  readonly full: { readonly rejected: readonly Alternative[]; readonly remedy: string };
}

/** Those that run into something: by what was seen, by what they depend on, by want of a place. */
export function stuckDrafts(
  { course, placed, held, full }: Hindrances,
  rejected: readonly Alternative[],
): Draft[] {
  const { survey, fate } = course;
  const { sightings } = survey;
  const base = { ...NOWHERE, rejected };
  const found: Draft[] = [];
  if (fate.stuck !== undefined) {
    const { count, ...why } = fate.stuck;
    found.push(...Array.from({ length: count }, () => ({ ...base, ...why })));
  }
  if (held !== undefined) {
    const names = held.causes.map((name) => `'${name}'`).join(" and ");
    const draft: Draft = {
      ...base,
      action: held.action,
      rule: "what depends on something that is not to be had is not started",
      evidence: evidenceOf(sightings),
      reasons: [`depends on ${names}, which is ${held.action}`, absence(survey)],
      remedy: `see to ${names} first`,
    };
    found.push(...Array.from({ length: held.count }, () => draft));
  }
  const homeless = fate.toPlace - placed - (held?.count ?? 0);
  const draft: Draft = {
    ...base,
    action: "blocked",
    rule: "what no host can take is not started",
    evidence: evidenceOf(sightings),
    reasons: [homelessText(survey, full.rejected), absence(survey)],
    rejected: [...rejected, ...full.rejected],
    remedy: full.remedy,
  };
  return [...found, ...Array.from({ length: Math.max(0, homeless) }, () => draft)];
}

function homelessText({ requirement: { placement } }: Survey, hosts: readonly Alternative[]): string {
  const [first, ...more] = hosts;
  if (first === undefined)
    return placement.kind === "remote"
      ? `no host '${placement.host}' is described`
      : "there is no host for it";
  if (placement.kind === "local") return first.reason;
  return `${first.candidate}: ${first.reason}${more.length > 0 ? `; and ${more.length} more will not do` : ""}`;
}
