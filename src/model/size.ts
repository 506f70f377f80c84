import { suggestion } from "./nearest.ts";

/** Factors by unit, the largest first. */
const UNITS: ReadonlyMap<string, number> = new Map([
  ["Pi", 2 ** 50],
  ["P", 1e15],
  ["Ti", 2 ** 40],
  ["T", 1e12],
  ["Gi", 2 ** 30],
  ["G", 1e9],
  ["Mi", 2 ** 20],
  ["M", 1e6],
  ["Ki", 2 ** 10],
  ["K", 1e3],
]);

/** What `parseSize` takes, for a schema. */
export const SIZE_PATTERN: RegExp = /^\s*(?:\d+(?:\.\d+)?|\.\d+)\s*(?:[KkMmGgTtPp][Ii]?)?[Bb]?\s*$/;

/** `64Gi` (binary), `1.5G` (decimal), with a `B` behind it or not, or plain bytes, in whole bytes; or why it is none. */
export function parseSize(text: string): number | { readonly fault: string } {
  const parts = /^(\d+(?:\.\d+)?|\.\d+)\s*(\p{L}*)$/u.exec(text.trim());
  if (parts === null) return { fault: "not a size; 64Gi, 512Mi, 1.5G and plain bytes are" };
  const [, amount, word = ""] = parts;
  const factor = factorOf(word);
  if (factor === undefined) {
    // Of a single letter every unit is as near.
    const meant = word.length > 1 ? suggestion(word, UNITS.keys()) : "";
    return { fault: `no such unit; known are Ki, Mi, Gi, Ti, Pi and K, M, G, T, P${meant}` };
  }
  const bytes = Math.round(Number(amount) * factor);
  return Number.isSafeInteger(bytes) ? bytes : { fault: "more bytes than there are" };
}

function factorOf(word: string): number | undefined {
  const unit = word.toLowerCase().replace(/b$/, "");
  if (unit === "") return 1;
  return [...UNITS].find(([known]) => known.toLowerCase() === unit)?.[1];
}

/** The text with the largest unit that `parseSize` reads back as the same. */
export function sizeText(bytes: number): string {
  if (bytes === 0) return "0";
  for (const [unit, factor] of UNITS) {
    if (bytes % factor === 0) return `${bytes / factor}${unit}`;
  }
  return String(bytes);
}
