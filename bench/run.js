// @ts-check
// `npm run bench`: every bench in its short form, one after the other. Fails where one says that a promise is broken.

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** @type {readonly (readonly [string, ...string[]])[]} */
const SHORT = [
  ["start-up.js", "--runs=20"],
  ["this-machine.js", "--runs=1"],
  ["false-open.js", "--scans=3"],
  ["descriptors.js", "--runs=5"],
  ["slash-eight.js"],
  ["sweep.js", "--runs=1"],
  ["identify.js"],
  ["silent-few.js", "--runs=1"],
  ["pace.js", "--runs=3"],
];

let broken = false;
for (const [file, ...flags] of SHORT) {
  const path = fileURLToPath(new URL(file, import.meta.url));
  const { status } = spawnSync(process.execPath, [path, ...flags], { stdio: "inherit" });
  broken ||= status !== 0;
}
process.exitCode = broken ? 1 : 0;
