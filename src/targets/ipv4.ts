const OCTETS: readonly string[] = Array.from({ length: 256 }, (_, octet) => String(octet));

/**
 * The 32-bit number of an address in dotted decimal; undefined for anything else. A leading zero is refused, because
 * some programs read such an octet as octal (RFC 6943, section 3.1.1).
 */
export function parseIpv4(text: string): number | undefined {
  const octets = text.split(".");
  if (octets.length !== 4) return undefined;
  let value = 0;
  for (const text of octets) {
    const octet = parseOctet(text);
    if (octet === undefined) return undefined;
    value = value * 256 + octet;
  }
  return value;
}

/** 0 to 255 without a leading zero; undefined for anything else. */
export function parseOctet(text: string): number | undefined {
  if (!/^(?:0|[1-9]\d{0,2})$/.test(text)) return undefined;
  const octet = Number(text);
  return octet <= 255 ? octet : undefined;
}

/** The first three octets that were written last: a walk needs them 256 times. */
let block = -1;
let blockText = "";

/** Dotted decimal of a 32-bit number. Quick where neighbours follow each other: a /8 is walked through it. */
export function formatIpv4(value: number): string {
  if (value >>> 8 !== block) {
    block = value >>> 8;
    blockText = `${OCTETS[value >>> 24]}.${OCTETS[(value >>> 16) & 255]}.${OCTETS[(value >>> 8) & 255]}.`;
  }
  return blockText + OCTETS[value & 255];
}
