// @ts-check
// Draws bench/charts/*.svg from what the benches have left in bench/results/ with --record.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { barChart } from "./chart.js";
import { RESULTS } from "./results.js";

/** @typedef {import("./results.js").Recorded} Recorded */

const BENCHES = ["sweep", "silent", "on-link", "this-machine"];
const CHARTS = fileURLToPath(new URL("charts/", import.meta.url));

mkdirSync(CHARTS, { recursive: true });
for (const bench of BENCHES) {
  const file = path.join(RESULTS, `${bench}.json`);
  if (existsSync(file)) draw(JSON.parse(readFileSync(file, "utf8")));
  else console.log(`charts: nothing recorded of ${bench}: node bench/${bench}.js --record`);
}

/** @param {Recorded} recorded */
function draw({ bench, title, date, machine, runs, rows }) {
  const { cores, node, kernel } = machine;
  const bars = rows.map(({ name, wall, recall, wrong }) => ({
    label: name,
    value: wall,
    text: `${wall.toFixed(2)} s, ${foundText(recall, wrong)}`,
    ours: name.startsWith("sonde"),
  }));
  const how = runs === 1 ? "one run" : `medians of ${runs} interleaved runs`;
  const note = `Wall time, less is better; ${how}; ${cores} cores, Node ${node}, ${kernel}, ${date}`;
  const svg = barChart({ title: `${bench}: ${title}`, note, unit: "s", bars });
  writeFileSync(path.join(CHARTS, `${bench}.svg`), svg);
  console.log(`charts: ${bench}.svg`);
}

/**
 * @param {number} recall
 * @param {number} wrong
 */
function foundText(recall, wrong) {
  // Downwards: 99.996 % are not all.
  const percent = Math.floor(recall * 1_000) / 10;
  return `recall ${percent} %${wrong > 0 ? `, ${wrong} false` : ""}`;
}
