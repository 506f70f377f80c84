// @ts-check
// How late after its --deadline a run is over. Whether --rate is kept, politeness.js tells.

import { discovered, flag, median, verdict } from "./measure.js";
import { enterLab } from "./world.js";

enterLab();
const RUNS = flag("runs", 5);
const DEADLINE_MS = 1_000;
/** What a run may take after its deadline; start and end of the process, which depend on the machine, are not in it. */
const MOST_LATE_MS = 250;
const TARGET = ["127.0.0.1", "--no-identify"];

const late = [];
const lateProcess = [];
for (let run = 0; run < RUNS; run++) {
  const args = [...TARGET, "--ports=all", `--deadline=${DEADLINE_MS}ms`];
  const cost = await discovered(args);
  late.push(cost.inventory.scan.durationMs - DEADLINE_MS);
  lateProcess.push(cost.wall * 1_000 - DEADLINE_MS);
}
console.log(
  `pace: --deadline=${DEADLINE_MS}ms, ${RUNS} runs: over after it by ${Math.max(...late)} ms at most, ` +
    `median ${median(late)} ms; the whole process by ${Math.max(...lateProcess).toFixed(0)} ms`,
);
verdict(`over within ${MOST_LATE_MS} ms of its deadline`, Math.max(...late) <= MOST_LATE_MS);
