/** One element of BER (X.690): its tag and where its content is. */
export interface Tlv {
  readonly tag: number;
  readonly start: number;
  /** One past the content. */
  readonly end: number;
}

const LONGEST = 65_536;

/** The element at an offset; `more` where it is cut off; undefined where none begins there or it is too long. */
export function readTlv(bytes: Uint8Array, at = 0, limit: number = Infinity): Tlv | "more" | undefined {
  const tag = bytes[at];
  const first = bytes[at + 1];
  if (tag === undefined || first === undefined) return "more";
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
  if (first === 0x80 || lengthBytes > 4) return undefined; // indefinite lengths are not for LDAP (RFC 4511, 5.1)
  const start = at + 2 + lengthBytes;
  if (bytes.length < start) return "more";
  const length =
    lengthBytes === 0 ? first : bytes.subarray(at + 2, start).reduce((sum, byte) => sum * 256 + byte, 0);
  const end = start + length;
  if (length > LONGEST || end > limit) return undefined;
  return end > bytes.length ? "more" : { tag, start, end };
}

/** The elements inside a span, as far as they are whole. */
export function childrenOf(bytes: Uint8Array, { start, end }: { start: number; end: number }): Tlv[] {
  const children: Tlv[] = [];
  for (let at = start; at < end;) {
    const child = readTlv(bytes, at, end);
    if (child === undefined || child === "more") break;
    children.push(child);
    at = child.end;
  }
  return children;
}

/** An element of fewer than 128 bytes content. */
export function tlv(tag: number, ...content: readonly (Uint8Array | readonly number[])[]): Uint8Array {
  const bytes = content.flatMap((part) => [...part]);
  return Uint8Array.of(tag, bytes.length, ...bytes);
}
