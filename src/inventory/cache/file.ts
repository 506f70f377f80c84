import { createHash } from "node:crypto";
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  openSync,
  readFileSync,
  readSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { dirname, join } from "node:path";

import { writeAtomically } from "../../disk/atomic.ts";
import { makeFolder } from "../../disk/folder.ts";
import { takeLock } from "../../disk/lock.ts";
import { errorCode } from "../../model/error-code.ts";
import { asObject } from "../../model/json.ts";
import { MOST_CHARACTERS, MOST_ENDPOINTS } from "./limits.ts";
import { BadCacheFile, type Line, parseLine } from "./line.ts";

/** The version of the file; one of another version is set aside. */
export const CACHE_VERSION = 1;

const NAME = "inventory.jsonl";
/** Of those that were set aside the newest stay, for who wants to know what happened. */
const MOST_ASIDE = 3;
/** Longer than anybody needs to write it. */
const LOCK_WAIT_MS = 2_000;
/** Lines, their ends, and a header: a character may take three bytes. */
const MOST_BYTES = 3 * (MOST_CHARACTERS + MOST_ENDPOINTS) + 1_024;

/** Where the cache of a folder lies. */
export function cacheFileIn(folder: string): string {
  return join(folder, NAME);
}

/**
 * The lines of the cache; none where there is no file. Throws `BadCacheFile` for one that is broken or of another
 * version, and what the file system says, also where the file is somebody else's.
 */
export function readCacheFile(folder: string): readonly Line[] {
  const text = textOf(cacheFileIn(folder));
  if (text === undefined) return [];
  const end = text.indexOf("\n");
  const [head, body] = end < 0 ? [text, ""] : [text.slice(0, end), text.slice(end + 1)];
  const fault = headFault(head, body);
  if (fault !== undefined) throw new BadCacheFile(fault);
  return body.split("\n").slice(0, -1).map(parseLine);
}

/** Those of its lines that stand in its last bytes, unchecked. Throws what the file system says. */
export function readCacheEnd(folder: string, bytes: number): readonly Line[] {
  const text = textOf(cacheFileIn(folder), bytes) ?? "";
  return text.split("\n").flatMap((line) => {
    try {
      return parseLine(line);
    } catch {
      return [];
    }
  });
}

/** Writes it whole or not at all, for nobody else to read. */
export function writeCacheFile(folder: string, lines: readonly Line[]): void {
  const body = lines.map(({ text }) => `${text}\n`).join("");
  const head = JSON.stringify({ sonde: "cache", version: CACHE_VERSION, digest: digestOf(body) });
  // Whoever was killed while writing has left this behind; nobody else writes now.
  for (const name of readdirSync(folder)) {
    if (name.startsWith(`.${NAME}.`) && name.endsWith(".tmp")) rmSync(join(folder, name), { force: true });
  }
  writeAtomically(cacheFileIn(folder), `${head}\n${body}`, 0o600);
}

/** Takes it away, with all that was set aside. */
export function removeCacheFile(folder: string): void {
  for (const name of [NAME, ...namesAside(folder)])
    rmSync(join(folder, name), { force: true, recursive: true });
}

/** Renames what is no cache, so that a new one can be begun. Returns its new name. */
export function setAside(folder: string, now: number): string {
  const stamp = new Date(now).toISOString().replaceAll(/[-:]|\.\d+/g, "");
  const first = `${NAME}.bad-${stamp}`;
  const last = namesAside(folder).findLast((one) => one.startsWith(first));
  const number = last === undefined ? 1 : Number(last.slice(first.length + 1) || 1) + 1;
  const name = number === 1 ? first : `${first}-${String(number).padStart(3, "0")}`;
  renameSync(cacheFileIn(folder), join(folder, name));
  for (const old of namesAside(folder).slice(0, -MOST_ASIDE))
    rmSync(join(folder, old), { force: true, recursive: true });
  return name;
}

/** One process at a time: to write, and to set aside. Rejects where another one will not let go of it. */
export async function alone<T>(folder: string, task: () => T): Promise<T> {
  refuseForeign(folder);
  makeFolder(folder);
  const lock = await takeLock(`${cacheFileIn(folder)}.lock`, AbortSignal.timeout(LOCK_WAIT_MS)).catch(
    (error: unknown) => {
      if (error instanceof Error && error.name === "AbortError")
        throw new Error("another process has it", { cause: error });
      throw error;
    },
  );
  try {
    return task();
  } finally {
    lock.release();
  }
}

/** What root leaves in a user's home (`sudo -E`) that user could not read any more. */
function refuseForeign(folder: string): void {
  let there = folder;
  while (!existsSync(there) && dirname(there) !== there) there = dirname(there);
  if (process.getuid?.() === 0 && statSync(there).uid !== 0)
    throw new Error(`${there} belongs to another user`);
}

/** The oldest first. */
function namesAside(folder: string): string[] {
  const names = readdirSync(folder).filter((name) => name.startsWith(`${NAME}.bad-`));
  return names.toSorted();
}

/** Its last `bytes`, where it has more. */
function textOf(file: string, bytes = Infinity): string | undefined {
  let descriptor: number;
  try {
    // A FIFO would keep us waiting for who writes to it.
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    if (errorCode(error) === "ELOOP") throw new BadCacheFile("it is no file", { cause: error });
    throw error;
  }
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile()) throw new BadCacheFile("it is no file");
    // Whoever may write it may have us believe anything.
    const uid = process.getuid?.() ?? stat.uid;
    if (stat.uid !== uid) throw new Error("it belongs to another user");
    if (stat.size > MOST_BYTES) throw new BadCacheFile("it is too large");
    if (stat.size <= bytes) return readFileSync(descriptor, "utf8");
    const end = Buffer.alloc(bytes);
    return end.toString("utf8", 0, readSync(descriptor, end, 0, bytes, stat.size - bytes));
  } finally {
    closeSync(descriptor);
  }
}

function headFault(head: string, body: string): string | undefined {
  const { sonde, version, digest } = asObject(parsed(head)) ?? {};
  if (sonde !== "cache" || typeof version !== "number") return "it is broken";
  if (version !== CACHE_VERSION)
    return `it is of ${version < CACHE_VERSION ? "an older" : "a newer"} version, ${version}`;
  return digest === digestOf(body) ? undefined : "it is broken";
}

function digestOf(body: string): string {
  return createHash("sha1").update(body).digest("hex");
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
