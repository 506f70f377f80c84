// @ts-check
// Sixteen million addresses and five seconds: memory must not grow with the range, the deadline must hold, and the
// coverage must add up.

import { costText, discovered, flag, verdict } from "./measure.js";
import { enterLab, layCable } from "./world.js";

enterLab();
const SECONDS = flag("seconds", 5);
const PORTS = [22, 80, 443];
const MOST_MB = 150;
/** What start-up and the last conversations may take besides. */
const MOST_LATE_S = 1.5;

/** @param {string} where */
async function scan(where) {
  const args = [
    "10.0.0.0/8",
    `--ports=${PORTS.join(",")}`,
    "--no-identify",
    `--deadline=${SECONDS}s`,
    "--yes",
  ];
  const cost = await discovered(args);
  const { coverage, scan } = cost.inventory;
  const { probes, open, closed, filtered, unreachable, failed, unprobed, complete } = coverage;
  const ended = open + closed + filtered + unreachable + failed;
  const outcomes = JSON.stringify({ open, closed, filtered, unreachable, failed, unprobed });
  console.log(
    `slash-eight, ${where}: ${costText(cost)}; the run itself ${scan.durationMs} ms, ${ended} probes`,
  );
  console.log(`  ${outcomes}`);
  verdict(`under ${MOST_MB} MB`, cost.rss < MOST_MB);
  verdict(`ended within ${MOST_LATE_S} s of its deadline`, cost.wall < SECONDS + MOST_LATE_S);
  verdict("the coverage adds up", probes === 2 ** 24 * PORTS.length && ended + unprobed === probes);
  verdict("it does not call itself complete, and exits with 3", !complete && cost.status === 3);
}

await scan("no route");
layCable({ routed: "10.0.0.0/8" });
await scan("routed into silence");
