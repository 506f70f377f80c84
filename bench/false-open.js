// @ts-check
// Scan after scan of all this machine's ports: while it does, the kernel may pick the port under test as the source
// port and connect a socket to itself. None of those may ever be reported, and no listener be missed.

import { fork } from "node:child_process";

import { discover } from "../dist/src/index.js";
import { flag, verdict } from "./measure.js";
import { enterLab, listenAt, listeningPorts } from "./world.js";

const SCANS = flag("scans", 100);
const OPTIONS = { targets: ["127.0.0.1"], ports: "all", identify: false };

/** In a process of its own: the listeners must not wait for the scanner's event loop. */
async function scan() {
  for (let scans = 0; scans < SCANS; scans++) {
    const { services, coverage } = await discover(OPTIONS).inventory();
    process.send?.({ ports: services.map(({ port }) => port), complete: coverage.complete });
  }
  process.disconnect();
}

/** @returns {Promise<void>} */
async function judge() {
  enterLab();
  const servers = await listenAt([1, 80, 8_080, 33_333, 45_678, 60_999, 65_535]);
  const listening = listeningPorts();
  let scans = 0;
  let incomplete = 0;
  /** @type {number[]} */
  const wrong = [];
  /** @type {number[]} */
  const missed = [];
  const child = fork(new URL(import.meta.url), [...process.argv.slice(2), "--child"]);
  child.on("message", (/** @type {{ ports: number[], complete: boolean }} */ { ports, complete }) => {
    scans++;
    if (!complete) incomplete++;
    wrong.push(...ports.filter((port) => !listening.includes(port)));
    missed.push(...listening.filter((port) => !ports.includes(port)));
  });
  await new Promise((resolve) => child.once("exit", resolve));
  for (const server of servers) server.close();
  console.log(`false-open: ${scans} scans of 65,535 ports, ${listening.length} listeners`);
  console.log(`  false opens: ${wrong.length} ${wrong.join(" ")}`);
  console.log(`  missed: ${missed.length} ${missed.join(" ")}`);
  verdict("every scan ran, and to its end", scans === SCANS && incomplete === 0);
  verdict("no false open, and none missed", wrong.length === 0 && missed.length === 0);
}

await (process.argv.includes("--child") ? scan() : judge());
