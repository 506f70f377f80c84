// @ts-check
// A few silent hosts, and then many that answer while those are waited for: what has ended must not stay in memory
// until what began before it has.

import { costText, discovered, flag, verdict } from "./measure.js";
import { enterLab, layCable } from "./world.js";

enterLab();
const RUNS = flag("runs", 3);
const SILENT = "10.77.0.0/26";
const ANSWERING = "10.77.128.0/17";
const PROBES = (2 ** 6 + 2 ** 15) * 3;
const MOST_MB = 150;

layCable({ routed: "10.77.0.0/16", owned: ANSWERING });
console.log(`silent-few: ${PROBES} probes, the first 192 of them silent for 8 s, ${RUNS} runs`);
for (let run = 0; run < RUNS; run++) {
  const ports = ["--ports=81-83", "--timeout=8s", "--no-identify"];
  const cost = await discovered([SILENT, ANSWERING, ...ports]);
  const { closed, filtered } = cost.inventory.coverage;
  console.log(`  ${costText(cost)}; ${closed} closed, ${filtered} filtered`);
  verdict(`under ${MOST_MB} MB, and none forgotten`, cost.rss < MOST_MB && closed + filtered === PROBES);
}
