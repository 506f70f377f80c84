import { randomUUID } from "node:crypto";
import { closeSync, fchmodSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/**
 * Writes a file whole or not at all: beside it first, to the disk, then renamed over it. Throws what the file system says.
 * Synchronous, so that a second Ctrl-C cannot come between and leave the temporary file behind.
 */
export function writeAtomically(file: string, text: string, mode?: number): void {
  const temporary = join(dirname(file), `.${basename(file)}.${randomUUID()}.tmp`);
  try {
    writeDurably(temporary, text, mode);
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

function writeDurably(file: string, text: string, mode: number | undefined): void {
  const descriptor = openSync(file, "wx", mode ?? 0o666);
  try {
    // Whatever the umask says: a file's permissions are kept.
    if (mode !== undefined) fchmodSync(descriptor, mode);
    const bytes = Buffer.from(text);
    let written = 0;
    while (written < bytes.length) written += writeSync(descriptor, bytes, written);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
