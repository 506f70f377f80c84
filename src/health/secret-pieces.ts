import { STATUS_KEYS, WEAK_KEYS, normalKey } from "./json-status.ts";
import { healthOfWord } from "./words.ts";

/** Shorter values are no secrets, and stand in every other answer. */
const SHORTEST = 4;
/** Shorter pieces of a value are words. */
const SHORTEST_PIECE = 6;
/** A beginning that is shorter tells nothing. */
const SHORTEST_START = 8;

/** Texts that must not be shown. */
export interface Secret {
  readonly text: string;
  /** As few of its first characters as are struck out, too: some servers repeat only the beginning of a value. */
  readonly least: number;
}

/** Of RFC 9110, section 11.1, and its registry, and what is used without being in it. */
const SCHEME = /^(?:basic|bearer|digest|negotiate|token|api-?key|hoba|mutual|dpop|gnap|vapid|scram-[\w-]+)$/i;
/** Headers of RFC 9110, section 12.5, whose words stand in most answers. */
const HARMLESS = /^(?:accept(?:-.*)?|user-agent)$/i;

/**
 * What of a header is secret: its value, whole and without the scheme, what `Basic` encodes, and all of that as it stands in a
 * URL; of headers that may carry credentials each piece and beginning, too (`Cookie: sid=secret`). Not what is a word of health
 * endpoints: that would make answers unreadable, and is nobody's secret.
 */
export function secretsIn(name: string, value: string): Secret[] {
  const whole = value.trim();
  const [first = "", after = ""] = whole.split(/ +(.*)/s, 2);
  const credentials = SCHEME.test(first) ? after : whole;
  const decoded = /^basic$/i.test(first) ? Buffer.from(after, "base64").toString("utf8") : "";
  const values = [whole, after, decoded, decoded.slice(decoded.indexOf(":") + 1)].filter(
    (text) => text.length >= SHORTEST,
  );
  const known = [...values, ...values.map(encoded)].map((text) => ({ text, least: text.length }));
  if (HARMLESS.test(name)) return known.filter(isTelling);
  const pieces = [credentials, decoded].flatMap(piecesOf);
  const starts = [credentials, decoded, ...pieces]
    .flatMap((text) => [text, encoded(text)])
    .filter((text) => text.length >= SHORTEST_PIECE)
    .map((text) => ({ text, least: Math.min(text.length, SHORTEST_START) }));
  return [...known, ...starts].filter(isTelling);
}

function piecesOf(text: string): string[] {
  return text.split(/[\s;,=:"]+/).filter((piece) => piece.length >= SHORTEST_PIECE);
}

/** Well-formed, whatever its surrogates: encodeURIComponent would throw. */
function encoded(text: string): string {
  return encodeURIComponent(Buffer.from(text).toString());
}

function isTelling({ text }: Secret): boolean {
  const key = normalKey(text);
  return healthOfWord(text) === undefined && !STATUS_KEYS.has(key) && !WEAK_KEYS.has(key);
}
