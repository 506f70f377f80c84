import { existsSync, readFileSync, statSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";

import { writeAtomically } from "../disk/atomic.ts";
import { destination } from "../disk/destination.ts";
import { takeLock } from "../disk/lock.ts";
import { errorCode, fileFault } from "../model/error-code.ts";
import { DiscoverError } from "../model/errors.ts";
import { type JsonObject, isObject } from "../model/json.ts";
import { SERVERS_DEFAULTS, type ServersConfig } from "../model/servers.ts";
import { inOrderOf, membersOf } from "./members.ts";
import { faultText, isFaults, oneLine, parseServers } from "./parse-servers.ts";

/** A registered servers file as it was found. */
export interface ServersFile {
  /** What holds: the file's, or the defaults. */
  readonly config: ServersConfig;
  /** False: there is no such file. */
  readonly exists: boolean;
  /** The folder that relative paths in it start from, absolute. */
  readonly folder: string;
}

/** Nobody takes this long to change a line, in milliseconds. */
const LOCK_MS = 10_000;

interface ReadOptions {
  readonly signal?: AbortSignal;
  /** How the file is called in messages; its path where absent. */
  readonly called?: string;
}

/**
 * Reads a registered servers file (JSON). One that is not there is the defaults. Throws `bad-setting` for what cannot be
 * understood, with line, column, member and the nearest right thing, and `file` where it cannot be read.
 */
export async function readServers(file: string, options: ReadOptions = {}): Promise<ServersFile> {
  const { signal, called = file } = options;
  const folder = dirname(resolve(file));
  let text: string;
  try {
    const there = await stat(file);
    // A FIFO would have to be waited for, and cannot be called off.
    if (!there.isFile() && !there.isDirectory()) throw new Error("it is no file");
    text = await readFile(file, { encoding: "utf8", ...(signal && { signal }) });
  } catch (error) {
    if (errorCode(error) === "ENOENT") return { config: SERVERS_DEFAULTS, exists: false, folder };
    if (signal?.aborted === true) throw error;
    throw fileError("read", called, error);
  }
  return { config: await parseServers(text, called), exists: true, folder };
}

/**
 * Writes a registered servers file, whole or not at all; a link to it stays one. Members that are there keep their
 * order, and those that are not are added where they differ from the defaults; a new file has all of them. Throws
 * `bad-setting` for what could not be read again, and `file` where it cannot be written.
 */
export async function writeServers(
  file: string,
  config: ServersConfig,
  called: string = file,
): Promise<void> {
  const members = membersOf(config);
  const { checkFile } = await import("./schema.ts");
  const checked = checkFile(members);
  if (isFaults(checked)) {
    const [first = { path: "", fault: "not understood" }] = checked;
    throw new DiscoverError("bad-setting", oneLine(`${called} cannot be written: ${faultText(first)}`));
  }
  const place = await destination(resolve(file));
  try {
    const ordered = inOrderOf(membersIn(place), members);
    writeAtomically(place, `${JSON.stringify(ordered, null, 2)}\n`, modeOf(place));
  } catch (error) {
    throw fileError("write", called, error);
  }
}

/**
 * Reads a file, changes it and writes it, while nobody else does; returns what it holds then. `change` returns
 * undefined to leave the file as it is; what it throws is passed on. Rejects with the reason of `signal`.
 */
export async function updateServers(
  file: string,
  change: (found: ServersFile) => ServersConfig | undefined,
  { signal, called = file }: ReadOptions & { readonly signal: AbortSignal },
): Promise<ServersConfig> {
  const place = await destination(resolve(file));
  // The lock would make it.
  if (!existsSync(dirname(place)))
    throw new DiscoverError(
      "file",
      oneLine(`servers file ${called}: there is no directory ${dirname(place)}`),
    );
  const patience = AbortSignal.any([signal, AbortSignal.timeout(LOCK_MS)]);
  const lock = await takeLock(`${place}.lock`, patience).catch((error: unknown) => {
    if (signal.aborted) throw error;
    const why = patience.aborted ? new Error(`another process has ${place}.lock`) : error;
    throw fileError("write", called, why);
  });
  try {
    const found = await readServers(file, { signal, called });
    const changed = change(found);
    if (changed !== undefined) await writeServers(file, changed, called);
    return changed ?? found.config;
  } finally {
    lock.release();
  }
}

/** The file's members as they are, in their order; undefined where there is no such file, or none that can be read. */
function membersIn(place: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(place, "utf8").replace(/^\ufeff/, ""));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function modeOf(place: string): number | undefined {
  const mode = statSync(place, { throwIfNoEntry: false })?.mode;
  return mode === undefined ? undefined : mode & 0o777;
}

function fileError(what: "read" | "write", called: string, cause: unknown): DiscoverError {
  const why = fileFault(cause);
  return new DiscoverError("file", oneLine(`servers file ${called} cannot be ${PAST[what]}: ${why}`), {
    cause,
  });
}

const PAST = { read: "read", write: "written" } as const;
