// @ts-check
// Fewer descriptors than sockets asked for: the scanner has to make do, and still see everything.

import { costText, discovered, flag, verdict } from "./measure.js";
import { enterLab, listenAt } from "./world.js";

enterLab();
const RUNS = flag("runs", 20);
const PORT = 25_000;
const servers = await listenAt([PORT]);

let found = 0;
let complete = 0;
let last = "";
for (let run = 0; run < RUNS; run++) {
  const ports = `--ports=${PORT - 5_000}-${PORT + 4_999}`;
  const args = ["127.0.0.1", ports, "--no-identify", "--concurrency=1000"];
  const cost = await discovered(args, { shell: "ulimit -n 256" });
  if (cost.inventory.services.some(({ port }) => port === PORT)) found++;
  if (cost.status === 0) complete++;
  last = costText(cost);
}
for (const server of servers) server.close();

console.log(`descriptors: ulimit -n 256, --concurrency=1000, 10,000 ports, ${RUNS} runs`);
console.log(`  listener found in ${found}, complete in ${complete}; the last took ${last}`);
verdict("found every time", found === RUNS && complete === RUNS);
