import type { Absent, Found } from "./lookup.ts";
import type { DnsMessage, DnsRecord, Name, RecordOf, RecordType } from "./message.ts";
import { nameKey, nameText, sameName } from "./name.ts";
import { NXDOMAIN } from "./rcode.ts";

/** Aliases that are followed, at most. */
const MOST_ALIASES = 8;

/** A name on its way along its aliases. */
export interface Trail {
  readonly owner: Name;
  /** The names before it, by key. */
  readonly seen: readonly string[];
  /** The least of the aliases so far. */
  readonly ttlSeconds: number;
}

/** `alias`: this server knows no more than that the name is another's; that one has to be asked for. */
export type Answer<T extends RecordType> =
  | Found<T>
  | Absent
  | { readonly kind: "alias"; readonly trail: Trail }
  | { readonly kind: "endless"; readonly reason: string };

export function trailOf(name: Name): Trail {
  return { owner: name, seen: [], ttlSeconds: Number.POSITIVE_INFINITY };
}

/** What a reply says of a name. Records of owners that are not on the trail count for nothing, whoever sends them. */
export function readAnswer<T extends RecordType>(message: DnsMessage, start: Trail, type: T): Answer<T> {
  let trail = start;
  for (;;) {
    const { owner } = trail;
    const records = recordsOf(message.answers, owner, type);
    if (records.length > 0) {
      const ttlSeconds = Math.min(trail.ttlSeconds, leastTtl(records));
      return { kind: "found", records, owner, ttlSeconds, additionals: message.additionals };
    }
    const [alias] = recordsOf(message.answers, owner, "CNAME");
    if (alias === undefined) break;
    const seen = [...trail.seen, nameKey(owner)];
    trail = { owner: alias.target, seen, ttlSeconds: Math.min(trail.ttlSeconds, alias.ttlSeconds) };
    const reason = faultOf(trail);
    if (reason !== undefined) return { kind: "endless", reason };
  }
  // An RCODE speaks of the last name of the chain (RFC 6604, section 3), and so does a SOA record.
  const absent = absentBy(message);
  const spoken = trail === start || message.rcode === NXDOMAIN || absent.ttlSeconds !== undefined;
  return spoken ? absent : { kind: "alias", trail };
}

function faultOf({ owner, seen }: Trail): string | undefined {
  if (seen.includes(nameKey(owner))) return `the alias ${nameText(owner)} leads back to itself`;
  return seen.length > MOST_ALIASES ? `there are more than ${MOST_ALIASES} aliases in a row` : undefined;
}

/** RFC 2308, section 5: the lesser of the SOA record's TTL and its last field; without one, nothing is to be kept. */
function absentBy({ rcode, authorities }: DnsMessage): Absent {
  const soa = authorities.find(isOf("SOA"));
  const nameExists = rcode !== NXDOMAIN;
  if (soa === undefined) return { kind: "absent", nameExists };
  return { kind: "absent", nameExists, ttlSeconds: Math.min(soa.ttlSeconds, soa.minimum) };
}

/** The least of the records' TTLs, in seconds. */
export function leastTtl(records: readonly DnsRecord[]): number {
  return Math.min(...records.map(({ ttlSeconds }) => ttlSeconds));
}

/** The records of a name and type, in their order. */
export function recordsOf<T extends RecordType>(
  records: readonly DnsRecord[],
  owner: Name,
  type: T,
): RecordOf<T>[] {
  return records.filter(isOf(type)).filter(({ name }) => sameName(name, owner));
}

/** Whether a record is of that type. */
export function isOf<T extends RecordType>(type: T): (record: DnsRecord) => record is RecordOf<T> {
  return (record): record is RecordOf<T> => record.type === type;
}

/**
 * Whether a server that does not ask others itself points to them instead of answering: name servers of a zone, and
 * nothing else.
 */
export function isReferral({ rcode, authoritative, answers, authorities }: DnsMessage): boolean {
  const empty = rcode === 0 && answers.length === 0 && !authoritative;
  return empty && authorities.some(isOf("NS")) && !authorities.some(isOf("SOA"));
}
