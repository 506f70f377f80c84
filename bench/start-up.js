// @ts-check
// How long it takes to say --help and --version, against a node that does nothing. Interleaved, since the machine's
// mood changes faster than a run of one kind would take.

import { spawnSync } from "node:child_process";

import { DISCOVER, flag, median, ms, verdict } from "./measure.js";

const RUNS = flag("runs", 40);
const GOAL = 1.5;

/** @type {Record<string, readonly string[]>} */
const COMMANDS = {
  "node -e 0": ["-e", "0"],
  "discover --help": [DISCOVER, "--help"],
  "discover --version": [DISCOVER, "--version"],
};

/** bash tells CPU time to the millisecond; GNU time only to ten. */
const TIMED = `TIMEFORMAT="%R %U %S"; time "$@" >/dev/null`;

/** @param {readonly string[]} args */
function timesOf(args) {
  const { status, stderr } = spawnSync("bash", ["-c", TIMED, "bash", process.execPath, ...args], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`${args.join(" ")} ended with ${status}: ${stderr}`);
  const [wall = 0, user = 0, system = 0] = stderr.trim().split(" ").map(Number);
  return { wall, cpu: user + system };
}

const kinds = Object.entries(COMMANDS).map(([name, args]) => ({
  name,
  args,
  wall: /** @type {number[]} */ ([]),
  cpu: /** @type {number[]} */ ([]),
}));
for (let run = -1; run < RUNS; run++) {
  for (const kind of kinds) {
    const { wall, cpu } = timesOf(kind.args);
    // The first of each only fills the page cache.
    if (run < 0) continue;
    kind.wall.push(wall);
    kind.cpu.push(cpu);
  }
}

console.log(`start-up: medians of ${RUNS} interleaved runs`);
const [least] = kinds;
if (least === undefined) throw new Error("there is nothing to compare with");
for (const { name, wall, cpu } of kinds) {
  const wallRatio = median(wall) / median(least.wall);
  const cpuRatio = median(cpu) / median(least.cpu);
  console.log(
    `  ${name.padEnd(20)} ${ms(median(wall))} (${wallRatio.toFixed(2)} ×), ` +
      `CPU ${ms(median(cpu))} (${cpuRatio.toFixed(2)} ×)`,
  );
  if (name === "discover --help") {
    verdict(`--help within ${GOAL} × of node -e 0, wall and CPU`, Math.max(wallRatio, cpuRatio) <= GOAL);
  }
}
