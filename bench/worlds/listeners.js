// @ts-check
// Open ports in a far namespace.

import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

import { inFar, spoken } from "../world.js";

const LISTENER = fileURLToPath(new URL("../listener.js", import.meta.url));

/**
 * Which ports are open, by address.
 *
 * @typedef {ReadonlyMap<string, readonly number[]>} Places
 */

/**
 * @typedef {object} Listeners
 * @property {() => void} rest From now on the kernel alone answers, out of its backlog: other hosts have cores of
 *   their own, and whoever accepts for them here must not take one from the scanner.
 * @property {() => void} wake Takes what came meanwhile.
 * @property {() => void} close
 */

/**
 * @param {Places} places
 * @param {{ enter?: (...command: string[]) => [string, string[]] }} [options] Where: in `far` by default.
 * @returns {Promise<Listeners>}
 */
export async function openPorts(places, { enter = inFar } = {}) {
  const [program, args] = enter(process.execPath, LISTENER);
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.end(JSON.stringify([...places]));
  await spoken(child, "the listeners of the far side");
  return {
    rest: () => void child.kill("SIGSTOP"),
    wake: () => void child.kill("SIGCONT"),
    close: () => void child.kill("SIGKILL"),
  };
}

/**
 * @param {Places} places
 * @returns {Set<string>} `address:port` of each.
 */
export function endpointsOf(places) {
  return new Set([...places].flatMap(([address, ports]) => ports.map((port) => `${address}:${port}`)));
}
