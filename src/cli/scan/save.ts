import { access, constants, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";

import { writeAtomically } from "../../disk/atomic.ts";
import { destination } from "../../disk/destination.ts";
import { errorCode, fileFault } from "../../model/error-code.ts";
import { DiscoverError } from "../../model/errors.ts";
import { shown } from "../../targets/token.ts";

/** A place where a document can be written. */
export interface SaveTarget {
  /** As it was given, for messages. */
  readonly path: string;
  /** Where it is, links followed. */
  readonly file: string;
  /** Permissions of the file that is there already, to be kept. */
  readonly mode?: number;
}

/**
 * Makes sure, before a run begins, that its result can be saved: the directory is there and can be written to, and
 * what has the name already is a file. Throws `file`.
 */
export async function checkSaveTarget(path: string, cwd: string): Promise<SaveTarget> {
  const refuse = (why: string, cause?: unknown): never => {
    throw new DiscoverError("file", `cannot save to ${shown(path)}: ${why}`, { cause });
  };
  const asked = resolve(cwd, path);
  const file = await destination(asked);
  const there = await stat(file).catch((error: unknown) =>
    errorCode(error) === "ENOENT" ? undefined : refuse(fileFault(error), error),
  );
  // To rename over a device would take it away from everybody.
  if (there !== undefined && !there.isFile()) return refuse("there is something that is not a file");
  const directory = dirname(file);
  // As it was given, unless a link leads elsewhere.
  const folder = shown(file === asked ? dirname(path) : directory);
  const parent = await stat(directory).catch((error: unknown) =>
    refuse(`there is no directory ${folder}`, error),
  );
  if (!parent.isDirectory()) return refuse(`${folder} is not a directory`);
  await access(directory, constants.W_OK).catch((error: unknown) =>
    refuse(`the directory ${folder} cannot be written to`, error),
  );
  return there === undefined ? { path, file } : { path, file, mode: there.mode & 0o777 };
}

/** Writes a file whole or not at all. Throws `file`. */
export function saveAtomically({ path, file, mode }: SaveTarget, text: string): void {
  try {
    writeAtomically(file, text, mode);
  } catch (cause) {
    throw new DiscoverError("file", `cannot save to ${shown(path)}: ${fileFault(cause)}`, { cause });
  }
}
