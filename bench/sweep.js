// @ts-check
// Every host of a range answers: what the sweep costs by itself, against nmap's connect scan.

import { spawn } from "node:child_process";

import { costText, discovered, flag, isInstalled, costOf, verdict } from "./measure.js";
import { enterLab, farCommand, layCable } from "./world.js";

enterLab();
const RUNS = flag("runs", 3);
/** How long the range's prefix is: 16 are 65,536 hosts. */
const PREFIX = flag("prefix", 16);
const RANGE = `10.77.0.0/${PREFIX}`;
const HOSTS = 2 ** (32 - PREFIX);
const OPEN = 8_080;
const PORTS = [OPEN, OPEN + 1];

layCable({ routed: RANGE, owned: RANGE });
const LISTENER = `
require("node:net")
  .createServer((socket) => socket.on("error", () => {}).resume())
  .listen({ port: ${OPEN}, host: "0.0.0.0", backlog: 4096 }, () => console.log("listening"))`;
const [nsenter = "", ...inFar] = farCommand([process.execPath, "-e", LISTENER]);
const listener = spawn(nsenter, inFar, { stdio: ["ignore", "pipe", "inherit"] });
await new Promise((resolve) => listener.stdout.once("data", resolve));

const probes = HOSTS * PORTS.length;
const hasNmap = isInstalled("nmap", "--version");
console.log(`sweep: ${probes} probes, ${HOSTS} open, ${RUNS} runs${hasNmap ? "" : "; nmap is not installed"}`);
for (let run = 0; run < RUNS; run++) {
  const cost = await discovered([RANGE, `--ports=${PORTS.join(",")}`, "--no-identify"]);
  const found = cost.inventory.services.length;
  console.log(`  sonde: ${costText(cost)}, ${perProbe(cost)}, recall ${percent(found)}`);
  verdict("every open port found", found === HOSTS && cost.status === 0);
  if (!hasNmap) continue;
  const nmap = ["nmap", "-sT", "-n", "-Pn", "-T4", "-p", PORTS.join(","), "-oG", "-", RANGE];
  const other = await costOf(nmap);
  const seen = other.stdout.match(/\/open\//g)?.length ?? 0;
  console.log(`  nmap:  ${costText(other)}, ${perProbe(other)}, recall ${percent(seen)}`);
}
listener.kill();

/** @param {number} found */
function percent(found) {
  return `${((found / HOSTS) * 100).toFixed(2)} %`;
}

/** @param {import("./measure.js").Cost} cost */
function perProbe({ cpu }) {
  return `${((cpu * 1e6) / probes).toFixed(0)} µs CPU a probe`;
}
