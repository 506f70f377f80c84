// @ts-check
// Who takes part: sonde in its ways, nmap, and a connect scanner in C that shows what one core can do.

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { costOf, discovered, isInstalled } from "./measure.js";

/**
 * What a run cost and which endpoints it called open, as `address:port`.
 *
 * @typedef {import("./measure.js").Cost & { open: ReadonlySet<string> }} Seen
 */

/**
 * @typedef {object} Peer
 * @property {string} name
 * @property {() => Promise<Seen>} run
 */

const ALL_PORTS = 65_535;
const COMPILER = "gcc";

/**
 * What to scan: networks or addresses, and ports.
 *
 * @typedef {{ targets: readonly string[], ports: readonly number[] }} Task
 */

/**
 * @param {Task} task
 * @param {{ name?: string, args?: readonly string[], shell?: string }} [options] `shell`: what bash does first.
 * @returns {Peer}
 */
export function sonde({ targets, ports }, { name = "sonde", args = [], shell } = {}) {
  const command = [...targets, `--ports=${portList(ports)}`, "--no-identify", ...args];
  const run = async () => {
    const cost = await discovered(command, shell === undefined ? {} : { shell });
    const endpoints = cost.inventory.services.flatMap(({ addresses, port }) =>
      addresses.map((address) => `${address}:${port}`),
    );
    return { ...cost, open: new Set(endpoints) };
  };
  return { name, run };
}

/** The public path alone: `net.connect`, without what the fast path takes from inside of Node. */
export const PUBLIC_PATH = "--no-direct";

/** One thread alone. */
export const ONE_WORKER = "--threads=1";

/**
 * nmap's connect scan, no names, no ping.
 *
 * @param {Task} task
 * @param {{ name: string, args: readonly string[], patience?: number }} options `patience`: after so many seconds it
 *   is ended; what it took is then what it took at least.
 * @returns {Peer}
 */
export function nmap({ targets, ports }, { name, args, patience = 600 }) {
  const what = ["-p", portList(ports), ...targets];
  const command = ["timeout", String(patience), "nmap", "-sT", "-n", "-Pn", ...args, "-oG", "-", ...what];
  const run = async () => {
    const cost = await costOf(command);
    return { ...cost, open: openInGreppable(cost.stdout) };
  };
  return { name, run };
}

/**
 * Ports as nmap and sonde take them; all of them in few letters.
 *
 * @param {readonly number[]} ports
 */
function portList(ports) {
  return ports.length === ALL_PORTS ? `1-${ALL_PORTS}` : ports.join(",");
}

/** @returns {boolean} */
export function hasNmap() {
  return isInstalled("nmap", "--version");
}

/**
 * nmap's `-oG`: `Host: 10.0.0.1 ()  Ports: 22/open/tcp//ssh///, 80/closed/tcp//http///`.
 *
 * @param {string} text
 */
function openInGreppable(text) {
  const lines = [...text.matchAll(/^Host: (\S+) .*Ports: (.*)$/gm)];
  return new Set(
    lines.flatMap(([, address, ports = ""]) =>
      [...ports.matchAll(/(\d+)\/open\//g)].map(([, port]) => `${address}:${port}`),
    ),
  );
}

/**
 * The scanner in C over one network.
 *
 * @param {string} program What `compiled("epoll-scan")` made.
 * @param {{ network: string, ports: readonly number[] }} task
 * @param {{ name?: string, window?: number, deadlineMs?: number }} [options]
 * @returns {Peer}
 */
export function epollScan(
  program,
  { network, ports },
  { name = "C, epoll", window = 16_000, deadlineMs = 4_000 } = {},
) {
  const run = async () => {
    const cost = await costOf([program, String(window), String(deadlineMs), ports.join(","), network]);
    return { ...cost, open: new Set(cost.stdout.split("\n").filter((line) => line !== "")) };
  };
  return { name, run };
}

/**
 * One of bench/peers/ as a program, in a folder that goes when this process does; undefined where there is no gcc.
 *
 * @param {"epoll-scan" | "delay-line"} name
 * @returns {string | undefined}
 */
export function compiled(name) {
  if (!isInstalled(COMPILER, "--version")) return undefined;
  const folder = mkdtempSync(path.join(tmpdir(), "peer-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const program = path.join(folder, name);
  execFileSync(COMPILER, ["-O2", "-o", program, fileURLToPath(new URL(`peers/${name}.c`, import.meta.url))]);
  return program;
}
