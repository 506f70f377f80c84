import { writeRecordData } from "./data-writer.ts";
import type { DnsMessage, DnsRecord, Question } from "./message.ts";
import { FLAGS } from "./packet-parts.ts";
import { PacketWriter } from "./packet-writer.ts";
import { CLASS_IN, CLASS_TOP_BIT, OPT, TYPE_NUMBERS } from "./record-type.ts";

/** What fits in one packet on every link (DNS Flag Day 2020). */
const EDNS_BYTES = 1232;

export interface QueryOptions {
  readonly id: number;
  readonly recursionDesired: boolean;
  readonly questions: readonly Question[];
  /** mDNS: what need not be told again (RFC 6762, section 7.1). */
  readonly knownAnswers?: readonly DnsRecord[];
  /** mDNS: more known answers follow (RFC 6762, section 7.2). */
  readonly truncated?: boolean;
  /** How many bytes an answer over UDP may have; with it goes an OPT record (RFC 6891, section 6.2.3). */
  readonly ednsSize?: number;
}

/** A query's packet. Throws a RangeError for a name that does not fit RFC 1035's bounds. */
export function encodeQuery({ knownAnswers = [], ednsSize, ...options }: QueryOptions): Uint8Array {
  // RFC 6762, section 10.2: never in a known answer.
  const answers = knownAnswers.map((record) => ({ ...record, cacheFlush: false }));
  return packetOf({ ...options, answers }, ednsSize);
}

/**
 * A message's packet; what is not given is 0, false or empty. Of an SOA record, what secondary servers go by is 0; a TXT
 * record without strings gets an empty one, as it needs one (RFC 6763, section 6.1). Throws a RangeError for a name, a string
 * or data that are longer than the format can hold.
 */
export function encodeMessage(message: Partial<DnsMessage>): Uint8Array {
  const needsOpt = message.edns === true || (message.rcode ?? 0) > 15;
  return packetOf(message, needsOpt ? EDNS_BYTES : undefined);
}

function packetOf(message: Partial<DnsMessage>, ednsSize: number | undefined): Uint8Array {
  const { questions = [], answers = [], authorities = [], additionals = [] } = message;
  const packet = new PacketWriter();
  packet.number(message.id ?? 0, 2);
  packet.number(flagsOf(message), 2);
  for (const { length } of [questions, answers, authorities]) packet.number(length, 2);
  packet.number(additionals.length + (ednsSize === undefined ? 0 : 1), 2);
  for (const question of questions) writeQuestion(packet, question);
  for (const record of [...answers, ...authorities, ...additionals]) writeRecord(packet, record);
  if (ednsSize !== undefined) writeOpt(packet, ednsSize, message.rcode ?? 0);
  return packet.finish();
}

function flagsOf(message: Partial<DnsMessage>): number {
  let flags = ((message.opcode ?? 0) & 15) << 11;
  if (message.response === true) flags |= FLAGS.response;
  if (message.authoritative === true) flags |= FLAGS.authoritative;
  if (message.truncated === true) flags |= FLAGS.truncated;
  if (message.recursionDesired === true) flags |= FLAGS.recursionDesired;
  return flags | ((message.rcode ?? 0) & 15);
}

function writeQuestion(packet: PacketWriter, { name, type, unicast = false }: Question): void {
  packet.name(name, "compress");
  packet.number(TYPE_NUMBERS[type], 2);
  packet.number(CLASS_IN | (unicast ? CLASS_TOP_BIT : 0), 2);
}

/** RFC 6891, section 6.1.2: the class is a size, and the TTL begins with the upper bits of the response code. */
function writeOpt(packet: PacketWriter, size: number, rcode: number): void {
  packet.name([], "plain");
  packet.number(OPT, 2);
  packet.number(size, 2);
  packet.number(rcode >> 4, 1);
  packet.bytes([0, 0, 0]);
  packet.number(0, 2);
}

function writeRecord(packet: PacketWriter, record: DnsRecord): void {
  packet.name(record.name, "compress");
  packet.number(TYPE_NUMBERS[record.type], 2);
  packet.number(CLASS_IN | (record.cacheFlush ? CLASS_TOP_BIT : 0), 2);
  packet.number(record.ttlSeconds, 4);
  packet.withLength(() => writeRecordData(packet, record));
}
