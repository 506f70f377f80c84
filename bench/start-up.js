// @ts-check
// How long it takes to say --help and --version, and to find what runs on this machine, against a node that does
// nothing. Interleaved, since the machine's mood changes faster than a run of one kind would take.

import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";

import { loadCatalog } from "../dist/src/catalog/index.js";
import { startPages, startScript } from "../test/lab/stand-in-server.js";
import { DISCOVER, flag, median, ms, verdict } from "./measure.js";
import { enterLab } from "./world.js";

/** @typedef {import("../dist/src/model/catalog.js").CatalogEntry} CatalogEntry */
/** @typedef {import("../dist/src/model/catalog.js").Probe} Probe */
/** @typedef {{ readonly name: string, readonly args: readonly string[] }} Kind */

const RUNS = flag("runs", 40);
const HELP_GOAL = 1.5;
const SCAN_GOAL = 2.5;
const BARE = { name: "node -e 0", args: ["-e", "0"] };
const SCAN = { name: "discover", args: [DISCOVER] };

/** bash tells CPU time to the millisecond; GNU time only to ten. */
const TIMED = `TIMEFORMAT="%R %U %S"; time "$@" >/dev/null 2>/dev/null`;

/**
 * Not spawnSync: the servers of the second world live in this process.
 *
 * @param {Kind} kind
 */
async function timesOf({ name, args }) {
  const child = spawn("bash", ["-c", TIMED, "bash", process.execPath, ...args]);
  const [report, status] = await Promise.all([
    text(child.stderr),
    new Promise((resolve) => child.once("close", resolve)),
  ]);
  if (status !== 0) throw new Error(`${name} ended with ${status}: ${report}`);
  const [wall = 0, user = 0, system = 0] = report.trim().split(" ").map(Number);
  return { wall, cpu: user + system };
}

/**
 * Medians, printed, as multiples of what the first of them took.
 *
 * @param {readonly Kind[]} kinds
 */
async function compare(kinds) {
  const rows = kinds.map((kind) => ({
    kind,
    wall: /** @type {number[]} */ ([]),
    cpu: /** @type {number[]} */ ([]),
  }));
  for (let run = -1; run < RUNS; run++) {
    for (const row of rows) {
      const { wall, cpu } = await timesOf(row.kind);
      // The first of each only fills the page cache.
      if (run < 0) continue;
      row.wall.push(wall);
      row.cpu.push(cpu);
    }
  }
  const [least] = rows;
  return rows.map(({ kind: { name }, wall, cpu }) => {
    const times = {
      wall: median(wall) / median(least?.wall ?? []),
      cpu: median(cpu) / median(least?.cpu ?? []),
    };
    console.log(
      `  ${name.padEnd(20)} ${ms(median(wall))} (${times.wall.toFixed(2)} ×), ` +
        `CPU ${ms(median(cpu))} (${times.cpu.toFixed(2)} ×)`,
    );
    return times;
  });
}

/**
 * What a real server was asked and said, first question to last.
 *
 * @param {Probe} probe
 * @param {readonly (string | Uint8Array)[]} replies
 * @returns {{ question: string, reply: string }[]}
 */
function exchanges(probe, [reply, ...more]) {
  if (reply === undefined) return [];
  const bytes = typeof reply === "string" ? Buffer.from(reply, "latin1") : Buffer.from(reply);
  const question = Buffer.from(probe.send ?? []).toString("base64");
  const reading = probe.read(bytes, false);
  const next = reading !== undefined && "next" in reading ? reading.next : undefined;
  return [
    { question, reply: bytes.toString("base64") },
    ...(next === undefined ? [] : exchanges(next, more)),
  ];
}

/**
 * A server that says what one of that kind once said.
 *
 * @param {CatalogEntry | undefined} entry
 * @param {number} port
 */
async function standIn(entry, port) {
  const pages = (entry?.examples ?? []).filter((one) => "path" in one);
  if (pages.length > 0) return startPages(pages, { port });
  const [example] = entry?.examples ?? [];
  const probe = entry?.probes?.find(
    ({ name }) => example !== undefined && "probe" in example && name === example.probe,
  );
  if (probe === undefined || example === undefined || "path" in example)
    throw new Error("an entry without examples");
  return startScript(exchanges(probe, example.replies), { port });
}

enterLab();
console.log(`start-up: medians of ${RUNS} interleaved runs; nothing listens`);
const words = ["--help", "--version"].map((word) => ({ name: `discover ${word}`, args: [DISCOVER, word] }));
const [, help, , alone] = await compare([BARE, ...words, SCAN]);
verdict(
  `--help within ${HELP_GOAL} × of node -e 0, wall and CPU`,
  help !== undefined && Math.max(help.wall, help.cpu) <= HELP_GOAL,
);
verdict(`discover within ${SCAN_GOAL} ×`, alone !== undefined && alone.wall <= SCAN_GOAL);

const catalog = await loadCatalog();
/** @type {readonly (readonly [string, number])[]} */
const LISTENERS = [
  ["ssh", 22],
  ["nginx", 80],
  ["redis", 6_379],
  ["prometheus", 9_090],
];
const servers = await Promise.all(LISTENERS.map(([type, port]) => standIn(catalog.get(type), port)));
console.log(`  ${LISTENERS.map(([type]) => type).join(", ")} listen`);
await compare([BARE, SCAN]);
await Promise.all(servers.map((server) => server.close()));
