import { existsSync, realpathSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";

import { errorCode, fileFault } from "../../model/error-code.ts";
import { DiscoverError } from "../../model/errors.ts";
import type { Stack } from "../../model/stack.ts";
import type { ReadStack } from "../../stack/read.ts";
import { shown } from "../../targets/token.ts";
import { settingTexts } from "../settings/config-file.ts";
import type { ConfigFile } from "../settings/sources.ts";

/** Looked for in the working directory where no file is named. */
const NAMES = ["services.yaml", "services.yml", "services.json"];

/** A stack file as a command takes it. */
export interface LoadedStack {
  readonly stack: ReadStack;
  /** What it says under `discovery`, as a source of settings: `Sources.stackFile`. */
  readonly settings: ConfigFile;
}

/**
 * Reads the stack file that is named, or the one in the working directory. Throws `file` where there is none, where there are two
 * to choose from, or where it cannot be read, or `signal` fires while it is waited for; `bad-stack` where it cannot be understood.
 */
export async function loadStack(
  named: string | undefined,
  cwd: string,
  signal: AbortSignal,
): Promise<LoadedStack> {
  const path = named ?? findStackFile(cwd);
  const text = await textOf(path, cwd, signal);
  const [{ readStack }, { loadCatalog }, { typeWords }] = await Promise.all([
    import("../../stack/read.ts"),
    import("../../catalog/index.ts"),
    import("../../inventory/filter.ts"),
  ]);
  const stack = await readStack(text, {
    file: path,
    folder: cwd,
    ...realPlace(resolve(cwd, path)),
    types: typeWords(await loadCatalog()),
    readSetting: discoverySetting,
  });
  return { stack, settings: { path, entries: stack.discovery } };
}

/** Where a stack file lies, and whether it still does. */
interface StackPlace extends Pick<Stack, "file" | "folder" | "realName"> {
  readonly exists: boolean;
}

/** Where a stack file lies, or lay; it is not read. Throws `file` as `loadStack` does where none is named. */
export function stackPlace(named: string | undefined, cwd: string): StackPlace {
  const file = named ?? findStackFile(cwd);
  const path = resolve(cwd, file);
  return { file, folder: realFolder(dirname(path)), ...realPlace(path), exists: existsSync(path) };
}

function realFolder(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return folder;
  }
}

/** Code is loaded where somebody names it, not where a folder that one came across does: a plan must be safe anywhere. */
function discoverySetting(...[key, node]: Parameters<typeof settingTexts>): ReturnType<typeof settingTexts> {
  if (key === "plugin")
    return { fault: "a stack file names no code: say --plugin, or put it into the config file" };
  return settingTexts(key, node);
}

/** Links followed; nothing for what lies nowhere, such as a pipe. */
function realPlace(path: string): Pick<Stack, "folder" | "realName"> | undefined {
  try {
    const real = realpathSync(path);
    return { folder: dirname(real), realName: basename(real) };
  } catch {
    return undefined;
  }
}

async function textOf(path: string, cwd: string, signal: AbortSignal): Promise<string> {
  try {
    const { readText } = await import("../terminal/read-text.ts");
    return await readText(resolve(cwd, path), signal);
  } catch (cause) {
    const remedy = errorCode(cause) === "ENOENT" ? `; ${HOW_TO_BEGIN}` : "";
    throw new DiscoverError("file", `stack file ${shown(path)}: ${fileFault(cause)}${remedy}`, { cause });
  }
}

const HOW_TO_BEGIN =
  "one says 'services: { redis: auto }', for a start, and 'discover schema stack' has the rest";

function findStackFile(cwd: string): string {
  const [first, second] = NAMES.filter((name) => existsSync(join(cwd, name)));
  if (first === undefined)
    throw new DiscoverError("file", `no stack file: name one, or write ${NAMES[0]}; ${HOW_TO_BEGIN}`);
  if (second === undefined) return first;
  throw new DiscoverError("file", `${first} and ${second}: two stack files; keep one, or name it`);
}
