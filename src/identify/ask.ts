import { type Question, type Reader, bySurety, claimOf } from "../catalog/match.ts";
import { startsWith } from "../model/bytes.ts";
import type { Match, Probe, Reading } from "../model/catalog.ts";
import type { Connection } from "../model/net.ts";
import type { Claim, TlsFacts } from "../model/observation.ts";
import { type Foreign, foreign } from "./foreign.ts";
import type { Recognition } from "./identification.ts";

/** How long to wait for the first byte, and between bytes. */
export interface Patience {
  readonly quietMs: number;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface Answer {
  readonly recognition?: Recognition;
  /** Everything that came in reply to the first question. */
  readonly heard: Uint8Array;
  /** It refused in TLS's words. */
  readonly alert: boolean;
  /** The stream as it is now: another one where TLS was begun on it. */
  readonly connection: Connection;
  /** What to say before leaving. */
  readonly farewell?: Uint8Array;
}

/** A follow-up leads to another; no protocol here needs more. */
const MOST_ROUNDS = 4;

interface Understood {
  readonly reader: Reader;
  readonly reading: Exclude<Reading, undefined | { kind: "more" }>;
  /** Everybody who is to read the answer to the next question: those who would ask the same. */
  readonly next: readonly Reader[];
}

type Verdict = Understood | { readonly foreign: Exclude<Foreign, undefined | { kind: "more" }> } | "stranger";

/**
 * Puts one question and follows where its readers lead. `greeters` also read what comes: a server that speaks first
 * may do so late. The connection stays open.
 */
export async function ask(
  question: Question,
  connection: Connection,
  greeters: readonly Reader[],
  patience: Patience,
): Promise<Answer> {
  if (question.send !== undefined) connection.send(question.send);
  const verdict = await hear(connection, judge(question, greeters), patience);
  const heard = connection.received;
  const silent = { heard, alert: false, connection };
  if (verdict === undefined || verdict === "stranger") return silent;
  if ("foreign" in verdict) {
    return verdict.foreign.kind === "alert"
      ? { ...silent, alert: true }
      : { ...silent, recognition: verdict.foreign };
  }
  return follow(verdict, silent, patience);
}

/** Asks on until nothing more is to be asked. */
async function follow(first: Understood, answer: Answer, patience: Patience): Promise<Answer> {
  let { connection } = answer;
  let understood = first;
  let farewell = first.reader.probe.farewell;
  let claim: Claim | undefined;
  let tls: TlsFacts | undefined;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const { reader, reading, next } = understood;
    if (reading.kind === "match") claim = refined(claim, claimOf(reader.entry, reading.match));
    if (reading.next === undefined) break;
    if (reading.kind === "secure") {
      const { timeoutMs, signal } = patience;
      const secured = await connection.secure({ timeoutMs, signal });
      if (secured?.kind !== "open") break;
      ({ connection } = secured);
      tls = secured.facts;
    }
    const { send } = reading.next;
    if (send !== undefined) connection.send(send);
    const verdict = await hear(connection, judge({ ...(send && { send }), readers: next }, []), patience);
    if (verdict === undefined || verdict === "stranger" || "foreign" in verdict) break;
    understood = verdict;
    farewell = verdict.reader.probe.farewell ?? farewell;
  }
  const left = { ...answer, connection, ...(farewell && claim && { farewell }) };
  return claim === undefined ? left : { ...left, recognition: { kind: "claim", claim, ...(tls && { tls }) } };
}

/** What was learned later is the more exact. */
function refined(before: Claim | undefined, after: Claim): Claim {
  if (before === undefined) return after;
  return {
    ...before,
    ...after,
    confidence: Math.max(before.confidence, after.confidence),
    ...((before.metadata ?? after.metadata) && { metadata: { ...before.metadata, ...after.metadata } }),
    summary: `${before.summary}; ${after.summary}`,
  };
}

/** What to make of the bytes so far; undefined: wait for more. */
function judge(question: Question, greeters: readonly Reader[]) {
  const readers = question.send === undefined ? question.readers : [...question.readers, ...greeters];
  return (reply: Uint8Array, ended: boolean): Verdict | undefined => {
    if (reply.length === 0) return ended ? "stranger" : undefined;
    if (question.send !== undefined) {
      if (startsWith(reply, question.send)) return "stranger"; // an echo
      if (!ended && startsWith(question.send, reply)) return undefined; // may become one
    }
    const understood = readers.map((reader) => ({ reader, reading: reader.probe.read(reply, ended) }));
    const other = foreign(reply, ended);
    const best = surest(understood);
    if (best !== undefined) return best;
    if (other !== undefined && other.kind !== "more") return { foreign: other };
    const waiting = other?.kind === "more" || understood.some(({ reading }) => reading?.kind === "more");
    return waiting && !ended ? undefined : "stranger";
  };
}

function surest(read: readonly { reader: Reader; reading: Reading }[]): Understood | undefined {
  const understood = read.filter(hasUnderstood).toSorted((a, b) => bySurety(likely(a), likely(b)));
  const [best] = understood;
  if (best === undefined) return undefined;
  const { next } = best.reading;
  const alike = understood.filter(({ reading }) => next !== undefined && sameQuestion(reading.next, next));
  return {
    ...best,
    next: alike.map(({ reader, reading }) => ({
      entry: reader.entry,
      probe: reading.next ?? next ?? reader.probe,
    })),
  };
}

type Read = Pick<Understood, "reader" | "reading">;

function hasUnderstood(read: { reader: Reader; reading: Reading }): read is Read {
  return read.reading !== undefined && read.reading.kind !== "more";
}

function likely({ reader, reading }: Read): Claim {
  return claimOf(reader.entry, reading.kind === "match" ? reading.match : MAYBE);
}

function sameQuestion(a: Probe | undefined, b: Probe): boolean {
  return a !== undefined && String(a.send ?? "") === String(b.send ?? "");
}

/** A reader that still has to ask ranks after one that knows. */
const MAYBE: Match = { confidence: 0, summary: "" };

/** Waits until the bytes make sense, the peer falls quiet, or time is up; then judges what there is. */
async function hear(
  connection: Connection,
  sense: (reply: Uint8Array, ended: boolean) => Verdict | undefined,
  { quietMs, signal }: Patience,
): Promise<Verdict | undefined> {
  for (;;) {
    const before = connection.received.length;
    const verdict = await connection.until(sense, quietMs, signal);
    if (verdict !== undefined) return verdict;
    const quiet = connection.received.length === before;
    if (quiet || connection.ended || signal.aborted) return sense(connection.received, true);
  }
}
