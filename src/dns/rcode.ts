export const FORMERR = 1;
export const SERVFAIL = 2;
export const NXDOMAIN = 3;
export const NOTIMP = 4;
/** The version of EDNS is not known there (RFC 6891, section 6.1.3). */
export const BADVERS = 16;

const NAMES = ["NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"];

/** As RFC 1035 calls it, or its number. */
export function rcodeText(rcode: number): string {
  return NAMES[rcode] ?? `RCODE ${rcode}`;
}
