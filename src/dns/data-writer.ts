import type { DnsRecord } from "./message.ts";
import { addressBytes } from "./packet-parts.ts";
import type { PacketWriter } from "./packet-writer.ts";

/**
 * A record's data without their length. Names inside are compressed only in the types of RFC 1035 (RFC 3597, section 4).
 * Throws a RangeError for a name or a string that is too long.
 */
export function writeRecordData(packet: PacketWriter, record: DnsRecord): void {
  switch (record.type) {
    case "A":
    case "AAAA":
      return packet.bytes(addressBytes(record.type, record.address));
    case "CNAME":
    case "NS":
    case "PTR":
      return packet.name(record.target, "compress");
    case "SRV":
      for (const number of [record.priority, record.weight, record.port]) packet.number(number, 2);
      return packet.name(record.target, "plain");
    case "TXT":
      return writeStrings(packet, record.strings);
    case "SOA":
      packet.name(record.primary, "compress");
      packet.name(record.mailbox, "compress");
      // Serial, refresh, retry, expire, minimum.
      for (const number of [record.serial, 0, 0, 0, record.minimum]) packet.number(number, 4);
      return;
    case "NSEC":
      packet.name(record.next, "plain");
      return writeTypes(packet, record.types);
  }
}

function writeStrings(packet: PacketWriter, strings: readonly Uint8Array[]): void {
  for (const string of strings.length === 0 ? [new Uint8Array()] : strings) {
    if (string.length > 255) throw new RangeError(`${string.length} bytes are too many for a string`);
    packet.number(string.length, 1);
    packet.bytes(string);
  }
}

/** A bitmap for each 256 types of which there is one (RFC 4034, section 4.1.2). */
function writeTypes(packet: PacketWriter, types: readonly number[]): void {
  const bitmaps = new Map<number, number[]>();
  for (const type of types.toSorted((a, b) => a - b)) {
    const bitmap = bitmaps.get(type >> 8) ?? [];
    bitmaps.set(type >> 8, bitmap);
    const at = (type & 255) >> 3;
    while (bitmap.length <= at) bitmap.push(0);
    bitmap[at] = (bitmap[at] ?? 0) | (0x80 >> (type & 7));
  }
  for (const [window, bitmap] of bitmaps) {
    packet.number(window, 1);
    packet.number(bitmap.length, 1);
    packet.bytes(bitmap);
  }
}
