// @ts-check
// What a run does to others, and what others do to it: --rate over any second, a firewall that lets few SYNs pass,
// and a network that loses packets.

import { compare, printSummaries, summaries } from "./comparison.js";
import { activeOpens, ratesOf, sampled } from "./counters.js";
import { discovered, flag, verdict } from "./measure.js";
import { hasNmap, nmap, sonde } from "./peers.js";
import { enterLab, guardFar, layCable, unguardFar } from "./world.js";
import { spread } from "./worlds/addresses.js";
import { endpointsOf, openPorts } from "./worlds/listeners.js";

enterLab();
const RATE = flag("rate", 2_000);
const SECONDS = flag("seconds", 5);
/** New connections a second that the firewall lets pass from one source. */
const LIMIT = flag("limit", 200);
/** The part of the packets that is lost, each way. */
const LOSS = flag("loss", 0.05);
/** How many seconds nmap -T4 gets for either; 0: it is left out. */
const PATIENCE = flag("patience", 60);
const PORTS = [8_080, 8_081];
/** A window of a second, met within so much. */
const TOLERANCE = 0.05;

/**
 * @typedef {object} Ordeal
 * @property {string} network
 * @property {readonly string[]} rules What far's firewall does meanwhile.
 * @property {number} leastRecall
 * @property {readonly { name: string, args: readonly string[] }[]} also Other ways of asking, for comparison.
 */

layCable({ routed: "10.77.0.0/16", owned: "10.77.0.0/16" });
await rate();
await limited();
await lossy();

async function rate() {
  const range = "10.77.128.0/17";
  const stop = sampled(activeOpens, { everyMs: 50 });
  const ports = Math.ceil((RATE * SECONDS) / 2 ** 15);
  const list = Array.from({ length: ports }, (_, at) => 9_000 + at).join(",");
  const args = [range, `--ports=${list}`, `--rate=${RATE}`, "--no-identify", `--deadline=${SECONDS}s`];
  await discovered(args);
  const samples = stop();
  const rates = ratesOf(samples, { windowMs: 1_000, inner: true });
  const least = Math.min(...rates);
  const most = Math.max(...ratesOf(samples, { windowMs: 1_000, inner: false }));
  console.log(
    `politeness: --rate=${RATE} for ${SECONDS} s, as the kernel counts: ${least.toFixed(0)} to ${most.toFixed(0)} ` +
      `connects in any of ${rates.length} windows of a second`,
  );
  const kept = rates.length > 0 && least >= RATE * (1 - TOLERANCE) && most <= RATE * (1 + TOLERANCE);
  verdict(`within ${TOLERANCE * 100} % of the rate over any second`, kept);
}

async function limited() {
  const hosts = spread("10.77.0.0", { size: 1_024, count: 256 });
  const limit = `--hashlimit-above ${LIMIT}/sec --hashlimit-mode srcip --hashlimit-name bench`;
  console.log(
    `politeness: a firewall drops SYNs above ${LIMIT} a second from one source; 2,048 probes, 256 open`,
  );
  await endure(hosts, {
    network: "10.77.0.0/22",
    rules: [`-A INPUT -p tcp --syn -m hashlimit ${limit} -j DROP`],
    leastRecall: 1,
    // Told what the firewall lets pass: what this takes at least, and that nothing else is in the way.
    also: [{ name: `sonde --rate=${LIMIT * 0.75}`, args: [`--rate=${LIMIT * 0.75}`] }],
  });
}

async function lossy() {
  const hosts = spread("10.77.0.0", { size: 4_096, count: 4_000 });
  const loss = `-m statistic --mode random --probability ${LOSS} -j DROP`;
  console.log(`politeness: ${LOSS * 100} % of the packets lost each way; 8,192 probes, 4,000 open`);
  await endure(hosts, {
    network: "10.77.0.0/20",
    rules: [`-A INPUT ${loss}`, `-A OUTPUT ${loss}`],
    leastRecall: 0.999,
    also: [],
  });
}

/**
 * @param {readonly string[]} hosts Those at which the first port is open.
 * @param {Ordeal} ordeal
 */
async function endure(hosts, { network, rules, leastRecall, also }) {
  const places = new Map(hosts.map((address) => [address, PORTS.slice(0, 1)]));
  const listeners = await openPorts(places);
  guardFar(rules);
  const task = { targets: [network], ports: PORTS };
  const peers = [sonde(task)];
  if (PATIENCE > 0) {
    peers.push(...also.map((options) => sonde(task, options)));
    const name = `nmap -T4, ${PATIENCE} s at most`;
    if (hasNmap()) peers.push(nmap(task, { name, args: ["-T4"], patience: PATIENCE }));
  }
  const terms = { runs: 1, truth: endpointsOf(places), before: listeners.rest, after: listeners.wake };
  const rows = summaries(await compare(peers, terms), terms);
  unguardFar();
  listeners.close();
  printSummaries(rows, terms);
  const [ours] = rows;
  const enough = ours !== undefined && ours.recall >= leastRecall && ours.wrong === 0;
  verdict(`recall at least ${leastRecall * 100} %, and nothing false`, enough);
}
