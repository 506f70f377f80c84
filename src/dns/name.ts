import { fromLatin1 } from "../model/bytes.ts";
import type { Name } from "./message.ts";

/** RFC 1035, section 2.3.4. */
const MOST_LABEL_BYTES = 63;
/** The same place; with the length octets and the root. */
export const MOST_NAME_BYTES = 255;

/** A byte takes four characters at most, `\DDD`. */
const LONGEST_TEXT = 4 * MOST_NAME_BYTES;

/** An escaped byte, an escaped character, a dot, or plain text (RFC 1035, section 5.1). */
const ITEM = /\\(\d{3})|\\(\D)|(\.)|([^\\.]+)/gu;

/** What a label's text needs an escape for: dots, backslashes, controls (C1 too), bytes that are no UTF-8. */
const SPECIAL = /[.\\\p{Cc}\p{Cs}]/gu;

/** Well-formed UTF-8, one character a byte (Unicode, table 3-7), or else one byte of something that is none. */
const STRETCH =
  /((?:[\0-\x7f]|[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2})+)|[^]/g;

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * A name from presentation format (RFC 1035, section 5.1; RFC 6763, section 4.3): `\.`, `\\` and `\DDD` inside
 * labels, a dot at the end or none, "" or "." for the root. Undefined where a label is empty or over 63 bytes, the
 * name is over 255 bytes on the wire, or an escape is none.
 */
export function parseName(text: string): Name | undefined {
  if (text === "" || text === ".") return [];
  if (text.length > LONGEST_TEXT) return undefined;
  const labels: number[][] = [[]];
  // A backslash that escapes nothing is in no item, and so they are shorter than the text together.
  let length = 0;
  for (const [item, digits, literal, dot, plain = ""] of text.matchAll(ITEM)) {
    if (Number(digits) > 255) return undefined;
    length += item.length;
    if (dot !== undefined) labels.push([]);
    else if (digits !== undefined) labels.at(-1)?.push(Number(digits));
    else labels.at(-1)?.push(...labelBytes(literal ?? plain));
  }
  if (length !== text.length) return undefined;
  if (labels.at(-1)?.length === 0) labels.pop();
  return lengthFault(labels) === undefined ? labels.map((bytes) => labelText(bytes)) : undefined;
}

/** Why labels of such lengths make no name on the wire; undefined where they do. */
export function lengthFault(labels: readonly { readonly length: number }[]): string | undefined {
  if (labels.some(({ length }) => length === 0)) return "a label is empty";
  if (labels.some(({ length }) => length > MOST_LABEL_BYTES)) return "a label is over 63 bytes";
  const total = labels.reduce((sum, { length }) => sum + 1 + length, 1);
  return total > MOST_NAME_BYTES ? "a name is over 255 bytes" : undefined;
}

/**
 * Presentation format, which `parseName` reads back to the same name: dots and backslashes inside labels with a
 * backslash, controls and bytes that are no UTF-8 as `\DDD`; blanks stay. No dot at the end; the root is ".".
 */
export function nameText(name: Name): string {
  return name.length === 0 ? "." : name.map((label) => label.replaceAll(SPECIAL, escaped)).join(".");
}

function escaped(character: string): string {
  if (character === "." || character === "\\") return `\\${character}`;
  return Array.from(labelBytes(character), (byte) => `\\${String(byte).padStart(3, "0")}`).join("");
}

/** A key for maps: equal for names that DNS takes for the same, and for no others. */
export function nameKey(name: Name): string {
  return folded(nameText(name));
}

/** Whether DNS takes two names for the same: the case of ASCII letters does not count (RFC 4343). */
export function sameName(a: Name, b: Name): boolean {
  return a.length === b.length && isUnder(a, b);
}

/** Whether a name is the zone or below it. */
export function isUnder(name: Name, zone: Name): boolean {
  const above = name.length - zone.length;
  return above >= 0 && zone.every((label, at) => sameLabel(label, name[above + at] ?? ""));
}

/** Whether DNS takes two labels for the same. */
export function sameLabel(a: string, b: string): boolean {
  return a === b || (a.length === b.length && folded(a) === folded(b));
}

function folded(text: string): string {
  return text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** A label's bytes on the wire: UTF-8, and for U+DC80 to U+DCFF standing alone the byte that each stands for. */
export function labelBytes(label: string): Uint8Array {
  if (!/\p{Cs}/u.test(label)) return ENCODER.encode(label);
  return Uint8Array.from(Array.from(label, bytesOf).flat());
}

function bytesOf(character: string): number[] {
  const code = character.codePointAt(0) ?? 0;
  return code >= 0xdc80 && code <= 0xdcff ? [code - 0xdc00] : [...ENCODER.encode(character)];
}

/** A label's text, from which `labelBytes` makes the same bytes again, whatever they are. */
export function labelText(bytes: ArrayLike<number>): string {
  const raw = Uint8Array.from(bytes);
  const text = fromLatin1(raw);
  if (!/[^\0-\x7f]/.test(text)) return text;
  return text.replaceAll(STRETCH, (part: string, good: string | undefined, at: number) =>
    good === undefined
      ? String.fromCharCode(0xdc00 + part.charCodeAt(0))
      : DECODER.decode(raw.subarray(at, at + part.length)),
  );
}
