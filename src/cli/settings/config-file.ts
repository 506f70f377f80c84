import { existsSync } from "node:fs";
import { join, resolve } from "node:path";

import type { DocumentNode, Member } from "../../document/node.ts";
import { plainValue } from "../../document/node.ts";
import { fileFault } from "../../model/error-code.ts";
import { DiscoverError } from "../../model/errors.ts";
import { suggestion } from "../../model/nearest.ts";
import { shown } from "../../targets/token.ts";
import { badSetting } from "./kinds.ts";
import type { FileShape } from "./setting.ts";
import { SETTING_LIST } from "./settings.ts";
import type { ConfigFile, FileEntry } from "./sources.ts";

/** Looked for in the working directory where no file is named. */
const NAMES = ["sonde.config.yaml", "sonde.config.yml", "sonde.config.json"];

/** Why a file's value cannot be what a setting wants. */
export interface SettingFault {
  readonly fault: string;
}

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
  const entries = new Map<string, FileEntry>();
  for (const [key, { keyAt, node }] of await readMembers(text, path)) {
    const texts = settingTexts(key, node);
    if (texts === undefined) continue;
    if ("fault" in texts) throw badSetting(key, `${path} line ${keyAt.line}`, texts.fault);
    entries.set(key, { texts, line: keyAt.line });
  }
  return { path, entries };
}

async function readMembers(text: string, path: string): Promise<ReadonlyMap<string, Member>> {
  const { readDocument } = await import("../../document/read.ts");
  const top = await readDocument(text);
  if (!("fault" in top) && top.kind === "mapping") return top.members;
  if (!("fault" in top) && top.kind === "scalar" && top.value === null) return new Map();
  const fault = "fault" in top ? top : { fault: "not a mapping of settings to values", ...top.at };
  const where = `${shown(path)} line ${fault.line}, column ${fault.column}`;
  throw new DiscoverError("bad-setting", `${where}: ${shown(fault.fault)}`);
}

/** Settings that a file may hold. */
const IN_FILES = SETTING_LIST.filter(({ shape }) => shape !== undefined);

/**
 * What a file says of the setting of that key, as its parser takes it; or why it cannot be. Undefined where it says
 * nothing: null is unset, as an empty environment variable is, `rate:` with nothing behind it.
 */
export function settingTexts(key: string, node: DocumentNode): readonly string[] | SettingFault | undefined {
  const shape = IN_FILES.find((setting) => setting.key === key)?.shape;
  if (shape === undefined) {
    const keys = IN_FILES.map((setting) => setting.key);
    return { fault: `no such setting${suggestion(key, keys)}` };
  }
  const value = plainValue(node);
  if (value === null) return undefined;
  if (!ACCEPTS[shape](value)) return { fault: `must be ${WANTED[shape]}, not ${kindOf(value)}` };
  // A list's items are words, whatever they look like: `007` is a file's name, `10.10` the beginning of an address.
  if (shape !== "list" && typeof value === "number") return [String(value)];
  const items = node.kind === "list" ? node.items : [node];
  return items.flatMap((item) => (item.kind === "scalar" ? item.written : []));
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
