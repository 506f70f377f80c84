import { DataReader } from "./data-reader.ts";
import type { DnsMessage, DnsRecord, Question } from "./message.ts";
import { HEADER_BYTES } from "./packet-names.ts";
import { FLAGS } from "./packet-parts.ts";
import { type Entry, PacketWalk, type Section } from "./packet-walk.ts";
import { readRecordData, secondsOf } from "./record-data.ts";
import { CLASS_IN, CLASS_TOP_BIT, OPT, questionType, recordType } from "./record-type.ts";

/** What is read from an entry; undefined where it is nothing for sonde. Throws where it is broken. */
type Read<T> = (walk: PacketWalk, entry: Entry) => T | undefined;

/**
 * Reads a packet, total on any bytes: what cannot be read is a line in `faults`, and the rest stands, as long as it is
 * known where the next record starts. Undefined where there is no header. Other types than sonde's and other classes
 * than IN are left out without a word.
 */
export function decodeMessage(bytes: Uint8Array): DnsMessage | undefined {
  if (bytes.length < HEADER_BYTES) return undefined;
  const walk = new PacketWalk(bytes);
  const flags = walk.word(2);
  const questions = readSection(walk, "question", walk.word(4), readQuestion);
  const answers = readSection(walk, "answer", walk.word(6), readRecord);
  const authorities = readSection(walk, "authority", walk.word(8), readRecord);
  const last = readSection(walk, "additional", walk.word(10), readAdditional);
  const upperRcode = last.find((one) => typeof one === "number");
  return {
    id: walk.word(0),
    response: (flags & FLAGS.response) !== 0,
    opcode: (flags >> 11) & 15,
    authoritative: (flags & FLAGS.authoritative) !== 0,
    truncated: (flags & FLAGS.truncated) !== 0,
    recursionDesired: (flags & FLAGS.recursionDesired) !== 0,
    rcode: (upperRcode ?? 0) * 16 + (flags & 15),
    questions,
    answers,
    authorities,
    additionals: last.filter((one) => typeof one !== "number"),
    edns: upperRcode !== undefined,
    faults: walk.faults,
  };
}

function readSection<T>(walk: PacketWalk, section: Section, count: number, read: Read<T>): T[] {
  const found: T[] = [];
  for (let number = 1; number <= count; number++) {
    const entry = walk.next(section, number);
    if (entry === undefined) break;
    const one = attempt(walk, entry, read);
    if (one !== undefined) found.push(one);
  }
  return found;
}

function attempt<T>(walk: PacketWalk, entry: Entry, read: Read<T>): T | undefined {
  try {
    return read(walk, entry);
  } catch (error) {
    const type = questionType(entry.type) ?? `type ${entry.type}`;
    walk.addFault(`${entry.label} (${type}): ${error instanceof Error ? error.message : "unreadable"}`);
    return undefined;
  }
}

function readQuestion({ names, packet }: PacketWalk, entry: Entry): Question | undefined {
  const type = questionType(entry.type);
  if (type === undefined || !isIn(entry)) return undefined;
  const { name } = names.read(entry.at, packet.length);
  return { name, type, ...(hasTopBit(entry) && { unicast: true }) };
}

function readRecord({ names, packet }: PacketWalk, entry: Entry): DnsRecord | undefined {
  const type = recordType(entry.type);
  if (type === undefined || !isIn(entry)) return undefined;
  const { name } = names.read(entry.at, packet.length);
  const data = new DataReader(packet, names, entry.dataAt, entry.end);
  const head = { name, ttlSeconds: secondsOf(entry.ttl), cacheFlush: hasTopBit(entry) };
  return readRecordData(type, data, head);
}

/** Of an OPT record the upper bits of the response code, with which its TTL begins (RFC 6891, section 6.1.3). */
function readAdditional(walk: PacketWalk, entry: Entry): DnsRecord | number | undefined {
  return entry.type === OPT ? entry.ttl >>> 24 : readRecord(walk, entry);
}

function isIn(entry: Entry): boolean {
  return (entry.class & ~CLASS_TOP_BIT) === CLASS_IN;
}

function hasTopBit(entry: Entry): boolean {
  return (entry.class & CLASS_TOP_BIT) !== 0;
}
