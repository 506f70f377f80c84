import { type Endpoint, endpointKey } from "../../model/endpoint.ts";
import type { Observation } from "../../model/observation.ts";
import { DEFAULT_TTL_SECONDS } from "../service.ts";

/**
 * What is known of one endpoint of one network: observations, and nothing made of them. Two entries of an endpoint are
 * joined in any order, and as often as one likes, to the same one (`join`): so processes need not take turns.
 */
export interface Entry {
  /** Which network the endpoint is in: 10.0.0.5 at home is not 10.0.0.5 in the office. */
  readonly network: string;
  readonly endpoint: Endpoint;
  /** The last word of everybody, in a fixed order: open by strategy, said by strategy and name, and one refusal. */
  readonly observations: readonly Observation[];
  /** What was seen open before this moment no longer counts. */
  readonly openSince: number;
  /** What was observed up to this moment is not believed any more, whatever its TTL. */
  readonly expiredAt: number;
}

/** How long a refusal may be believed, in milliseconds. */
export const CLOSED_TTL_MS = 30_000;
/** After this nothing is shown any more, not even as stale; nothing is believed for longer either. In milliseconds. */
export const KEEP_MS = 86_400_000;
/** Words on one endpoint: names cost nothing to those who announce them. The newest stay. */
export const MOST_WORDS = 64;

/** How long an observation may be believed, in milliseconds. */
export function ttlOf({ outcome, ttlSeconds, announcement }: Observation): number {
  const said = ttlSeconds ?? announcement?.ttlSeconds;
  if (outcome === "closed") return Math.min(CLOSED_TTL_MS, (said ?? Infinity) * 1_000);
  return Math.min(KEEP_MS, (said ?? DEFAULT_TTL_SECONDS) * 1_000);
}

/**
 * What one look found at one endpoint. Outcomes that are no knowledge (filtered, unreachable, failed) are left out.
 *
 * @param since When the look began: what others saw open before no longer counts where this one found it open.
 */
export function entryOf(
  network: string,
  endpoint: Endpoint,
  observed: readonly Observation[],
  since = 0,
): Entry {
  const opened = observed.filter(({ outcome }) => outcome === "open").map(({ at }) => at);
  const openSince = opened.length === 0 ? 0 : Math.min(since, ...opened);
  return settled({ network, endpoint, observations: observed.filter(isKnowledge), openSince, expiredAt: 0 });
}

/** Commutative, associative, and idempotent. Both are of one endpoint. */
export function join(a: Entry, b: Entry): Entry {
  return settled({
    ...a,
    observations: [...a.observations, ...b.observations],
    openSince: Math.max(a.openSince, b.openSince),
    expiredAt: Math.max(a.expiredAt, b.expiredAt),
  });
}

/** What says that it comes from the future is taken for as old as this: any look in hours is newer. In milliseconds. */
const FUTURE_AGE_MS = KEEP_MS / 2;

/**
 * An entry as it may be believed at a moment: what is too old is gone, and what says that it comes from the future (the
 * clock was set back) has an age that nobody knows, and is believed no more. Undefined where nothing is left.
 */
export function entryAt(entry: Entry, now: number): Entry | undefined {
  const { observations, openSince, expiredAt } = present(entry, now);
  const kept = observations.filter(({ at }) => at > now - KEEP_MS);
  return kept.length === 0 ? undefined : settled({ ...entry, observations: kept, openSince, expiredAt });
}

/** All that is from the future, as much earlier: in the same order. */
function present(entry: Entry, now: number): Entry {
  const latest = Math.max(entry.openSince, entry.expiredAt, newestOf(entry));
  if (latest <= now) return entry;
  const earlier = (at: number): number => (at > now ? Math.max(0, at - latest + now - FUTURE_AGE_MS) : at);
  return {
    ...entry,
    observations: entry.observations.map((one) => ({ ...one, at: earlier(one.at) })),
    openSince: earlier(entry.openSince),
    expiredAt: Math.max(earlier(entry.expiredAt), now - FUTURE_AGE_MS),
  };
}

/** When it was last heard of. */
export function newestOf({ observations }: Entry): number {
  return observations.reduce((newest, { at }) => Math.max(newest, Math.ceil(at)), 0);
}

/** What tells entries apart. */
export function entryKey({ network, endpoint }: Pick<Entry, "network" | "endpoint">): string {
  return `${network} ${endpointKey(endpoint)}`;
}

function isKnowledge({ outcome }: Observation): boolean {
  return outcome !== "filtered" && outcome !== "unreachable" && outcome !== "failed";
}

/** One observation a word, the newest; nothing open from before a refusal. */
function settled(entry: Entry): Entry {
  const words = new Map<string, Observation>();
  for (const one of entry.observations) {
    const word = wordOf(one);
    const known = words.get(word);
    if (known === undefined || isNewer(one, known)) words.set(word, one);
  }
  const closedAt = words.get(CLOSED)?.at ?? 0;
  const openSince = Math.max(entry.openSince, closedAt);
  const kept = [...words].filter(([, { outcome, at }]) => outcome !== "open" || at >= openSince);
  const newest = kept.toSorted(([, a], [, b]) => (isNewer(a, b) ? -1 : 1)).slice(0, MOST_WORDS);
  const observations = newest.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
  return { ...entry, observations, openSince };
}

const CLOSED = "closed";

/** A strategy has one word on whether it is open, and one on each name by which it is announced. */
function wordOf({ strategy, outcome, announcement }: Observation): string {
  if (outcome === "closed") return CLOSED;
  if (outcome === "open") return JSON.stringify([strategy]);
  return JSON.stringify([strategy, announcement?.name.toLowerCase() ?? "", announcement?.target ?? ""]);
}

/** A total order. Of one moment a withdrawal is the last word. */
function isNewer(a: Observation, b: Observation): boolean {
  if (a.at !== b.at) return a.at > b.at;
  if (a.outcome !== b.outcome) return a.outcome > b.outcome;
  return JSON.stringify(a) > JSON.stringify(b);
}
