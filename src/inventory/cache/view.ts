import type { Observation } from "../../model/observation.ts";
import { isThere, standing } from "../standing.ts";
import { type Entry, ttlOf } from "./entry.ts";

/** What an entry says at a moment. */
export interface View {
  /**
   * - `open`: somebody was there; `announced`: somebody is said to be; both may be stale.
   * - `closed`: nobody was there just now, whatever is announced.
   * - `nothing`: a refusal that is too old to count, or words that were taken back.
   */
  readonly state: "open" | "closed" | "announced" | "nothing";
  /** Whether it may be believed still. */
  readonly isFresh: boolean;
  /** What services are to be made of; with a refusal, where something is announced there. */
  readonly observations: readonly Observation[];
  /** When that was learned, and when it is no longer believed: the last moment of what is shown. */
  readonly seenAt: number;
  readonly expiresAt: number;
}

/** Since when, and how much, a reader is ready to believe. */
export interface ViewOptions {
  readonly now: number;
  /** What is older counts as stale, whatever its TTL. */
  readonly maxAgeMs?: number;
}

/**
 * An endpoint is as fresh as the surest that is known of it: that somebody was met there, or else that somebody is said
 * to be. What is fresh there is shown without what is not.
 */
export function viewOf(entry: Entry, { now, maxAgeMs = Infinity }: ViewOptions): View {
  const endOf = (one: Observation): number =>
    one.at <= entry.expiredAt ? one.at : one.at + Math.min(ttlOf(one), maxAgeMs);
  const isFresh = (one: Observation): boolean => one.at <= now && now < endOf(one);
  const shown = (
    state: View["state"],
    about: readonly Observation[],
    beside: readonly Observation[],
  ): View => ({
    state,
    isFresh: about.some(isFresh),
    observations: [...about, ...beside],
    seenAt: Math.max(0, ...about.map(({ at }) => at)),
    expiresAt: Math.max(0, ...about.map(endOf)),
  });
  const { open, closed, announced } = partsOf(entry);
  const freshWords = announced.filter(isFresh);
  if (open.length > 0) {
    const freshOpen = open.filter(isFresh);
    return freshOpen.length > 0 ? shown("open", freshOpen, freshWords) : shown("open", open, announced);
  }
  const refusals = closed.filter(isFresh);
  if (refusals.length > 0) return shown("closed", refusals, freshWords);
  if (freshWords.length > 0) return shown("announced", freshWords, []);
  return announced.length > 0 ? shown("announced", announced, []) : shown("nothing", closed, []);
}

/** A refusal that somebody was met after is none. */
function partsOf({ observations }: Entry): Readonly<Record<"open" | "closed" | "announced", Observation[]>> {
  const there = standing(observations).filter(isThere);
  const of = (outcome: string): Observation[] => there.filter((one) => one.outcome === outcome);
  return {
    open: of("open"),
    announced: of("announced"),
    closed: observations.filter(({ outcome }) => outcome === "closed"),
  };
}
