import type { Alternative } from "../model/plan.ts";
import type { Scope } from "./ground.ts";
import { bounded } from "./rejected.ts";
import { type Room, obstacle, put } from "./room.ts";
import { type Leanings, type Score, scoreOf } from "./score.ts";
import type { Placed } from "./search.ts";

/** Why an instance was put where it is. */
export interface Grounds {
  readonly host: string;
  /** One line each. */
  readonly reasons: readonly string[];
  readonly rejected: readonly Alternative[];
}

interface Scored extends Score {
  readonly name: string;
}

/** The places once more, one after the other on empty rooms, this time with what spoke for each. By service. */
export function groundsOf(
  places: readonly Placed[],
  rooms: ReadonlyMap<string, Room>,
  leanings: Leanings,
): Map<string, Grounds[]> {
  const found = new Map<string, Grounds[]>();
  for (const { scope, host } of places) {
    const { name } = scope.requirement;
    found.set(name, [...(found.get(name) ?? []), groundsFor(scope, host, rooms, leanings)]);
    const room = rooms.get(host);
    if (room !== undefined) put(room, scope);
  }
  return found;
}

function groundsFor(
  scope: Scope,
  host: string,
  rooms: ReadonlyMap<string, Room>,
  leanings: Leanings,
): Grounds {
  const scored: Scored[] = [];
  const impossible: Alternative[] = [];
  for (const { name } of scope.hosts) {
    const room = rooms.get(name);
    if (room === undefined) continue;
    const problem = obstacle(room, scope);
    if (problem === undefined) scored.push({ name, ...scoreOf(room, scope, leanings) });
    else impossible.push({ candidate: name, reason: problem.text });
  }
  const ranked = scored.toSorted((a, b) => b.total - a.total);
  const chosen = ranked.find(({ name }) => name === host);
  const others = ranked.filter((one) => one !== chosen);
  return {
    host,
    reasons: chosen === undefined ? [] : [choice(scope, chosen, others)],
    rejected: [...bounded(others, (other) => lesser(other, chosen)), ...bounded(impossible, (one) => one)],
  };
}

function choice(scope: Scope, chosen: Scored, others: readonly Scored[]): string {
  const { placement } = scope.requirement;
  if (placement.kind === "remote") return `placement remote@${placement.host}`;
  if (placement.kind !== "auto") return `placement ${placement.kind}`;
  const [next] = others;
  if (next === undefined) return `${chosen.name} is the only host that will do`;
  const ahead = decisive(chosen, next);
  if (next.total > chosen.total) return `${chosen.name} leaves room for the others`;
  if (ahead === undefined) return `${chosen.name} will do as well as any, and comes first by name`;
  return `${chosen.name} scores ${chosen.total}, ahead of ${next.name} (${next.total}): ${ahead}`;
}

function lesser(other: Scored, chosen: Scored | undefined): Alternative {
  const base = { candidate: other.name, score: other.total };
  if (chosen === undefined) return { ...base, reason: "not chosen" };
  if (other.total > chosen.total)
    return { ...base, reason: "would be better, but would leave others without a place" };
  const behind = decisive(chosen, other);
  return {
    ...base,
    reason: behind === undefined ? "is as good, and comes later by name" : `scores less: ${behind}`,
  };
}

/** The term that does most to put the one before the other, as it stands in the score of that one whose it is. */
function decisive(better: Score, worse: Score): string | undefined {
  const names = [...new Set([...better.terms, ...worse.terms].map(({ what }) => what))];
  const gains = names.map((what) => ({ what, gain: valueOf(better, what) - valueOf(worse, what) }));
  const most = gains.toSorted((a, b) => b.gain - a.gain)[0];
  if (most === undefined || most.gain <= 0) return undefined;
  return `${most.what} (${signed(valueOf(better, most.what))} against ${signed(valueOf(worse, most.what))})`;
}

function valueOf({ terms }: Score, what: string): number {
  return terms.find((term) => term.what === what)?.value ?? 0;
}

function signed(value: number): string {
  return value > 0 ? `+${value}` : String(value);
}
