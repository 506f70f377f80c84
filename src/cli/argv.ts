import { DiscoverError } from "../model/errors.ts";
import { suggestion } from "../model/nearest.ts";
import { shown } from "../targets/token.ts";
import { FLAG_LIST, SHORT } from "./settings/flags.ts";
import type { Setting } from "./settings/setting.ts";
import { SETTING_LIST } from "./settings/settings.ts";

/** Flags that are no settings: what they do is done before anything is set. */
export const ACTIONS: ReadonlyMap<string, string> = new Map([
  ["--help", "help"],
  ["-h", "help"],
  ["--version", "version"],
  ["-v", "version"],
]);

const ALL = [...SETTING_LIST, ...FLAG_LIST];

function settingOf(flag: string): Setting<unknown> | undefined {
  return ALL.find((setting) => setting.flag === flag);
}

/** One flag as it was given, its value the text that was typed. */
export interface FlagText {
  readonly flag: string;
  readonly text: string;
}

export interface Words {
  readonly flags: readonly FlagText[];
  /** What stood before `--`: the first may be a command. */
  readonly positionals: readonly string[];
  /** What stood behind `--`: never a command, never a flag. */
  readonly literals: readonly string[];
}

/**
 * Arguments told apart: flags with their values, and the rest. A value is the text behind `=` or the next argument,
 * unless that is a flag itself; `-` and `-5` are values. Throws `bad-option` for a flag that nobody knows, a value that
 * is missing or not wanted, and a flag given twice that only counts once (on and off may be said again: the last wins).
 */
export function readArguments(argv: readonly string[]): Words {
  const end = argv.includes("--") ? argv.indexOf("--") : argv.length;
  const flags: FlagText[] = [];
  const positionals: string[] = [];
  for (let at = 0; at < end; at++) {
    const word = argv[at] ?? "";
    if (word === "-" || !word.startsWith("-")) positionals.push(word);
    else {
      const read = readFlag(word, at + 1 < end ? argv[at + 1] : undefined);
      flags.push(read);
      if (read.tookNext) at++;
    }
  }
  refuseRepeats(flags);
  return { flags, positionals, literals: argv.slice(end + 1) };
}

function readFlag(word: string, next: string | undefined): FlagText & { tookNext: boolean } {
  const equals = word.indexOf("=");
  const given = equals < 0 ? word : word.slice(0, equals);
  const name = SHORT.get(given) ?? given;
  const inline = equals < 0 ? undefined : word.slice(equals + 1);
  const action = ACTIONS.get(name);
  const found = action === undefined ? findSetting(name) : { flag: action, setting: undefined, on: true };
  const { flag, setting, on } = found;
  if (setting?.argument === undefined) {
    if (inline !== undefined && (setting === undefined || !on)) throw bad(`${name} takes no value`);
    return { flag, text: inline ?? String(on), tookNext: false };
  }
  const text = inline ?? (next !== undefined && !/^-[^\d]/.test(next) ? next : undefined);
  if (text === undefined || text === "") throw bad(`${name} needs a value: ${name}=${setting.argument}`);
  return { flag, text, tookNext: inline === undefined };
}

interface FoundSetting {
  readonly flag: string;
  readonly setting: Setting<unknown>;
  /** False for `--no-…`. */
  readonly on: boolean;
}

function findSetting(name: string): FoundSetting {
  const direct = name.startsWith("--") ? settingOf(name.slice(2)) : undefined;
  if (direct !== undefined) return { flag: direct.flag, setting: direct, on: true };
  const negated = name.startsWith("--no-") ? settingOf(name.slice("--no-".length)) : undefined;
  if (negated !== undefined && negated.argument === undefined) {
    return { flag: negated.flag, setting: negated, on: false };
  }
  // `-ports` is `--ports` with a dash too few.
  const meant = name.startsWith("--") ? name : `-${name}`;
  throw bad(`unknown option ${shown(name)}${suggestion(meant, flagNames())}`);
}

/** Every flag as one may type it. */
export function flagNames(): string[] {
  const settings = ALL.flatMap(({ flag, argument }) =>
    argument === undefined ? [`--${flag}`, `--no-${flag}`] : [`--${flag}`],
  );
  return [...settings, ...[...ACTIONS.keys()].filter((name) => name.startsWith("--"))];
}

function refuseRepeats(flags: readonly FlagText[]): void {
  const seen = new Map<string, string>();
  for (const { flag, text } of flags) {
    const before = seen.get(flag);
    seen.set(flag, text);
    const setting = settingOf(flag);
    if (before === undefined || setting?.argument === undefined || setting.repeatable) continue;
    throw bad(`--${flag} is given twice, as ${shown(before)} and ${shown(text)}: give it once`);
  }
}

function bad(message: string): DiscoverError {
  return new DiscoverError("bad-option", message);
}
