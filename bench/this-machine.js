// @ts-check
// All 65,535 ports of this machine: time beside nmap's, memory, and whether what it says is what the kernel says.

import { compare, printSummaries, ratio, summaries } from "./comparison.js";
import { atMost, flag, verdict } from "./measure.js";
import { hasNmap, nmap, sonde } from "./peers.js";
import { record } from "./results.js";
import { enterLab, listenAt, listeningPorts } from "./world.js";

enterLab();
const RUNS = flag("runs", 5);
const HOST = "127.0.0.1";
const PORTS = Array.from({ length: 65_535 }, (_, at) => at + 1);
// At both ends of the range, among the usual ones, and amid the ports that the kernel hands out itself.
const servers = await listenAt([1, 22, 80, 5_432, 33_333, 50_000, 65_535]);
const listening = listeningPorts();

const task = { targets: [HOST], ports: PORTS };
const peers = [sonde(task)];
if (hasNmap()) peers.push(nmap(task, { name: "nmap -T4", args: ["-T4"] }));
const title = `65,535 ports of ${HOST}, ${listening.length} listeners`;
console.log(`this-machine: ${title}; medians of ${RUNS} interleaved runs`);
const terms = {
  runs: RUNS,
  probes: PORTS.length,
  truth: new Set(listening.map((port) => `${HOST}:${port}`)),
};
const rounds = await compare(peers, terms);
for (const server of servers) server.close();
const rows = summaries(rounds, terms);
printSummaries(rows, terms);

const [ours] = rows;
verdict("found is what listens, and nothing else", ours?.recall === 1 && ours.wrong === 0);
verdict("complete every time", rounds.get("sonde")?.every(({ status }) => status === 0) ?? false);
if (hasNmap()) atMost("against nmap -T4", ratio(rounds, "sonde", "nmap -T4"), 0.5);
else console.log("  nmap is not installed");
record("this-machine", { title, runs: RUNS, rows });
