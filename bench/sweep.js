// @ts-check
// Every host of a range answers: what the sweep costs by itself, against nmap's connect scan and one in C.
// --open says at how many hosts the first port is open; all of them, and it is the reporting that is measured.

import { compare, printSummaries, ratio, summaries } from "./comparison.js";
import { atMost, flag, knows, verdict } from "./measure.js";
import { compiled, epollScan, hasNmap, nmap, ONE_WORKER, PUBLIC_PATH, sonde } from "./peers.js";
import { record } from "./results.js";
import { enterLab, layCable } from "./world.js";
import { spread, toAddress, toNumber } from "./worlds/addresses.js";
import { endpointsOf, openPorts } from "./worlds/listeners.js";

enterLab();
const RUNS = flag("runs", 5);
/** How long the range's prefix is: 16 are 65,536 hosts. */
const PREFIX = flag("prefix", 16);
const FIRST = "10.77.0.0";
const RANGE = `${FIRST}/${PREFIX}`;
const HOSTS = 2 ** (32 - PREFIX);
const OPEN = Math.min(HOSTS, flag("open", 4_019));
const PORTS = [8_080, 8_081];
const MOST_MB = 120;

layCable({ routed: RANGE, owned: RANGE });
const everywhere = OPEN === HOSTS;
const open = [8_080];
const hosts = everywhere
  ? Array.from({ length: HOSTS }, (_, at) => toAddress(toNumber(FIRST) + at))
  : spread(FIRST, { size: HOSTS, count: OPEN });
const places = new Map(hosts.map((address) => [address, open]));
const listeners = await openPorts(everywhere ? new Map([["0.0.0.0", open]]) : places);

const task = { targets: [RANGE], ports: PORTS };
const peers = [sonde(task)];
if (knows(PUBLIC_PATH)) peers.push(sonde(task, { name: "sonde, public path", args: [PUBLIC_PATH] }));
else console.log("sweep: this sonde has no public path to ask for");
peers.push(sonde(task, { name: "sonde, one worker", args: [ONE_WORKER] }));
if (hasNmap()) peers.push(nmap(task, { name: "nmap -T4", args: ["-T4"] }));
else console.log("sweep: nmap is not installed");
const program = compiled("epoll-scan");
if (program === undefined) console.log("sweep: no gcc, and so no scanner in C");
else peers.push(epollScan(program, { network: RANGE, ports: PORTS }));

const probes = HOSTS * PORTS.length;
const terms = {
  runs: RUNS,
  probes,
  truth: endpointsOf(places),
  // One backlog for all of them would not do.
  before: everywhere ? listeners.wake : listeners.rest,
  after: listeners.wake,
};
const title = `${probes.toLocaleString("en")} probes, all answered, ${OPEN.toLocaleString("en")} open`;
console.log(`sweep: ${title}; medians of ${RUNS} interleaved runs`);
const rounds = await compare(peers, terms);
listeners.close();
const rows = summaries(rounds, terms);
printSummaries(rows, terms);

const ours = rows.filter(({ name }) => name.startsWith("sonde"));
verdict(
  "every open port found, and nothing else",
  ours.every(({ recall, wrong }) => recall === 1 && wrong === 0),
);
const [asItIs] = rows;
verdict(`as it is, at most ${MOST_MB} MB`, asItIs !== undefined && asItIs.rss <= MOST_MB);
if (hasNmap()) {
  atMost("as it is, against nmap -T4", ratio(rounds, "sonde", "nmap -T4"), 0.6);
  atMost("the public path, against nmap -T4", ratio(rounds, "sonde, public path", "nmap -T4"), 0.8);
}
if (program !== undefined) {
  atMost("one worker, against the scanner in C", ratio(rounds, "sonde, one worker", "C, epoll"), 1.15);
}
record("sweep", { title, runs: RUNS, rows });
