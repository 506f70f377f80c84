import { existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";

import { errorCode } from "../model/error-code.ts";

/**
 * Makes a folder, and those that it lies in, for this user alone. Not by `recursive`: Node goes round for ever, and hears no
 * signal, where a file system says ENOENT for a folder that it will not make (/proc). Throws the system's error.
 */
export function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  const parent = dirname(folder);
  if (parent !== folder) makeFolder(parent);
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    // Another process was quicker.
    if (errorCode(error) !== "EEXIST") throw error;
  }
}
