import type { DnsRecord, Name, QuestionType } from "../dns/message.ts";
import { nameKey } from "../dns/name.ts";

/** What all records of one name and type have in common. */
export function setKey(name: Name, type: QuestionType): string {
  return `${type} ${nameKey(name)}`;
}

/** What tells a record from the others of its name and type. */
export function dataKey(record: DnsRecord): string {
  switch (record.type) {
    case "A":
    case "AAAA":
      return record.address;
    case "PTR":
    case "CNAME":
    case "NS":
      return nameKey(record.target);
    case "SRV":
      return `${record.priority} ${record.weight} ${record.port} ${nameKey(record.target)}`;
    case "TXT":
      return record.strings.map((one) => Buffer.from(one).toString("base64")).join(" ");
    case "NSEC":
      return record.types.join(" ");
    case "SOA":
      return nameKey(record.primary);
  }
}

/** Bytes that a name takes on the wire, at most: uncompressed. */
export function nameSize(name: Name): number {
  return name.reduce((sum, label) => sum + 1 + Buffer.byteLength(label), 1);
}

/** Bytes that a record takes on the wire, at most. */
export function recordSize(record: DnsRecord): number {
  return nameSize(record.name) + 10 + dataSize(record);
}

function dataSize(record: DnsRecord): number {
  switch (record.type) {
    case "A":
      return 4;
    case "AAAA":
      return 16;
    case "PTR":
    case "CNAME":
    case "NS":
      return nameSize(record.target);
    case "SRV":
      return 6 + nameSize(record.target);
    case "TXT":
      return record.strings.reduce((sum, one) => sum + 1 + one.length, 0);
    case "NSEC":
      return nameSize(record.next) + 34 + record.types.length;
    case "SOA":
      return nameSize(record.primary) + nameSize(record.mailbox) + 20;
  }
}
