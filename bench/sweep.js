// @ts-check
// Every host of a range answers: what the sweep costs by itself, against nmap's connect scan.
// --open says at how many hosts the first port is open; all of them, and it is the reporting that is measured.

import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

import { costText, costOf, discovered, flag, isInstalled, verdict } from "./measure.js";
import { enterLab, inFar, layCable } from "./world.js";

enterLab();
const RUNS = flag("runs", 3);
/** How long the range's prefix is: 16 are 65,536 hosts. */
const PREFIX = flag("prefix", 16);
const RANGE = `10.77.0.0/${PREFIX}`;
const HOSTS = 2 ** (32 - PREFIX);
const OPEN = Math.min(HOSTS, flag("open", 4_096));
const PORTS = [8_080, 8_081];

layCable({ routed: RANGE, owned: RANGE });
const everywhere = OPEN === HOSTS;
const addresses = Array.from({ length: everywhere ? 1 : OPEN }, (_, at) => {
  const host = Math.floor((at * HOSTS) / OPEN);
  return everywhere ? "0.0.0.0" : `10.77.${host >> 8}.${host & 255}`;
});
const listener = spawn(...inFar(process.execPath, fileURLToPath(new URL("listener.js", import.meta.url))), {
  stdio: ["pipe", "pipe", "inherit"],
});
listener.stdin.end(JSON.stringify({ port: PORTS[0], addresses }));
await new Promise((resolve) => listener.stdout.once("data", resolve));

const probes = HOSTS * PORTS.length;
const hasNmap = isInstalled("nmap", "--version");
console.log(`sweep: ${probes} probes, ${OPEN} open, ${RUNS} runs${hasNmap ? "" : "; nmap is not installed"}`);
for (let run = 0; run < RUNS; run++) {
  const cost = await discovered([RANGE, `--ports=${PORTS.join(",")}`, "--no-identify"]);
  const found = cost.inventory.services.length;
  console.log(`  sonde: ${costText(cost)}, ${perProbe(cost)}, recall ${percent(found)}`);
  verdict("every open port found", found === OPEN && cost.status === 0);
  if (!hasNmap) continue;
  const nmap = ["nmap", "-sT", "-n", "-Pn", "-T4", "-p", PORTS.join(","), "-oG", "-", RANGE];
  const other = await costOf(nmap);
  const seen = other.stdout.match(/\/open\//g)?.length ?? 0;
  console.log(`  nmap:  ${costText(other)}, ${perProbe(other)}, recall ${percent(seen)}`);
}
listener.kill();

/** @param {number} found */
function percent(found) {
  return `${((found / OPEN) * 100).toFixed(2)} %`;
}

/** @param {import("./measure.js").Cost} cost */
function perProbe({ cpu }) {
  return `${((cpu * 1e6) / probes).toFixed(0)} µs CPU a probe`;
}
