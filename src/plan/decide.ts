import type { Alternative, Decision } from "../model/plan.ts";
import type { Adoptions } from "./adopt.ts";
import { adoptedDraft, placedDraft, runningDraft } from "./draft.ts";
import type { Course, Held } from "./place.ts";
import { rejectedOf } from "./rejected.ts";
import type { Grounds } from "./replay.ts";
import { stuckDrafts } from "./stuck-draft.ts";

/** All that was settled for one requirement. */
export interface Settled {
  readonly course: Course;
  readonly adoptions: Adoptions;
  readonly placed: readonly Grounds[];
  readonly held: Held | undefined;
  /** Why hosts will not take more of it, and what to do about it; for those who found no place. */
  readonly full: { readonly rejected: readonly Alternative[]; readonly remedy: string };
}

/** The decisions of a requirement, by instance: each keeps the host that it had in the last plan, where it can. */
export function decisionsOf(settled: Settled): Decision[] {
  const { course, adoptions } = settled;
  const { survey } = course;
  const { requirement, ground, started } = survey;
  const adopted = adoptions.get(requirement.name) ?? [];
  const rejected = rejectedOf({ ...survey, sightings: course.seen }, adoptions);
  const own = started.map((one) => ({ instance: one.instance, draft: runningDraft(survey, one) }));
  const movable = [
    ...adopted.map((one) => adoptedDraft(survey, one, rejected)),
    ...settled.placed.map((one) => placedDraft(survey, one, rejected)),
  ];
  const before = ground.input.previous.filter(({ service }) => service === requirement.name);
  const drafts = new Map(own.map(({ instance, draft }) => [instance, draft]));
  const left = movable.filter((draft) => {
    const same = before.find(({ host, instance }) => host === draft.host && !drafts.has(instance));
    const isHere = same !== undefined && same.instance >= 1 && same.instance <= requirement.replicas;
    if (isHere) drafts.set(same.instance, draft);
    return !isHere;
  });
  const rest = [...left, ...stuckDrafts({ ...settled, placed: settled.placed.length }, rejected)];
  const { name, type, required, replicas } = requirement;
  return Array.from({ length: replicas }, (_, at) => at + 1).flatMap((instance) => {
    const draft = drafts.get(instance) ?? rest.shift();
    return draft === undefined ? [] : [{ service: name, instance, type, required, ...draft }];
  });
}
