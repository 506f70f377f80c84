import { durationText, parseDuration } from "../../model/duration.ts";
import { DiscoverError } from "../../model/errors.ts";
import { suggestion } from "../../model/nearest.ts";
import { parsePorts } from "../../targets/ports.ts";
import { shown, splitTokens } from "../../targets/token.ts";
import type { Place, Setting, SettingGroup, Variable } from "./setting.ts";

/** What a row of the table says; the rest follows from its kind. */
export interface Row<T> {
  readonly flag: string;
  readonly argument?: string;
  readonly environment: string | readonly Variable[];
  readonly group: SettingGroup;
  readonly summary: string;
  readonly fallback: T;
}

type Texts = readonly string[];

/** `--flag a,b --flag c`: the items of all, in order. */
export function list(row: Row<Texts>, known?: Texts): Setting<Texts> {
  const parse = (texts: Texts, { where }: Place): Texts => {
    const items = texts.flatMap((given) => given.split(",")).map((item) => item.trim());
    for (const item of items) {
      if (item === "") throw badSetting("", where, "an item of the list is empty");
      if (known !== undefined) requireKnown(item, row.flag, known, where);
    }
    return items;
  };
  return { ...named(row), repeatable: true, shape: "list", parse, show: (value) => value };
}

const parseTargetTexts = (texts: Texts, { where }: Place): Texts => {
  const items = texts.flatMap((given) => splitTokens(given, where)).map((token) => token.text);
  if (items.length === 0) throw badSetting(texts.join(","), where, "names no target");
  return items;
};

/** As `list`, where a comma inside the octets of an address separates nothing. */
export function targets(row: Row<Texts>): Setting<Texts> {
  return { ...named(row), repeatable: true, shape: "list", parse: parseTargetTexts, show: (value) => value };
}

const parsePaths = (texts: Texts, { source, where }: Place): Texts => {
  const items = source === "environment" ? texts.flatMap((given) => given.split(",")) : [...texts];
  if (items.includes("")) throw badSetting("", where, "a path is empty");
  return items;
};

/** Paths: a flag holds one each, commas and all; only the environment needs them as separators. */
export function paths(row: Row<Texts>): Setting<Texts> {
  return { ...named(row), repeatable: true, shape: "list", parse: parsePaths, show: (value) => value };
}

const parsePortText = (texts: Texts, { where }: Place): string => {
  const all = texts.map((given) => given.trim()).join(",");
  parsePorts(all, [], where);
  return all;
};

/** Ports as text, once it is certain that they can be read. */
export function ports<T extends string | undefined>(row: Row<T>): Setting<T | string> {
  return {
    ...named(row),
    repeatable: true,
    shape: "list",
    parse: parsePortText,
    show: (value) => value ?? null,
  };
}

const parseText = ([given = ""]: Texts): string => given.trim();

export function text<T extends string | undefined>(row: Row<T>): Setting<T | string> {
  return {
    ...named(row),
    repeatable: false,
    shape: "text",
    parse: parseText,
    show: (value) => value ?? null,
  };
}

/** A whole number from 1 up. */
export function count<T extends number | undefined>(row: Row<T>, most: number): Setting<T | number> {
  const parse = ([given = ""]: Texts, { where }: Place): number => {
    if (!/^\s*\d+\s*$/.test(given)) throw badSetting(given, where, "not a whole number");
    const value = Number(given);
    if (value < 1 || value > most) throw badSetting(given, where, `must be from 1 to ${most}`);
    return value;
  };
  return { ...named(row), repeatable: false, shape: "number", parse, show: (value) => value ?? null };
}

/** In milliseconds. */
export function duration<T extends number | undefined>(row: Row<T>, leastMs = 1): Setting<T | number> {
  const parse = ([given = ""]: Texts, { where }: Place): number => {
    const read = parseDuration(given);
    if (typeof read !== "number") throw badSetting(given, where, read.fault);
    if (read < leastMs) throw badSetting(given, where, `at least ${durationText(leastMs)}`);
    return read;
  };
  const show = (value: T | number): string | null => (value === undefined ? null : durationText(value));
  return { ...named(row), repeatable: false, shape: "duration", parse, show };
}

const WORDS: ReadonlyMap<string, boolean> = new Map([
  ["true", true],
  ["false", false],
  ["yes", true],
  ["no", false],
  ["on", true],
  ["off", false],
  ["1", true],
  ["0", false],
]);

/** Whether a text is one of the words for on or off, and which. */
export function parseToggle(given: string): boolean | undefined {
  return WORDS.get(given.trim().toLowerCase());
}

const parseToggleText = (texts: Texts, { where }: Place): boolean => {
  const given = texts.at(-1) ?? "";
  const value = parseToggle(given);
  if (value === undefined) throw badSetting(given, where, "neither true nor false");
  return value;
};

/** On or off: `--flag`, `--no-flag`, and a word where a word is needed. */
export function toggle<T extends boolean | undefined>(row: Row<T>): Setting<T | boolean> {
  const base = { ...named(row), repeatable: false, shape: "boolean", parse: parseToggleText } as const;
  return { ...base, shownNegated: row.fallback !== false, show: (value) => value ?? null };
}

/** More than this is no help in an error. */
const MOST_LISTED = 20;

/** Throws `bad-setting` with the nearest where `word` is not one of `known`; `noun` says what it was to be. */
export function requireKnown(word: string, noun: string, known: Texts, where: string): void {
  if (known.includes(word)) return;
  // Where one is near it says all; who is further off needs the list.
  const near = suggestion(word, known);
  const all = known.length > MOST_LISTED ? "'discover catalog' shows all" : `known are ${known.join(", ")}`;
  throw badSetting(word, where, `no such ${noun}${near === "" ? `; ${all}` : near}`);
}

function named<T>(row: Row<T>): Omit<Setting<T>, "parse" | "show" | "repeatable"> {
  const environment = typeof row.environment === "string" ? [{ name: row.environment }] : row.environment;
  return { ...row, key: camelCase(row.flag), environment, shownNegated: false };
}

/** `per-host` is `perHost` in a config file, and in cac's hands. */
export function camelCase(flag: string): string {
  return flag.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** The error for a text that cannot be what a setting wants. */
export function badSetting(given: string, where: string, why: string): DiscoverError {
  return new DiscoverError("bad-setting", `${shown(given) || "nothing"} (${where}): ${why}`);
}
