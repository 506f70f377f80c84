import { suggestion } from "./nearest.ts";

const UNITS: ReadonlyMap<string, number> = new Map([
  ["ms", 1],
  ["s", 1000],
  ["m", 60_000],
  ["h", 3_600_000],
]);

/** The longest that a Node.js timer can wait: 2^31 - 1 milliseconds, almost 25 days. */
const LONGEST_MS = 2 ** 31 - 1;

/** What `parseDuration` takes, for a schema. */
export const DURATION_PATTERN: RegExp = /^\s*(?:\d+(?:\.\d+)?|\.\d+)\s*(?:[Mm]?[Ss]|[Mm]|[Hh])?\s*$/;

/** `500ms`, `2s`, `1m`, `1.5h` or plain seconds, in whole milliseconds; or why it is none. */
export function parseDuration(text: string): number | { readonly fault: string } {
  const parts = /^(\d+(?:\.\d+)?|\.\d+)\s*(\p{L}*)$/u.exec(text.trim());
  if (parts === null) return { fault: "not a duration; 500ms, 2s, 1m and plain seconds are" };
  const [, amount, word = ""] = parts;
  const unit = word.toLowerCase();
  const factor = unit === "" ? 1000 : UNITS.get(unit);
  // Every other letter is one edit away from a unit.
  const meant = unit.length > 1 ? suggestion(unit, UNITS.keys()) : "";
  if (factor === undefined) return { fault: `no such unit; known are ms, s, m, h${meant}` };
  const ms = Number(amount) * factor;
  if (ms <= 0) return { fault: "must be more than 0" };
  if (ms > LONGEST_MS) return { fault: "too long; 24 days is the most" };
  return Math.max(1, Math.round(ms));
}

/** The text with the largest unit that `parseDuration` reads back as the same. */
export function durationText(ms: number): string {
  for (const [unit, factor] of [...UNITS].toReversed()) {
    if (ms % factor === 0) return `${ms / factor}${unit}`;
  }
  return `${ms}ms`;
}
