import type { DataReader } from "./data-reader.ts";
import type { DnsRecord, RecordData, RecordType } from "./message.ts";
import { addressText } from "./packet-parts.ts";

/** What all records have. */
export type RecordHead = Pick<DnsRecord, "name" | "ttlSeconds" | "cacheFlush">;

/** Makes a record from its data. Throws a RangeError where they are not what the type asks for. */
const READERS: { readonly [T in RecordType]: (data: DataReader, head: RecordHead) => DnsRecord } = {
  A: (data, head) => ({ ...head, type: "A", address: addressText("A", data.bytes(data.left)) }),
  AAAA: (data, head) => ({ ...head, type: "AAAA", address: addressText("AAAA", data.bytes(data.left)) }),
  CNAME: (data, head) => ({ ...head, type: "CNAME", target: data.name() }),
  NS: (data, head) => ({ ...head, type: "NS", target: data.name() }),
  PTR: (data, head) => ({ ...head, type: "PTR", target: data.name() }),
  SRV: (data, head) => ({ ...head, type: "SRV", ...srv(data) }),
  TXT: (data, head) => ({ ...head, type: "TXT", strings: strings(data) }),
  SOA: (data, head) => ({ ...head, type: "SOA", ...soa(data) }),
  NSEC: (data, head) => ({ ...head, type: "NSEC", next: data.name(), types: typeNumbers(data) }),
};

/** The record of a type with these data, all of them. Throws a RangeError that says what is wrong with them. */
export function readRecordData(type: RecordType, data: DataReader, head: RecordHead): DnsRecord {
  const record = READERS[type](data, head);
  if (data.left > 0) throw new RangeError(`${data.left} bytes are left over`);
  return record;
}

/** Seconds; what has the top bit is taken for 0 (RFC 2181, section 8). */
export function secondsOf(number: number): number {
  return number > 0x7fff_ffff ? 0 : number;
}

/** RFC 2782. */
function srv(data: DataReader): RecordData["SRV"] {
  const priority = data.number(2);
  const weight = data.number(2);
  const port = data.number(2);
  return { priority, weight, port, target: data.name() };
}

function strings(data: DataReader): Uint8Array[] {
  const strings: Uint8Array[] = [];
  while (data.left > 0) strings.push(data.string());
  return strings;
}

/** RFC 1035, section 3.3.13; what secondary servers go by is skipped. */
function soa(data: DataReader): RecordData["SOA"] {
  const primary = data.name();
  const mailbox = data.name();
  const serial = data.number(4);
  data.bytes(12);
  return { primary, mailbox, serial, minimum: secondsOf(data.number(4)) };
}

/** The bitmaps, one a window of 256 types, the windows in ascending order (RFC 4034, section 4.1.2). */
function typeNumbers(data: DataReader): number[] {
  const types: number[] = [];
  for (let last = -1; data.left > 0;) {
    const window = data.number(1);
    const bitmap = data.string();
    if (window <= last || bitmap.length === 0 || bitmap.length > 32) throw new RangeError("no list of types");
    last = window;
    for (let bit = 0; bit < bitmap.length * 8; bit++) {
      if (((bitmap[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0) types.push(window * 256 + bit);
    }
  }
  return types;
}
