import type { Alternative } from "../model/plan.ts";
import { type Adoptions, preference } from "./adopt.ts";
import type { Sighting } from "./sighting.ts";
import type { Survey } from "./survey.ts";

/** So many alternatives of a kind are listed. */
const MOST_LISTED = 8;

/** The nearest to what is wanted first. */
const RANKS: readonly Sighting["kind"][] = ["fit", "unhealthy", "unsure", "other"];

/** What was seen and is not adopted. */
export function rejectedOf(survey: Survey, adoptions: Adoptions): Alternative[] {
  const mine = adoptions.get(survey.requirement.name) ?? [];
  const others = RANKS.flatMap((rank) => survey.sightings.filter(({ kind }) => kind === rank)).filter(
    (one) => !mine.includes(one),
  );
  return bounded(others, (one) => ({
    candidate: one.service.id,
    reason:
      adoptedReason(adoptions, one) ?? (one.kind === "fit" ? spareReason(survey, mine, one) : one.reason),
  }));
}

/** That somebody else has it; undefined where nobody does. */
function adoptedReason(adoptions: Adoptions, { service, kind }: Sighting): string | undefined {
  if (kind === "other") return undefined;
  const owner = [...adoptions].find(([, held]) => held.some((one) => one.service.id === service.id));
  return owner && `is adopted for '${owner[0]}'`;
}

/** Why one that fits is left. */
function spareReason(survey: Survey, mine: readonly Sighting[], one: Sighting): string {
  const { requirement, started } = survey;
  const isCrowded = [...mine, ...started].some(({ host }) => host === one.host);
  if (isCrowded && requirement.replicas > 1) return `would do, but ${one.host} has another instance already`;
  const [chosen] = mine;
  return chosen === undefined ? "would do as well, and is not needed" : preference(survey, chosen, one);
}

/** The first of them, and how many more. */
export function bounded<T>(items: readonly T[], toAlternative: (item: T) => Alternative): Alternative[] {
  if (items.length <= MOST_LISTED) return items.map(toAlternative);
  const more = { candidate: `${items.length - MOST_LISTED + 1} more`, reason: "are not listed" };
  return [...items.slice(0, MOST_LISTED - 1).map(toAlternative), more];
}
