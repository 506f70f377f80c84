import { encodeQuery } from "../dns/encode.ts";
import type { DnsRecord, Question } from "../dns/message.ts";
import { nameSize, recordSize } from "./record.ts";

/** What goes into one packet: an Ethernet frame less the headers, and some room (RFC 6762, section 17). */
const MOST_BYTES = 1_400;
const HEADER_BYTES = 12;
/** Packets of known answers behind one of questions; those who are not named in them answer once more. */
const MOST_FOLLOWERS = 8;

export interface QueryHead {
  /** 0 in the group (RFC 6762, section 18.1). */
  readonly id: number;
  /**
   * Asks for unicast answers, from a port of our own, as a plain resolver would (RFC 6762, section 6.7): each question by
   * itself, since responders repeat it in an answer of 512 bytes.
   */
  readonly unicast: boolean;
  /** What is known already of what a question asks for. */
  readonly known: (question: Question) => readonly DnsRecord[];
}

/**
 * The packets that ask these questions, several at once. Known answers that do not fit follow in packets of their own,
 * and TC says so in all but the last (RFC 6762, section 7.2). A name that cannot be written is left out.
 */
export function queryPackets(questions: readonly Question[], head: QueryHead): Uint8Array[] {
  const room = head.unicast ? 0 : MOST_BYTES - HEADER_BYTES;
  const chunks = chunksOf(questions, room, questionSize);
  return chunks.flatMap((chunk) => packetsOf(chunk, head));
}

function packetsOf(questions: readonly Question[], head: QueryHead): Uint8Array[] {
  try {
    return encodeAll(questions, head);
  } catch {
    // One of them is too long for the wire: the others are asked each by itself.
    return questions.length === 1 ? [] : questions.flatMap((one) => packetsOf([one], head));
  }
}

function encodeAll(questions: readonly Question[], { id, unicast, known }: QueryHead): Uint8Array[] {
  const asked = questions.map((one) => (unicast ? { ...one, unicast: true } : one));
  const taken = questions.reduce((sum, one) => sum + questionSize(one), HEADER_BYTES);
  const answers = questions.flatMap(known).filter((one) => recordSize(one) < MOST_BYTES - HEADER_BYTES);
  const { fitting, rest } = split(answers, MOST_BYTES - taken);
  const followers = chunksOf(rest, MOST_BYTES - HEADER_BYTES, recordSize).slice(0, MOST_FOLLOWERS);
  return [fitting, ...followers].map((knownAnswers, at) =>
    encodeQuery({
      id,
      recursionDesired: false,
      questions: at === 0 ? asked : [],
      knownAnswers,
      truncated: at < followers.length,
    }),
  );
}

/** As many from the start as fit. */
function split(records: readonly DnsRecord[], room: number): { fitting: DnsRecord[]; rest: DnsRecord[] } {
  let size = 0;
  const end = records.findIndex((one) => (size += recordSize(one)) > room);
  const at = end < 0 ? records.length : end;
  return { fitting: records.slice(0, at), rest: records.slice(at) };
}

function chunksOf<T>(items: readonly T[], room: number, sizeOf: (item: T) => number): T[][] {
  const chunks: T[][] = [];
  let left = 0;
  for (const item of items) {
    const size = sizeOf(item);
    if (size > left || chunks.length === 0) {
      chunks.push([]);
      left = room;
    }
    chunks.at(-1)?.push(item);
    left -= size;
  }
  return chunks;
}

function questionSize({ name }: Question): number {
  return nameSize(name) + 4;
}
