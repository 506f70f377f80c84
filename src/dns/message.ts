/**
 * A domain name: its labels from left to right, without the root. A label holds any characters, dots and blanks
 * too (RFC 6763, section 4.1.1). Bytes that are no UTF-8 stand as lone surrogates U+DC80 to U+DCFF, one each, so that
 * a name goes back to the wire as it came.
 */
export type Name = readonly string[];

export type RecordType = keyof RecordData;

/** What the types that sonde reads hold. */
export interface RecordData {
  readonly A: { readonly address: string };
  readonly AAAA: { readonly address: string };
  readonly CNAME: { readonly target: Name };
  readonly NS: { readonly target: Name };
  readonly PTR: { readonly target: Name };
  readonly SRV: {
    readonly priority: number;
    readonly weight: number;
    readonly port: number;
    readonly target: Name;
  };
  /** The strings as they came, empty ones too. */
  readonly TXT: { readonly strings: readonly Uint8Array[] };
  readonly SOA: {
    readonly primary: Name;
    readonly mailbox: Name;
    readonly serial: number;
    /** In seconds. */
    readonly minimum: number;
  };
  /** RFC 4034, section 4.1: the types there are, as numbers. */
  readonly NSEC: { readonly next: Name; readonly types: readonly number[] };
}

interface RecordHead {
  readonly name: Name;
  readonly ttlSeconds: number;
  /** mDNS: this is all there is of the set (RFC 6762, section 10.2). */
  readonly cacheFlush: boolean;
}

/** A resource record of class IN. */
export type DnsRecord = { [T in RecordType]: RecordHead & { readonly type: T } & RecordData[T] }[RecordType];

/** One record of a type. */
export type RecordOf<T extends RecordType> = Extract<DnsRecord, { readonly type: T }>;

/** ANY is 255. */
export type QuestionType = RecordType | "ANY";

export interface Question {
  readonly name: Name;
  readonly type: QuestionType;
  /** mDNS: the answer may come to the asker alone (the QU bit; RFC 6762, section 5.4). */
  readonly unicast?: boolean;
}

export interface DnsMessage {
  readonly id: number;
  readonly response: boolean;
  readonly opcode: number;
  readonly authoritative: boolean;
  /** Some is missing: TC (RFC 1035, section 4.1.1). */
  readonly truncated: boolean;
  readonly recursionDesired: boolean;
  /** 0 NOERROR, 1 FORMERR, 2 SERVFAIL, 3 NXDOMAIN, 4 NOTIMP, 5 REFUSED; with the upper bits of an OPT record. */
  readonly rcode: number;
  readonly questions: readonly Question[];
  readonly answers: readonly DnsRecord[];
  readonly authorities: readonly DnsRecord[];
  readonly additionals: readonly DnsRecord[];
  /** An OPT record came along (RFC 6891). */
  readonly edns: boolean;
  /** What could not be read, one line each; the rest stands. */
  readonly faults: readonly string[];
}
