// @ts-check
// How long the local server's validation takes: with port 8100 free, with 99 of its hundred ports taken, and with all of
// them. Each in a process of its own, so that the first call counts, compiled by nobody yet; and then many calls more.

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { flag, median, verdict } from "./measure.js";
import { enterLab, listenAt } from "./world.js";

/** @typedef {{ first: number, again: number[], port: number | null, error: string | null }} Measured */

const RUNS = flag("runs", 20);
const MOST_MS = 100;
const BASE = 8_100;
const TRIES = 100;

const LIBRARY = new URL("../dist/src/index.js", import.meta.url).href;

/** Loaded before the clock starts: who validates has started long since. */
const SCRIPT = `
const { readServers, validateLocalServer } = await import(${JSON.stringify(LIBRARY)});
const { config, folder } = await readServers("sonde.servers.json");
const timed = async () => {
  const begun = performance.now();
  const result = await validateLocalServer(config, { folder });
  return { ms: performance.now() - begun, result };
};
const { ms: first, result } = await timed();
const again = [];
for (let call = 0; call < 20; call++) again.push((await timed()).ms);
console.log(JSON.stringify({ first, again, port: result.port, error: result.error }));`;

/**
 * @param {string} cwd
 * @returns {Measured}
 */
function measure(cwd) {
  const args = ["--input-type=module", "--eval", SCRIPT];
  return JSON.parse(execFileSync(process.execPath, args, { cwd, encoding: "utf8" }));
}

/**
 * @param {string} name
 * @param {number} taken
 * @param {{ port: number | null, error: string | null }} wanted
 */
async function judge(name, taken, wanted) {
  const ports = Array.from({ length: taken }, (_, at) => BASE + at);
  const servers = await listenAt(ports);
  const cwd = mkdtempSync(path.join(tmpdir(), "bench-"));
  const runs = Array.from({ length: RUNS }, () => measure(cwd));
  rmSync(cwd, { recursive: true });
  for (const server of servers) server.close();
  const first = median(runs.map((run) => run.first));
  const worst = Math.max(...runs.map((run) => run.first));
  const again = median(runs.flatMap((run) => run.again));
  console.log(
    `  ${name.padEnd(16)} first ${first.toFixed(1)} ms (worst ${worst.toFixed(1)}), again ${again.toFixed(1)} ms`,
  );
  verdict(
    `${name}: the first call within ${MOST_MS} ms, ${first.toFixed(1)} of them`,
    first < MOST_MS && runs.every(({ port, error }) => port === wanted.port && error === wanted.error),
  );
}

enterLab();
console.log(`validate: the local server, ${RUNS} processes each`);
await judge("8100 free", 0, { port: BASE, error: null });
await judge("99 ports taken", TRIES - 1, { port: BASE + TRIES - 1, error: null });
await judge("100 ports taken", TRIES, {
  port: null,
  error: `No available ports found starting from ${BASE}`,
});
