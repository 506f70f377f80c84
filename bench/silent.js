// @ts-check
// One host in 16 is up and the rest is silent: what waiting costs. Then the same with one host more, 300 ms away at
// the end of a line that the scan itself can fill: it must not be lost for being slow.

import { compare, printSummaries, ratio, summaries } from "./comparison.js";
import { atMost, flag, verdict } from "./measure.js";
import { compiled, epollScan, hasNmap, nmap, sonde } from "./peers.js";
import { record } from "./results.js";
import { enterLab } from "./world.js";
import { canDelay } from "./worlds/delay-line.js";
import { HOSTS, NETWORK, PORTS, settleSixteenth, settleSlowHost } from "./worlds/sixteenth.js";

/** @typedef {import("./comparison.js").Summary} Summary */

enterLab();
const RUNS = flag("runs", 5);
/** How many seconds nmap -T4 gets, which would take five minutes; 0: it is left out. */
const PATIENCE = flag("patience", 60);
/** How often with the slow host. */
const SLOW_RUNS = flag("slow-runs", 3);

/** One try, all at once: the quickest that still finds everything. */
const TUNED = "-T5 --max-retries 0 --min-parallelism 4000 --min-hostgroup 4096".split(" ");
const TUNED_QUICK = [...TUNED, "--initial-rtt-timeout", "100ms", "--max-rtt-timeout", "100ms"];
/** Nothing less finds the slow host: from the quick ones nmap learns patience that is too short for it. */
const TUNED_SLOW = [...TUNED, "--min-rtt-timeout", "1000ms", "--max-rtt-timeout", "1000ms"];

const probes = HOSTS * PORTS.length;
const task = { targets: [NETWORK], ports: PORTS };
const { truth, listeners } = await settleSixteenth();
const pauses = { before: listeners.rest, after: listeners.wake };
const scanner = compiled("epoll-scan");
const title = `${probes.toLocaleString("en")} probes, one host in 16 up, ${truth.size} open`;
const rows = await quick();
const line = canDelay() ? compiled("delay-line") : undefined;
if (line === undefined) console.log("  without gcc or TUN devices there is no slow host");
else await withSlowHost(line);
listeners.close();
record("silent", { title, runs: RUNS, rows });

/** @returns {Promise<Summary[]>} */
async function quick() {
  const peers = [sonde(task)];
  if (hasNmap()) peers.push(nmap(task, { name: "nmap -T5, tuned", args: TUNED_QUICK }));
  if (scanner !== undefined) {
    peers.push(
      epollScan(scanner, { network: NETWORK, ports: PORTS }, { name: "C, epoll, 250 ms", deadlineMs: 250 }),
    );
  }
  console.log(`silent: ${title}; medians of ${RUNS} interleaved runs`);
  const terms = { runs: RUNS, probes, truth, ...pauses };
  const rounds = await compare(peers, terms);
  const rows = summaries(rounds, terms);
  printSummaries(rows, terms);
  judgeRecall(rows);
  if (!hasNmap()) return rows;
  atMost("against nmap -sT, tuned", ratio(rounds, "sonde", "nmap -T5, tuned"), 0.7);
  return PATIENCE === 0 ? rows : [...rows, await patiently(rows)];
}

/**
 * Once, and not to its end: it is to show that it takes more than five times as long.
 *
 * @param {readonly Summary[]} rows
 */
async function patiently(rows) {
  const name = "nmap -T4";
  const terms = { runs: 1, probes, truth, ...pauses };
  const patient = await compare([nmap(task, { name, args: ["-T4"], patience: PATIENCE })], terms);
  const ended = patient.get(name)?.some(({ status }) => status !== 0) ?? false;
  const [row] = summaries(patient, terms);
  if (row === undefined) throw new Error("nmap has not run");
  const told = ended ? { ...row, name: `${name}, ended after ${PATIENCE} s` } : row;
  printSummaries([told], terms);
  const ours = rows.find(({ name }) => name === "sonde")?.wall ?? Number.NaN;
  atMost(`against nmap -T4${ended ? " (or less: it was not done)" : ""}`, ours / row.wall, 0.2);
  return told;
}

/** @param {string} program */
async function withSlowHost(program) {
  const slow = await settleSlowHost(program);
  const before = async () => {
    listeners.rest();
    await slow.drained();
  };
  const all = { ...pauses, runs: SLOW_RUNS, probes, truth: new Set([...truth, ...slow.truth]), before };
  console.log(`silent, with a slow host: 300 ms away, 3 s under load; ${SLOW_RUNS} runs`);
  const rows = summaries(await compare([sonde(task)], all), all);
  printSummaries(rows, all);
  judgeRecall(rows);
  if (PATIENCE > 0) {
    // Once: they only show that the world is right, and what it costs others to be this patient.
    const peers = hasNmap() ? [nmap(task, { name: "nmap -T5, tuned for it", args: TUNED_SLOW })] : [];
    if (scanner !== undefined) {
      peers.push(epollScan(scanner, { network: NETWORK, ports: PORTS }, { name: "C, epoll, 4 s" }));
    }
    const once = { ...all, runs: 1 };
    printSummaries(summaries(await compare(peers, once), once), once);
  }
  const { longestMs, passed, dropped } = await slow.close();
  console.log(
    `  the line took ${passed} packets, dropped ${dropped}, and let one wait ${longestMs} ms at most`,
  );
}

/** @param {readonly Summary[]} rows */
function judgeRecall(rows) {
  const ours = rows.filter(({ name }) => name.startsWith("sonde"));
  verdict(
    "every open port found, and nothing else",
    ours.every(({ recall, wrong }) => recall === 1 && wrong === 0),
  );
}
