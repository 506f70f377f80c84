import { spawnSync } from "node:child_process";

import { test } from "vitest";

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
