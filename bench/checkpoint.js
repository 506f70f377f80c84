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

/** @typedef {import("../dist/src/index.js").Inventory} Inventory */
/** @typedef {import("../dist/src/index.js").Service} Service */

enterLab();
/** So that a second's worth is a number, and every target is one connect. */
const RATE = flag("rate", 3_000);
const KILLS = flag("kills", 6);
/** A run is killed so long after it has begun, in milliseconds. */
const LEAST_MS = 400;
const MOST_MS = 2_000;
const NETWORK = "10.77.0.0/18";
const HOSTS = 2 ** 14;
const PORTS = [8_080, 8_081];
/** Runs that are not killed; one should do. */
const MOST_RUNS = KILLS + 3;

layCable({ routed: NETWORK, owned: NETWORK });
const places = new Map(spread("10.77.0.0", { size: HOSTS, count: 512 }).map((address) => [address, [8_080]]));
const listeners = await openPorts(places);
const truth = endpointsOf(places);
const folder = mkdtempSync(path.join(tmpdir(), "bench-"));
const file = path.join(folder, "checkpoint");
/**
 * What any of the runs has told, killed or not.
 *
 * @type {Set<string>}
 */
const told = new Set();

if (knows(`--checkpoint=${path.join(folder, "other")}`)) await judge();
else verdict("this sonde has no --checkpoint", false);
listeners.close();
rmSync(folder, { recursive: true });

async function judge() {
  const before = activeOpens();
  /** @type {Inventory | undefined} */
  let last;
  let runs = 0;
  let kills = 0;
  for (; runs < MOST_RUNS && last === undefined; runs++) {
    const afterMs = kills < KILLS ? LEAST_MS + Math.random() * (MOST_MS - LEAST_MS) : undefined;
    const ended = await run(afterMs);
    if (ended.killed) kills++;
    last = ended.inventory;
  }
  const probes = HOSTS * PORTS.length;
  const twice = activeOpens() - before - probes;
  const whole = new Set(last?.services.flatMap(endpointsIn));
  console.log(`checkpoint: ${probes} probes at --rate=${RATE}, ${runs} runs of which ${kills} were killed`);
  console.log(
    `  recall of all runs together ${percent(told)}, of the last document ${percent(whole)}; ` +
      `${twice} connects more than targets`,
  );
  console.log(`  ${JSON.stringify(last?.coverage)}`);
  verdict("killed as often as was meant", kills === KILLS);
  verdict("all runs together found everything", recallOf(told, truth) === 1);
  verdict("so does the last document alone", recallOf(whole, truth) === 1 && whole.size === truth.size);
  verdict("which calls itself complete", last?.coverage.complete === true && last.coverage.probes === probes);
  verdict("none left out, at most a second's worth repeated for each kill", twice >= 0 && twice <= kills * RATE);
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
  return { killed: child.signalCode === "SIGKILL", inventory: read(stdout) };
}

/**
 * Takes note of what was told, and returns the whole where the run came to its end.
 *
 * @param {string} stdout
 * @returns {Inventory | undefined}
 */
function read(stdout) {
  // A line that the kill has cut in two is not there.
  const lines = stdout.split("\n").slice(0, -1);
  for (const line of lines) {
    const event = JSON.parse(line);
    if (event.event === "service") for (const endpoint of endpointsIn(event.service)) told.add(endpoint);
    if (event.event === "finished") return event.inventory;
  }
  return undefined;
}

/**
 * @param {Service} service
 * @returns {string[]}
 */
function endpointsIn({ addresses, port }) {
  return addresses.map((address) => `${address}:${port}`);
}

/** @param {ReadonlySet<string>} found */
function percent(found) {
  return `${(recallOf(found, truth) * 100).toFixed(2)} %`;
}
