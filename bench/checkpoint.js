// @ts-check
// kill -9 in the middle, again and again, and a run that goes on from --checkpoint: all is found in the end, and what
// was asked twice is no more than a second's worth for each kill. The kernel counts the connects.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { recallOf } from "./comparison.js";
import { activeOpens } from "./counters.js";
import { DISCOVER, flag, knows, verdict } from "./measure.js";
import { enterLab, layCable } from "./world.js";
import { spread } from "./worlds/addresses.js";
import { endpointsOf, openPorts } from "./worlds/listeners.js";

/**
 * What a run told: services as it found them, and its coverage if it came to its end.
 *
 * @typedef {object} Told
 * @property {ReadonlySet<string>} open
 * @property {import("../dist/src/index.js").Coverage} [coverage]
 */

enterLab();
/** So that a second's worth is a number. Every host answers, so every target is one connect. */
const RATE = flag("rate", 2_000);
const KILLS = flag("kills", 4);
/** A run is killed so long after it has begun: late enough that beginning anew would cost more than is allowed. */
const LEAST_MS = 1_500;
const MOST_MS = 4_000;
const NETWORK = "10.77.0.0/18";
const HOSTS = 2 ** 14;
/** As many as it takes to be at work for as long as all the kills may take. */
const PORTS = Array.from(
  { length: Math.ceil((RATE * KILLS * MOST_MS) / 1_000 / HOSTS) },
  (_, at) => 8_080 + at,
);
/** Some that are not killed, too; one should do. */
const MOST_RUNS = KILLS + 3;

layCable({ routed: NETWORK, owned: NETWORK });
const places = new Map(spread("10.77.0.0", { size: HOSTS, count: 512 }).map((address) => [address, [8_080]]));
const listeners = await openPorts(places);
const truth = endpointsOf(places);
const folder = mkdtempSync(path.join(tmpdir(), "bench-"));
const file = path.join(folder, "checkpoint");

if (knows(`--checkpoint=${path.join(folder, "other")}`)) await judge();
else verdict("this sonde has no --checkpoint", false);
listeners.close();
rmSync(folder, { recursive: true });

async function judge() {
  const before = activeOpens();
  const runs = await untilDone();
  const kills = runs.filter(({ killed }) => killed).length;
  const probes = HOSTS * PORTS.length;
  const twice = activeOpens() - before - probes;
  const together = new Set(runs.flatMap(({ open }) => [...open]));
  const { coverage, open: last = new Set() } = runs.at(-1) ?? {};
  console.log(
    `checkpoint: ${probes} probes at --rate=${RATE}, ${runs.length} runs of which ${kills} were killed`,
  );
  console.log(
    `  recall of all runs together ${percent(together)}, of the last alone ${percent(last)}; ` +
      `${twice} connects more than targets`,
  );
  console.log(`  ${JSON.stringify(coverage)}`);
  verdict("killed as often as was meant", kills === KILLS);
  verdict("all runs together found everything", recallOf(together, truth) === 1);
  verdict("so tells the last alone", recallOf(last, truth) === 1 && last.size === truth.size);
  verdict("which calls itself complete", coverage?.complete === true && coverage.probes === probes);
  verdict(
    "none left out, at most a second's worth repeated for each kill",
    twice >= 0 && twice <= kills * RATE,
  );
}

/** Run after run, until one comes to its end. */
async function untilDone() {
  /** @type {(Told & { killed: boolean })[]} */
  const runs = [];
  while (runs.length < MOST_RUNS && runs.at(-1)?.coverage === undefined) {
    const kills = runs.filter(({ killed }) => killed).length;
    runs.push(await run(kills < KILLS ? LEAST_MS + Math.random() * (MOST_MS - LEAST_MS) : undefined));
  }
  return runs;
}

/**
 * One run, ended by force where `killAfterMs` says so, and it is not done by then.
 *
 * @param {number | undefined} killAfterMs
 */
async function run(killAfterMs) {
  const flags = ["--no-identify", `--rate=${RATE}`, `--checkpoint=${file}`, "--output=ndjson", "--quiet"];
  const child = spawn(process.execPath, [DISCOVER, NETWORK, `--ports=${PORTS.join(",")}`, ...flags], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let stdout = "";
  child.stdout.setEncoding("utf8").on("data", (text) => (stdout += text));
  const closed = new Promise((resolve) => child.once("close", resolve));
  const stop = new AbortController();
  if (killAfterMs !== undefined) {
    sleep(killAfterMs, undefined, { signal: stop.signal }).then(
      () => child.kill("SIGKILL"),
      () => {},
    );
  }
  await closed;
  stop.abort();
  return { killed: child.signalCode === "SIGKILL", ...read(stdout) };
}

/**
 * @param {string} stdout
 * @returns {Told}
 */
function read(stdout) {
  // A line that the kill has cut in two is not there.
  const events = stdout
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line));
  const services = events.flatMap(({ event, service }) => (event === "service" ? [service] : []));
  const open = new Set(
    services.flatMap(({ addresses, port }) => addresses.map((/** @type {string} */ one) => `${one}:${port}`)),
  );
  const finished = events.find(({ event }) => event === "finished");
  return finished === undefined ? { open } : { open, coverage: finished.coverage };
}

/** @param {ReadonlySet<string>} found */
function percent(found) {
  return `${(recallOf(found, truth) * 100).toFixed(2)} %`;
}
