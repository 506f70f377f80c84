import { suggestion } from "../model/nearest.ts";
import { shown } from "../targets/token.ts";
import { MISSING } from "./issue.ts";

/** Text, or a number as it was written. */
export const A_WORD = "a word";

/** Why a value of the wrong kind will not do. */
export function wrongKind(what: string, value: unknown): string {
  if (value === undefined) return MISSING;
  const quotes = typeof value === "boolean" && what === A_WORD ? `; in quotes, "${value}", it is one` : "";
  return `must be ${what}, not ${kindOf(value)}${quotes}`;
}

/** Why a word will not do, with the nearest that would; all of them where none is near. */
export function wrongWord(noun: string, word: string, known: readonly string[]): string {
  const near = suggestion(word, known);
  return `no such ${noun}: ${quoted(word)}${near === "" ? `; known are ${known.join(", ")}` : near}`;
}

/** One line for each key, in their order. */
export function unknownKeys(keys: readonly string[], known: readonly string[]): string {
  return keys.map((key) => `no such key${suggestion(key, known)}`).join("\n");
}

/** A text of the user's, fit to be printed. */
export function quoted(text: string): string {
  return `'${shown(text)}'`;
}

/** Text is told by its kind, since it may be long; a number by itself. */
function kindOf(value: unknown): string {
  if (value === null) return "nothing";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "object") return "a mapping";
  if (typeof value === "boolean" || typeof value === "number") return String(value);
  return "text";
}
