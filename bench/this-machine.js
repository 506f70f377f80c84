// @ts-check
// All 65,535 ports of this machine: time, memory, and whether what it says is what the kernel says.

import { costText, discovered, flag, verdict } from "./measure.js";
import { enterLab, listenAt, listeningPorts } from "./world.js";

enterLab();
const RUNS = flag("runs", 3);
// At both ends of the range, among the usual ones, and amid the ports that the kernel hands out itself.
const servers = await listenAt([1, 22, 80, 5_432, 33_333, 50_000, 65_535]);
const listening = listeningPorts();

console.log(`this-machine: 65,535 ports of 127.0.0.1, ${listening.length} listeners, ${RUNS} runs`);
for (let run = 0; run < RUNS; run++) {
  const cost = await discovered(["127.0.0.1", "--ports=all", "--no-identify"]);
  const found = cost.inventory.services.map(({ port }) => port);
  const missed = listening.filter((port) => !found.includes(port));
  const wrong = found.filter((port) => !listening.includes(port));
  console.log(`  ${costText(cost)}; ${found.length} found, ${missed.length} missed, ${wrong.length} false`);
  verdict("found is what listens", missed.length === 0 && wrong.length === 0 && cost.status === 0);
}
for (const server of servers) server.close();
