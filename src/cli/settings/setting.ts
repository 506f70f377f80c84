import type { Json } from "../../model/json.ts";

/** Where a value can come from; the first wins over those after it. */
export type Source = "flag" | "environment" | "file";

/** Where a value did come from. */
export type Origin =
  | { readonly kind: "flag"; readonly name: string }
  | { readonly kind: "environment"; readonly name: string }
  | { readonly kind: "file"; readonly path: string; readonly line: number; readonly key: string }
  | { readonly kind: "default" };

/** What a text came from, and how that is called in errors. */
export interface Place {
  readonly source: Source;
  readonly where: string;
}

/** An environment variable, and what its text means where that is not what a flag would take. */
export interface Variable {
  readonly name: string;
  /** The setting's text; undefined where the variable says nothing about it. */
  readonly meaning?: (text: string) => string | undefined;
}

/** What a config file may hold for a setting. A list may be one text with commas, too. */
export type FileShape = "boolean" | "number" | "duration" | "text" | "list";

export type SettingGroup = "Where to look" | "How to look" | "What to do" | "What to show" | "Other";

/** One thing that can be set: its names everywhere, how to read it, what it is when nobody set it. */
export interface Setting<T> {
  /** Its name in a config file: the flag in camel case. */
  readonly key: string;
  /** Without the dashes. */
  readonly flag: string;
  /** What follows the flag, for `--help`; absent: the flag stands alone, and `--no-` turns it off. */
  readonly argument?: string;
  /** More than one is allowed, and they add up. */
  readonly repeatable: boolean;
  readonly environment: readonly Variable[];
  /** Absent: not allowed in a config file. */
  readonly shape?: FileShape;
  readonly group: SettingGroup;
  /** For `--help`. */
  readonly summary: string;
  /** On by default: `--help` shows the flag that turns it off. */
  readonly shownNegated: boolean;
  readonly fallback: T;
  /** Reads one text, or all of a repeatable one. Throws `bad-setting`, or what the reader of such text throws. */
  parse(texts: readonly string[], place: Place): T;
  /** The value as `discover config` shows it; null: not set. */
  show(value: T): Json;
}

/** A value and where it came from. */
export interface Resolved<T> {
  readonly value: T;
  readonly origin: Origin;
}

/** `--ports`, `DISCOVERY_TCP_PORTS`, `sonde.config.yaml line 3, ports`, `default`. */
export function originText(origin: Origin): string {
  if (origin.kind === "default") return "default";
  if (origin.kind === "file") return `${origin.path} line ${origin.line}, ${origin.key}`;
  return origin.name;
}

/** How strongly a value was set: what is higher wins. */
export function rank(origin: Origin): number {
  return ["default", "file", "environment", "flag"].indexOf(origin.kind);
}
