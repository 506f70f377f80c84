/** Bytes from text whose characters all are below U+0100: protocol strings with escapes. */
export function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** The same the other way: one character a byte, nothing lost. */
export function fromLatin1(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

/** Bytes from hex digits; blanks between them are free. */
export function hex(digits: string): Uint8Array {
  const pairs = digits.replaceAll(/\s+/g, "").match(/../g) ?? [];
  return Uint8Array.from(pairs, (pair) => Number.parseInt(pair, 16));
}

export function startsWith(bytes: Uint8Array, prefix: Uint8Array): boolean {
  return bytes.length >= prefix.length && prefix.every((byte, at) => bytes[at] === byte);
}

/**
 * Text that is safe to print: what a stranger sent, with everything but printable ASCII as
 * `\r`, `\n`, `\t`, `\\` or `\xNN`, at most `most` bytes of it.
 */
export function escapeBytes(bytes: Uint8Array, most = 64): string {
  let text = "";
  for (const byte of bytes.subarray(0, most)) text += ESCAPES[byte];
  return bytes.length > most ? `${text}…` : text;
}

const ESCAPES: readonly string[] = Array.from({ length: 256 }, (_, byte) => {
  if (byte === 0x0d) return "\\r";
  if (byte === 0x0a) return "\\n";
  if (byte === 0x09) return "\\t";
  if (byte === 0x5c) return "\\\\";
  if (byte >= 0x20 && byte < 0x7f) return String.fromCharCode(byte);
  return `\\x${byte.toString(16).padStart(2, "0")}`;
});
