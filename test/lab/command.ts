import { execFile } from "node:child_process";

import { PROGRAMS, programPath } from "./programs.js";

/** Runs a program to its end and returns what it printed. Throws with what it said where it fails. */
export function run(argv: readonly string[], input = ""): Promise<string> {
  const [program = "", ...rest] = argv;
  return new Promise((resolve, reject) => {
    const child = execFile(installed(program), rest, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`${argv.join(" ")}: ${stderr.trim() || error.message}`));
    });
    child.stdin?.on("error", () => {}); // it may end without reading all of it
    child.stdin?.end(input);
  });
}

/** Where a program is; throws with the package that brings it where it is not installed. */
export function installed(program: string): string {
  const found = programPath(program);
  if (found !== undefined) return found;
  const debian = PROGRAMS.find(({ name }) => name === program)?.debian ?? program;
  throw new Error(`${program} is not installed (Debian: apt install ${debian})`);
}
