// @ts-check
// What every bench needs: to run a program and say what it took, and to say it in one line.

import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

// What a bench finds is nobody's: it is not kept where its user's own is.
const CACHE = mkdtempSync(path.join(tmpdir(), "sonde-bench-cache-"));
process.env["XDG_CACHE_HOME"] = CACHE;
process.once("exit", () => rmSync(CACHE, { recursive: true, force: true }));

const ROOT = fileURLToPath(new URL("..", import.meta.url));
/** The built command line. */
export const DISCOVER = path.join(ROOT, "dist/command/main.js");
/** GNU time: the one program that tells the peak memory of any other. */
const TIME = "/usr/bin/time";
/** The exit status for a command line that is not understood. */
const USAGE = 2;

/**
 * @typedef {object} Cost
 * @property {number} wall Seconds.
 * @property {number} cpu Seconds, user and system.
 * @property {number} rss The most memory it ever held, in megabytes.
 * @property {number} status The exit status.
 * @property {string} stdout
 */

/**
 * @typedef {object} RunOptions
 * @property {string} [shell] What bash does first, such as `ulimit -n 256`.
 * @property {(pid: number) => void} [started] Told the process that has the program as its child.
 */

/**
 * Runs a program to its end. Throws where it cannot be measured.
 *
 * @param {readonly string[]} command
 * @param {RunOptions} [options]
 * @returns {Promise<Cost>}
 */
export async function costOf(command, { shell, started } = {}) {
  if (!existsSync(TIME)) throw new Error(`${TIME} is missing (Debian's package 'time'): no memory to report`);
  const folder = mkdtempSync(path.join(tmpdir(), "bench-"));
  const report = path.join(folder, "report");
  const timed = [TIME, "--quiet", "-o", report, "-f", "%e %U %S %M", ...command];
  const [program = "", ...args] =
    shell === undefined ? timed : ["bash", "-c", `${shell} && exec "$@"`, "bash", ...timed];
  try {
    const { status, stdout } = await finished(program, args, started);
    const [wall = 0, user = 0, system = 0, kilobytes = 0] = readFileSync(report, "utf8")
      .split(" ")
      .map(Number);
    return { wall, cpu: user + system, rss: kilobytes / 1024, status, stdout };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * Not spawnSync: the listeners of most benches live in this process and must go on accepting.
 *
 * @param {string} program
 * @param {readonly string[]} args
 * @param {RunOptions["started"]} started
 * @returns {Promise<{ status: number, stdout: string }>}
 */
function finished(program, args, started) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
    let stdout = "";
    child.stdout.setEncoding("utf8").on("data", (text) => (stdout += text));
    child.once("error", reject);
    if (child.pid !== undefined) started?.(child.pid);
    child.once("close", (status) => resolve({ status: status ?? -1, stdout }));
  });
}

/**
 * Runs `discover` and reads the document that it prints.
 *
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<Cost & { inventory: import("../dist/src/index.js").Inventory }>}
 */
export async function discovered(args, options) {
  const command = [process.execPath, DISCOVER, ...args, "--output=json", "--quiet"];
  const cost = await costOf(command, options);
  if (cost.status === USAGE) throw new Error(`discover does not know all of ${args.join(" ")}`);
  return { ...cost, inventory: JSON.parse(cost.stdout) };
}

/**
 * Whether `discover` knows a flag. It is asked to scan one port of this machine with it: --help does not show all.
 *
 * @param {string} flag
 */
export function knows(flag) {
  const args = [DISCOVER, "127.0.0.1", "--ports=1", "--no-identify", "--quiet", flag];
  return spawnSync(process.execPath, args, { stdio: "ignore" }).status !== USAGE;
}

/** @param {readonly string[]} command */
export function isInstalled(...command) {
  const [program = "", ...args] = command;
  return spawnSync(program, args, { stdio: "ignore" }).error === undefined;
}

/** @param {readonly number[]} values */
export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/**
 * A flag of this bench: `--runs=20`.
 *
 * @param {string} name
 * @param {number} fallback
 */
export function flag(name, fallback) {
  const given = process.argv.find((argument) => argument.startsWith(`--${name}=`));
  return given === undefined ? fallback : Number(given.slice(name.length + 3));
}

/**
 * Whether a flag without a value was given: `--record`.
 *
 * @param {string} name
 */
export function given(name) {
  return process.argv.includes(`--${name}`);
}

/** @param {number} seconds */
export function ms(seconds) {
  return `${(seconds * 1_000).toFixed(0)} ms`;
}

/** @param {Cost} cost */
export function costText({ wall, cpu, rss }) {
  return `${wall.toFixed(2)} s, ${cpu.toFixed(2)} s CPU, ${rss.toFixed(0)} MB`;
}

/** @typedef {{ promise: string, kept: boolean }} Verdict */

/** @type {Verdict[]} */
const judged = [];

/**
 * Prints the verdict on a promise, and lets the process fail where it is broken.
 *
 * @param {string} promise
 * @param {boolean} kept
 */
export function verdict(promise, kept) {
  console.log(`  ${kept ? "kept  " : "BROKEN"} ${promise}`);
  judged.push({ promise, kept });
  if (!kept) process.exitCode = 1;
}

/** @returns {readonly Verdict[]} Those given so far. */
export function verdicts() {
  return judged;
}

/**
 * Prints the verdict on a ratio that a promise bounds: what it is, and what it may be.
 *
 * @param {string} what
 * @param {number} ratio NaN is broken: what could not be measured was not shown.
 * @param {number} most
 */
export function atMost(what, ratio, most) {
  verdict(`${what}: ${ratio.toFixed(2)} ×, at most ${most} ×`, ratio <= most);
}
