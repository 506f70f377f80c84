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
  ["bookkeeping.js", "--prefix=14"],
  ["slash-eight.js", "--seconds=4"],
  ["sweep.js", "--runs=1"],
  ["identify.js"],
  ["silent-few.js", "--runs=1"],
  ["silent.js", "--runs=1", "--slow-runs=1", "--patience=0"],
  ["on-link.js", "--runs=1", "--prefix=21", "--quick"],
  ["politeness.js", "--seconds=4", "--patience=0"],
  ["checkpoint.js", "--kills=2"],
  ["sparse.js", "--prefix=14", "--inhabited=4"],
  ["pace.js", "--runs=3"],
  ["validate.js", "--runs=5"],
];

const begun = performance.now();
let broken = false;
for (const [file, ...flags] of SHORT) {
  const path = fileURLToPath(new URL(file, import.meta.url));
  const { status } = spawnSync(process.execPath, [path, ...flags], { stdio: "inherit" });
  broken ||= status !== 0;
}
console.log(`all in ${((performance.now() - begun) / 1_000).toFixed(0)} s`);
process.exitCode = broken ? 1 : 0;
