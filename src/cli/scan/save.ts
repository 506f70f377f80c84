import { randomUUID } from "node:crypto";
import { closeSync, fchmodSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { access, constants, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";

import { errorCode, fileFault } from "../../model/error-code.ts";
import { DiscoverError } from "../../model/errors.ts";
import { destination } from "../../run/checkpoint/destination.ts";
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

/**
 * Writes a file whole or not at all: beside it first, to the disk, then renamed over it. Throws `file`.
 * Synchronous, so that a second Ctrl-C cannot come between and leave the temporary file behind.
 */
export function saveAtomically({ path, file, mode }: SaveTarget, text: string): void {
  const temporary = join(dirname(file), `.${basename(file)}.${randomUUID()}.tmp`);
  try {
    writeDurably(temporary, text, mode);
    renameSync(temporary, file);
  } catch (cause) {
    rmSync(temporary, { force: true });
    throw new DiscoverError("file", `cannot save to ${shown(path)}: ${fileFault(cause)}`, { cause });
  }
}

function writeDurably(file: string, text: string, mode: number | undefined): void {
  const descriptor = openSync(file, "wx");
  try {
    if (mode !== undefined) fchmodSync(descriptor, mode);
    const bytes = Buffer.from(text);
    let written = 0;
    while (written < bytes.length) written += writeSync(descriptor, bytes, written);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
