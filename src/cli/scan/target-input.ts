import { resolve } from "node:path";

import { fileFault } from "../../model/error-code.ts";
import { DiscoverError } from "../../model/errors.ts";
import type { TargetText } from "../../model/options.ts";
import { parseTargetsFile } from "../../targets/file.ts";
import { shown, splitTokens } from "../../targets/token.ts";
import type { Origin } from "../settings/setting.ts";
import { originText } from "../settings/setting.ts";
import { SETTINGS } from "../settings/settings.ts";
import type { ReadSetting } from "../settings/sources.ts";
import type { Io } from "../terminal/io.ts";

/**
 * Where to look, gathered from arguments, `--range` and `--targets-file`. These add up; what environment and config
 * file say about it only counts where nothing was typed. Undefined: nobody said anything, so this machine it is.
 * Throws `file` for a file that cannot be read, `no-target` where all that was named holds no target.
 */
export async function gatherTargets(
  args: readonly string[],
  read: ReadSetting,
  io: Io,
  signal: AbortSignal,
): Promise<readonly TargetText[] | undefined> {
  const range = read(SETTINGS.range);
  const files = read(SETTINGS.targetsFile);
  const typed = args.length > 0 || isTyped(range.origin) || isTyped(files.origin);
  const counts = (origin: Origin): boolean => isTyped(origin) || (!typed && origin.kind !== "default");
  const targets = args.flatMap((arg, at) => (arg === "-" ? [] : fromArgument(arg, at)));
  if (counts(range.origin)) {
    targets.push(...range.value.map((text) => ({ text, where: originText(range.origin) })));
  }
  const paths = [...args.filter((arg) => arg === "-"), ...(counts(files.origin) ? files.value : [])];
  for (const path of new Set(paths)) targets.push(...(await fromFile(path, io, signal)));
  if (targets.length > 0 || signal.aborted) return targets;
  if (!typed && range.origin.kind === "default" && files.origin.kind === "default") return undefined;
  throw new DiscoverError("no-target", `no target in ${paths.map(fileName).join(", ")}: nothing was scanned`);
}

function isTyped(origin: Origin): boolean {
  return origin.kind === "flag";
}

function fromArgument(arg: string, at: number): TargetText[] {
  const where = `argument ${at + 1}`;
  const tokens = splitTokens(arg, where);
  if (tokens.length === 0)
    throw new DiscoverError("bad-target", `${where} is empty: give a target, or nothing`);
  return tokens;
}

async function fromFile(path: string, io: Io, signal: AbortSignal): Promise<TargetText[]> {
  if (path !== "-") return parseTargetsFile(await readTargets(path, io.cwd, signal), path);
  let text = "";
  for await (const chunk of io.stdin.chunks(signal)) text += chunk;
  return parseTargetsFile(text, fileName(path));
}

async function readTargets(path: string, cwd: string, signal: AbortSignal): Promise<string> {
  try {
    const { readText } = await import("../terminal/read-text.ts");
    return await readText(resolve(cwd, path), signal);
  } catch (cause) {
    throw new DiscoverError("file", `targets file ${shown(path)}: ${fileFault(cause)}`, { cause });
  }
}

function fileName(path: string): string {
  return path === "-" ? "standard input" : shown(path);
}
