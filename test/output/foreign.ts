import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

import { test } from "vitest";

/** Debian's own Python where there is one: its packages (python3-yaml) are not for another that may stand first in PATH. */
export const PYTHON: string = existsSync("/usr/bin/python3") ? "/usr/bin/python3" : "python3";

/** What a parser that is not ours makes of text: a program that reads it and writes JSON. */
export function foreign(command: string, args: readonly string[], input: string): unknown {
  const { status, stdout, stderr } = spawnSync(command, args, {
    input,
    encoding: "utf8",
    maxBuffer: 2 ** 26,
  });
  if (status !== 0) throw new Error(`${command} refused it: ${stderr}`);
  return JSON.parse(stdout);
}

/** A test that needs such a program: in CI it has to be there. */
export function testWith(command: string, args: readonly string[]): ReturnType<typeof test.skipIf> {
  const present = spawnSync(command, args).status === 0;
  return test.skipIf(!present && process.env["CI"] === undefined);
}
