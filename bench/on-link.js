// @ts-check
// A network on the link itself: each address that is asked costs an ARP question and a place in the kernel's neighbour
// table, which holds 1,024 for all of this machine's namespaces together. So only one such bench may run at a time.

import { connect } from "node:net";

import { compare, printSummaries, summaries } from "./comparison.js";
import { atMost, discovered, flag, given, verdict } from "./measure.js";
import { compiled, epollScan, hasNmap, nmap, sonde } from "./peers.js";
import { record } from "./results.js";
import { enterLab } from "./world.js";
import { DEAD_HOST, DEAD_NETWORK, forgetNeighbours, PORTS, settleLink } from "./worlds/link.js";

enterLab();
const RUNS = flag("runs", 3);
/** 20 are 4,096 addresses, of which 256 live. */
const PREFIX = flag("prefix", 20);
const DEAD_PORTS = Array.from({ length: 50 }, (_, at) => 8_000 + at);
/** As wide and as quick as it goes. With its own ARP scan it would need root, and be another kind of program. */
const TUNED = "--disable-arp-ping -T5 --max-retries 0 --min-parallelism 4000 --min-hostgroup 4096".split(" ");

const found = await living();
await dead();
record("on-link", { ...found, runs: RUNS });

async function living() {
  const { network, hosts, truth, listeners } = await settleLink({ prefix: PREFIX });
  const task = { targets: [network], ports: PORTS };
  const peers = [sonde(task)];
  if (hasNmap()) {
    peers.push(nmap(task, { name: "nmap -T5, tuned for speed", args: TUNED }));
    if (!given("quick")) peers.push(nmap(task, { name: "nmap -T4, own ARP scan first", args: ["-T4"] }));
  }
  const scanner = compiled("epoll-scan");
  if (scanner !== undefined) {
    const where = { network, ports: PORTS };
    peers.push(epollScan(scanner, where, { name: "C, epoll, all at once", deadlineMs: 1_000 }));
  }
  const title = `a /${PREFIX} on the link, ${hosts / 16} of ${hosts} hosts living, ${truth.size} ports open`;
  console.log(`on-link: ${title}; ${RUNS} interleaved runs`);
  const before = () => {
    forgetNeighbours();
    listeners.rest();
  };
  const after = () => {
    listeners.wake();
    forgetNeighbours();
  };
  const terms = { runs: RUNS, probes: hosts * PORTS.length, truth, before, after };
  const rows = summaries(await compare(peers, terms), terms);
  listeners.close();
  printSummaries(rows, terms);
  const [ours] = rows;
  verdict("every open port found, and nothing else", ours?.recall === 1 && ours.wrong === 0);
  return { title, rows };
}

async function dead() {
  forgetNeighbours();
  const wait = await arpWait();
  forgetNeighbours();
  const { wall, inventory } = await discovered([
    DEAD_NETWORK,
    `--ports=${DEAD_PORTS.join(",")}`,
    "--no-identify",
  ]);
  forgetNeighbours();
  const { scan, coverage } = inventory;
  const took = scan.durationMs / 1_000;
  console.log(
    `on-link, a dead /24 with ${DEAD_PORTS.length} ports: ${wall.toFixed(2)} s, the run itself ${took.toFixed(2)} s; ` +
      `one connect to nobody ${wait.toFixed(2)} s`,
  );
  console.log(`  ${JSON.stringify(coverage)}`);
  atMost("the run, against one ARP wait", took / wait, 1);
  verdict("nobody is there, and it says so", coverage.open === 0);
}

/** @returns {Promise<number>} How many seconds the kernel takes to say that nobody is there. */
function arpWait() {
  const begun = performance.now();
  return new Promise((resolve) => {
    const socket = connect({ host: DEAD_HOST, port: 9 });
    socket.on("error", () => resolve((performance.now() - begun) / 1_000));
  });
}
