import type { DnsRecord, Name, RecordOf, RecordType } from "./message.ts";

/**
 * What came of asking for the records of a name.
 *
 * - `found`: they are there.
 * - `absent`: they are not, by a name server's own word.
 * - `failed`: nobody could tell.
 */
export type Lookup<T extends RecordType> = Found<T> | Absent | Failed;

export interface Found<T extends RecordType> {
  readonly kind: "found";
  /** At least one, in the order of the reply. */
  readonly records: readonly RecordOf<T>[];
  /** Whose they are: the name that was asked for, or the end of its aliases. */
  readonly owner: Name;
  /** The least of the records and of the aliases that led to them. */
  readonly ttlSeconds: number;
  /** What else the server said, unasked: worth something only where its owner is the name one is after. */
  readonly additionals: readonly DnsRecord[];
}

export interface Absent {
  readonly kind: "absent";
  /** False: there is no such name (NXDOMAIN). True: it has other records (NODATA). */
  readonly nameExists: boolean;
  /**
   * How long that may be believed (RFC 2308, section 5); absent where no SOA record came along: then not at all beyond
   * this moment.
   */
  readonly ttlSeconds?: number;
}

export interface Failed {
  readonly kind: "failed";
  /** Who failed and how, in one line. */
  readonly reason: string;
  /** A name server did answer, if only that it will not. */
  readonly answered: boolean;
}

/** Where a target can be reached. */
export type TargetLookup = TargetFound | Absent | Failed;

export interface TargetFound {
  readonly kind: "found";
  /** IPv4 before IPv6, each once, 16 at most; an IPv4-mapped one is its IPv4 address. */
  readonly addresses: readonly string[];
  /** How many there are. */
  readonly count: number;
  /** At most one address of each family: they are one host's. */
  readonly single: boolean;
  readonly ttlSeconds: number;
  /** Why the addresses of one family are not known, where they are not. */
  readonly missing?: string;
}
