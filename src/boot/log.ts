import { closeSync, existsSync, fchmodSync, fstatSync, openSync, readSync, renameSync } from "node:fs";
import { join } from "node:path";

import { makeFolder } from "../disk/folder.ts";
import type { InstanceName } from "./token.ts";

/** So much of a log's end is read. */
const TAIL_BYTES = 8_192;
const TAIL_LINES = 10;
/** Where what went wrong is told before a long trace of where. */
const TELLING_LINES = 60;
const LINE_LENGTH = 500;

/** A file for what a service writes. */
export interface Log {
  readonly path: string;
  /** For who starts the service, and to be closed then. */
  readonly descriptor: number;
}

/** Makes a new log; the one before it is kept as `.1`. Throws what the file system says. */
export function openLog(folder: string, { service, instance }: InstanceName): Log {
  const logs = join(folder, "logs");
  makeFolder(logs);
  const path = join(logs, `${encodeURIComponent(service)}-${instance}.log`);
  if (existsSync(path)) renameSync(path, `${path}.1`);
  const descriptor = openSync(path, "a", 0o600);
  fchmodSync(descriptor, 0o600);
  return { path, descriptor };
}

/** The last lines of a log, bounded; none where it cannot be read. */
export function logTail(path: string | null, most: number = TAIL_LINES): string[] {
  if (path === null) return [];
  try {
    return lastLines(endOf(path), most);
  } catch {
    return [];
  }
}

/** The last lines of a text that are not empty, bounded. */
export function lastLines(text: string, most: number = TAIL_LINES): string[] {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  return lines.slice(-most).map((line) => line.slice(0, LINE_LENGTH));
}

const TELLING = /\b(?:\w*error|fatal|panic|cannot|failed|denied|refused)\b/i;

/** The line that tells most of what went wrong, behind a colon: the last that speaks of it, or else the last. */
export function lastWords(tail: readonly string[]): string {
  const line = tail.findLast((one) => TELLING.test(one)) ?? tail.at(-1);
  return line === undefined ? "" : `: ${line.trim()}`;
}

/** The same of a log. */
export function lastWordsOf(path: string | null): string {
  return lastWords(logTail(path, TELLING_LINES));
}

function endOf(path: string): string {
  const descriptor = openSync(path, "r");
  try {
    const { size } = fstatSync(descriptor);
    const bytes = Buffer.alloc(Math.min(size, TAIL_BYTES));
    const read = readSync(descriptor, bytes, 0, bytes.length, size - bytes.length);
    return bytes.toString("utf8", 0, read);
  } finally {
    closeSync(descriptor);
  }
}
