import type { TxtPairs } from "../model/announcement.ts";

/** More than any service has: the whole record should fit in 1,300 bytes (RFC 6763, section 6.2). */
const MOST_PAIRS = 256;

const EQUALS = 0x3d;
const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * The pairs in a TXT record's strings (RFC 6763, sections 6.3 to 6.5). The first of a key wins, whatever the case of
 * the others, and in its own spelling. Strings that are empty or have no key are ignored, and so are keys that are not
 * printable ASCII and what comes after 256 pairs. A record's string has 255 bytes at most, and that bounds a value.
 */
export function txtPairs(strings: readonly Uint8Array[]): TxtPairs {
  const found = new Map<string, readonly [key: string, value: TxtPairs[string]]>();
  for (const string of strings) {
    if (found.size >= MOST_PAIRS) break;
    const at = string.indexOf(EQUALS);
    const key = keyOf(at < 0 ? string : string.subarray(0, at));
    if (key === undefined || found.has(key.toLowerCase())) continue;
    found.set(key.toLowerCase(), [key, at < 0 ? true : valueOf(string.subarray(at + 1))]);
  }
  // It defines what it makes: a key such as __proto__ becomes a property like any other.
  return Object.fromEntries(found.values());
}

function keyOf(bytes: Uint8Array): string | undefined {
  const isKey = bytes.length > 0 && bytes.every((byte) => byte >= 0x20 && byte <= 0x7e);
  return isKey ? String.fromCharCode(...bytes) : undefined;
}

function valueOf(bytes: Uint8Array): string | { readonly base64: string } {
  try {
    return UTF8.decode(bytes);
  } catch {
    return { base64: Buffer.from(bytes).toString("base64") };
  }
}
