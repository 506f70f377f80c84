import { randomUUID } from "node:crypto";
import { linkSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

import { errorCode } from "../model/error-code.ts";
import { asObject } from "../model/json.ts";
import { makeFolder } from "./folder.ts";
import { type Owner, isThere, thisOwner } from "./owner.ts";

/** A file that one process at a time has. Who was killed has it no more. */
export interface Lock {
  /** Lets go of it. */
  release(): void;
}

/** How often a lock that somebody has is tried again, in milliseconds. */
const AGAIN_MS = 20;
/** Nobody takes this long to put a dead one's lock away. */
const LONGEST_CLEARING_MS = 5_000;

/** Takes a lock at once, or says who has it; `undefined` for who could not be read. */
export function tryLock(path: string): Lock | { readonly holder: Owner | undefined } {
  makeFolder(dirname(path));
  const text = JSON.stringify({ ...thisOwner(), token: randomUUID() });
  if (!putThere(path, text)) {
    const there = read(path);
    if (there !== undefined && (isThere(parsed(there)) || !clear(path, there)))
      return { holder: ownerIn(there) };
    if (!putThere(path, text)) return { holder: ownerIn(read(path) ?? "") };
  }
  // Somebody may have taken it for a dead one's and have it by now.
  return { release: () => void (read(path) === text && rmSync(path, { force: true })) };
}

/** Takes a lock, and waits for it if need be. Rejects with the reason of `signal`. */
export async function takeLock(path: string, signal: AbortSignal): Promise<Lock> {
  for (;;) {
    const lock = tryLock(path);
    if ("release" in lock) return lock;
    await pause(AGAIN_MS, undefined, { signal });
  }
}

/** By link(2): the file is there with all that is in it, or another one's is. */
function putThere(path: string, text: string): boolean {
  const temporary = `${path}.${randomUUID()}`;
  try {
    writeFileSync(temporary, text, { flag: "wx", mode: 0o600 });
    linkSync(temporary, path);
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** Takes a dead one's lock away; one process at a time looks, lest it be another's by then. */
function clear(path: string, dead: string): boolean {
  const clearing = `${path}.clearing`;
  if (!putThere(clearing, "")) {
    if (ageOf(clearing) > LONGEST_CLEARING_MS) rmSync(clearing, { force: true });
    return false;
  }
  try {
    if (read(path) !== dead) return false;
    rmSync(path, { force: true });
    return true;
  } finally {
    rmSync(clearing, { force: true });
  }
}

function ageOf(path: string): number {
  try {
    // A clock that was set back makes it none the younger.
    return Math.abs(Date.now() - statSync(path).mtimeMs);
  } catch {
    return 0;
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function ownerIn(text: string): Owner | undefined {
  const { pid, since } = asObject(parsed(text)) ?? {};
  return typeof pid === "number" && typeof since === "string" ? { pid, since } : undefined;
}
