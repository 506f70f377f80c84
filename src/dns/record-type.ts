import type { QuestionType, RecordType } from "./message.ts";

/** RFC 1035, section 3.2.2; RFC 3596; RFC 2782; RFC 4034. ANY is a type of questions alone. */
export const TYPE_NUMBERS: Readonly<Record<QuestionType, number>> = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  TXT: 16,
  AAAA: 28,
  SRV: 33,
  NSEC: 47,
  ANY: 255,
};

/** RFC 6891, section 6.1.1. */
export const OPT = 41;

export const CLASS_IN = 1;

/** mDNS: in a question "to me alone", in a record "this is all" (RFC 6762, sections 18.12 and 18.13). */
export const CLASS_TOP_BIT = 0x8000;

const NUMBERS: ReadonlyMap<number, QuestionType> = new Map(
  (["A", "NS", "CNAME", "SOA", "PTR", "TXT", "AAAA", "SRV", "NSEC", "ANY"] as const).map((type) => [
    TYPE_NUMBERS[type],
    type,
  ]),
);

/** Undefined for a type that sonde does not read. */
export function questionType(number: number): QuestionType | undefined {
  return NUMBERS.get(number);
}

/** Undefined for a type that sonde does not read. */
export function recordType(number: number): RecordType | undefined {
  const type = NUMBERS.get(number);
  return type === "ANY" ? undefined : type;
}
