// @ts-check
// With --record a bench leaves what it found in bench/results/, from which bench/charts.js draws.

import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism, release } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { given, verdicts } from "./measure.js";

export const RESULTS = fileURLToPath(new URL("results/", import.meta.url));

/**
 * @typedef {object} Recorded
 * @property {string} bench
 * @property {string} title What was measured, in a line.
 * @property {string} date `2026-11-21`.
 * @property {Machine} machine
 * @property {number} runs
 * @property {readonly import("./comparison.js").Summary[]} rows
 * @property {readonly import("./measure.js").Verdict[]} promises
 */

/** @typedef {{ cores: number, node: string, kernel: string }} Machine */

/**
 * Writes bench/results/<bench>.json where --record was given. Last of all: it keeps the verdicts so far.
 *
 * @param {string} bench
 * @param {{ title: string, runs: number, rows: readonly import("./comparison.js").Summary[] }} found
 */
export function record(bench, { title, runs, rows }) {
  if (!given("record")) return;
  /** @type {Recorded} */
  const recorded = {
    bench,
    title,
    date: new Date().toISOString().slice(0, 10),
    machine: machine(),
    runs,
    rows: rows.map(rounded),
    promises: verdicts(),
  };
  mkdirSync(RESULTS, { recursive: true });
  writeFileSync(path.join(RESULTS, `${bench}.json`), `${JSON.stringify(recorded, null, 2)}\n`);
}

/** No name and no path: only what the figures depend on. */
function machine() {
  const [kernel = ""] = release().split("-");
  return { cores: availableParallelism(), node: process.version, kernel: `Linux ${kernel}` };
}

/** @param {import("./comparison.js").Summary} summary */
function rounded({ name, wall, cpu, rss, recall, wrong }) {
  return {
    name,
    wall: Number(wall.toFixed(3)),
    cpu: Number(cpu.toFixed(2)),
    rss: Math.round(rss),
    recall: Number(recall.toFixed(5)),
    wrong,
  };
}
