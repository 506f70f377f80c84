import { existsSync } from "node:fs";
import { join, resolve } from "node:path";

import { fileFault } from "../../model/error-code.ts";
import { DiscoverError } from "../../model/errors.ts";
import { suggestion } from "../../model/nearest.ts";
import { shown } from "../../targets/token.ts";
import { badSetting } from "./kinds.ts";
import type { FileShape } from "./setting.ts";
import { SETTING_LIST } from "./settings.ts";
import type { ConfigFile } from "./sources.ts";
import type { Member } from "./yaml-members.ts";
import { readMembers } from "./yaml-members.ts";

/** Looked for in the working directory where no file is named. */
const NAMES = ["sonde.config.yaml", "sonde.config.yml", "sonde.config.json"];

/**
 * The config file that is named, or the one in the working directory; undefined where there is none.
 * Throws `file` where it cannot be read, where there are two, or where `signal` fires while it is waited for;
 * `bad-setting` where it cannot be understood.
 */
export async function loadConfigFile(
  named: string | undefined,
  cwd: string,
  signal: AbortSignal,
): Promise<ConfigFile | undefined> {
  const path = named ?? findConfigFile(cwd);
  if (path === undefined) return undefined;
  let text: string;
  try {
    const { readText } = await import("../terminal/read-text.ts");
    text = await readText(resolve(cwd, path), signal);
  } catch (cause) {
    throw new DiscoverError("file", `config file ${shown(path)}: ${fileFault(cause)}`, { cause });
  }
  return parseConfigFile(text, path);
}

function findConfigFile(cwd: string): string | undefined {
  const found = NAMES.filter((name) => existsSync(join(cwd, name)));
  if (found.length < 2) return found[0];
  throw new DiscoverError(
    "file",
    `${found.join(" and ")}: two config files; keep one, or say which with --config`,
  );
}

/** Reads the text of a config file, YAML or JSON. Throws `bad-setting`, naming the place. */
export async function parseConfigFile(text: string, path: string): Promise<ConfigFile> {
  const members = await readMembers(text);
  if ("fault" in members) {
    const { fault, line, column } = members;
    throw new DiscoverError("bad-setting", `${shown(path)} line ${line}, column ${column}: ${shown(fault)}`);
  }
  const entries = new Map<string, { texts: readonly string[]; line: number }>();
  for (const member of members) {
    // Null is unset, as an empty environment variable is: `rate:` with nothing behind it.
    const texts = textsOf(member, path);
    if (texts !== undefined) entries.set(member.key, { texts, line: member.line });
  }
  return { path, entries };
}

function textsOf({ key, value, written, line }: Member, path: string): readonly string[] | undefined {
  const where = `${path} line ${line}`;
  const settings = SETTING_LIST.filter(({ shape }) => shape !== undefined);
  const shape = settings.find((setting) => setting.key === key)?.shape;
  if (shape === undefined) {
    const keys = settings.map((setting) => setting.key);
    throw badSetting(key, where, `no such setting${suggestion(key, keys)}`);
  }
  if (value === null || value === undefined) return undefined;
  if (!ACCEPTS[shape](value)) {
    throw badSetting(key, where, `must be ${WANTED[shape]}, not ${kindOf(value)}`);
  }
  // A list's items are words, whatever they look like: `007` is a file's name, `10.10` the beginning of an address.
  if (shape === "list" || typeof value !== "number") return written;
  return [String(value)];
}

const isWord = (value: unknown): boolean => typeof value === "string" || typeof value === "number";

const ACCEPTS: Readonly<Record<FileShape, (value: unknown) => boolean>> = {
  boolean: (value) => typeof value === "boolean",
  number: (value) => typeof value === "number",
  duration: isWord,
  text: (value) => typeof value === "string",
  list: (value) => isWord(value) || (Array.isArray(value) && value.length > 0 && value.every(isWord)),
};

const WANTED: Readonly<Record<FileShape, string>> = {
  boolean: "true or false",
  number: "a number",
  duration: "seconds or text such as 500ms",
  text: "text",
  list: "a list or text with commas",
};

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "object") return "a mapping";
  return typeof value === "string" ? "text" : `a ${typeof value}`;
}
