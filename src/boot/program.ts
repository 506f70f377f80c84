import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";

import { StartFault } from "./fault.ts";

/** Makes sure that there is such a program, seen from `cwd`. Throws a `StartFault` that says what is missing. */
export function requireProgram(name: string, cwd: string, path: string | undefined): void {
  if (!isFolder(cwd))
    throw new StartFault(`there is no folder ${cwd} to start it in`, { remedy: "mend start.cwd" });
  if (name.includes("/")) {
    if (!isProgram(resolve(cwd, name)))
      throw new StartFault(`${name} is no program that can be run, seen from ${cwd}`, {
        remedy: "mend start.command, or make the file executable",
      });
  } else if (!(path ?? "").split(delimiter).some((folder) => isProgram(join(resolve(cwd, folder), name))))
    throw new StartFault(`no program '${name}' in PATH`, {
      remedy: `install ${name}, or mend start.command`,
    });
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
