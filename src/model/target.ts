/** A run of addresses of one family, first to last, both included. */
export interface AddressRange {
  readonly family: 4 | 6;
  readonly first: bigint;
  readonly last: bigint;
  /** IPv6 zone (RFC 4007), for example `eth0`; only on a range of one address. */
  readonly zone?: string;
}

/** What to look at: disjoint ranges in ascending order, exclusions already taken out. */
export interface TargetSet {
  readonly ranges: readonly AddressRange[];
  /** How many addresses the ranges hold. */
  readonly count: number;
  /** Names by which an address was asked for. */
  readonly hostnames: ReadonlyMap<string, readonly string[]>;
  /**
   * Addresses that are one host's, by one of them: those of a name that has no two of a family. A name with more of
   * them may well stand for several hosts.
   */
  readonly sameHost: ReadonlyMap<string, readonly string[]>;
  /** As they were asked for. */
  readonly labels: readonly string[];
}
