import type { Catalog, CatalogEntry, HttpReply, Match, Probe } from "../model/catalog.ts";
import type { Claim, Health } from "../model/observation.ts";

/** A match becomes a claim by the type of the entry that made it. */
export function claimOf(entry: CatalogEntry, match: Match): Claim {
  return { type: entry.type, ...match };
}

/** All claims that entries make from one HTTP answer, the surest first. */
export function claimsFromHttp(catalog: Catalog, path: string, reply: HttpReply): Claim[] {
  const claims: Claim[] = [];
  for (const entry of catalog.entries) {
    for (const check of entry.http ?? []) {
      if (check.path !== path) continue;
      const match = check.read(reply);
      if (match === undefined) continue;
      const health = entry.carrier === true ? healthOfStatus(reply.status) : "unknown";
      claims.push({ health, ...claimOf(entry, match), overHttp: true });
    }
  }
  return claims.toSorted(bySurety);
}

/** What the status of a page tells of the server that carries it, where nobody knows what is served. */
function healthOfStatus(status: number): Health {
  if (status < 400) return "healthy";
  if (status === 401 || status === 403) return "protected";
  return status >= 500 ? "unhealthy" : "unknown";
}

/** Surest first; by type where two are as sure, so that the order never depends on the catalog's. */
export function bySurety(a: Claim, b: Claim): number {
  return b.confidence - a.confidence || (a.type < b.type ? -1 : a.type > b.type ? 1 : 0);
}

/** A question and everybody who can read the answer: entries that send the same bytes share one connection. */
export interface Question {
  /** Absent: the server speaks first. */
  readonly send?: Uint8Array;
  readonly readers: readonly Reader[];
}

export interface Reader {
  readonly entry: CatalogEntry;
  readonly probe: Probe;
}

/** Every distinct first question of the entries, in their order; the one that sends nothing is the greeting. */
export function questionsOf(entries: readonly CatalogEntry[]): Question[] {
  const bySent = new Map<string, Question & { readonly readers: Reader[] }>();
  for (const entry of entries) {
    for (const probe of entry.probes ?? []) {
      const key = probe.send === undefined ? "" : String(probe.send);
      const question = bySent.get(key) ?? { ...(probe.send && { send: probe.send }), readers: [] };
      question.readers.push({ entry, probe });
      bySent.set(key, question);
    }
  }
  return [...bySent.values()];
}
