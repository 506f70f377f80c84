// @ts-check
// Sixteen million addresses, seven ports and a few seconds: memory must not grow with the range, the deadline must
// hold, and the coverage must add up. What a target costs by itself, bookkeeping.js tells.

import { childMb, sampled } from "./counters.js";
import { costText, discovered, flag, verdict } from "./measure.js";
import { enterLab, layCable } from "./world.js";

enterLab();
const SECONDS = flag("seconds", 5);
const PORTS = [22, 80, 443, 3_306, 5_432, 6_379, 8_080];
const MOST_MB = 150;
const LONG_S = 28;
/** What start-up and the last conversations may take besides. */
const MOST_LATE_S = 1.5;
/** Until then it is starting, in milliseconds. */
const STARTED_MS = 1_500;
/** By how much more memory the later half of a run may take than the half before. */
const MOST_GROWTH = 0.1;

/** @param {string} where */
async function scan(where) {
  const args = [
    "10.0.0.0/8",
    `--ports=${PORTS.join(",")}`,
    "--no-identify",
    `--deadline=${SECONDS}s`,
    "--yes",
  ];
  /** @type {(() => import("./counters.js").Sample[]) | undefined} */
  let stop;
  const started = (/** @type {number} */ pid) => {
    stop = sampled(() => childMb(pid), { everyMs: 50 });
  };
  const cost = await discovered(args, { started });
  const { early, late } = halves(stop?.() ?? []);
  const { coverage, scan } = cost.inventory;
  const { probes, open, closed, filtered, unreachable, failed, unprobed, complete } = coverage;
  const ended = open + closed + filtered + unreachable + failed;
  const outcomes = JSON.stringify({ open, closed, filtered, unreachable, failed, unprobed });
  console.log(
    `slash-eight, ${where}: ${costText(cost)}; the run itself ${scan.durationMs} ms, ${ended} probes`,
  );
  console.log(`  ${outcomes}; ${early.toFixed(0)} MB in its first half, ${late.toFixed(0)} MB in its second`);
  verdict(`under ${MOST_MB} MB`, cost.rss < MOST_MB);
  // Until the garbage collector has found its measure, memory grows whatever is done.
  if (SECONDS < LONG_S) console.log(`  too short to tell whether memory is flat: --seconds=${LONG_S}`);
  else verdict(`memory flat within ${MOST_GROWTH * 100} %`, late <= early * (1 + MOST_GROWTH));
  verdict(`ended within ${MOST_LATE_S} s of its deadline`, cost.wall < SECONDS + MOST_LATE_S);
  verdict("the coverage adds up", probes === 2 ** 24 * PORTS.length && ended + unprobed === probes);
  verdict("it does not call itself complete, and exits with 3", !complete && cost.status === 3);
}

/**
 * The most memory in either half of a run, its start aside.
 *
 * @param {readonly import("./counters.js").Sample[]} samples
 */
function halves(samples) {
  const from = (samples[0]?.atMs ?? 0) + STARTED_MS;
  const values = samples.filter(({ atMs }) => atMs >= from).map(({ value }) => value);
  const middle = Math.floor(values.length / 2);
  return { early: Math.max(...values.slice(0, middle)), late: Math.max(...values.slice(middle)) };
}

await scan("no route");
layCable({ routed: "10.0.0.0/8" });
await scan("routed into silence");
