// @ts-check
// A part of the network at the end of a long, narrow line: hosts that live and are slow.

import { execFileSync, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { text } from "node:stream/consumers";

import { ip, NEAR, spoken } from "../world.js";

const NAMESPACE = "/run/netns/slow";

/**
 * @typedef {object} Line
 * @property {number} roundTripMs With nothing else under way.
 * @property {number} packetsPerSecond What it takes on the way there.
 * @property {number} queueMs How long a packet may have to wait for its turn; what comes then is dropped.
 */

/**
 * What went over the line, towards the hosts: the longest wait, packets taken and packets dropped.
 *
 * @typedef {{ longestMs: number, passed: number, dropped: number }} Traffic
 */

/** @returns {boolean} Whether this machine and user can have TUN devices. */
export function canDelay() {
  if (!existsSync("/dev/net/tun")) return false;
  try {
    ip([], ["tuntap add dev probe0 mode tun", "link delete probe0"]);
    return true;
  } catch {
    return false;
  }
}

/**
 * Lays the line, with a namespace `slow` at its end that owns `hosts`. Packets to `network` take it from now on.
 *
 * @param {string} program What `compiled("delay-line")` made.
 * @param {{ network: string, hosts: readonly string[], line: Line }} options
 * @returns {Promise<() => Promise<Traffic>>} Takes it up again.
 */
export async function layDelayLine(program, { network, hosts, line }) {
  execFileSync("ip", ["netns", "add", "slow"]);
  const { roundTripMs, packetsPerSecond, queueMs } = line;
  const child = spawn(program, [NAMESPACE, ...[roundTripMs / 2, packetsPerSecond, queueMs].map(String)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  await spoken(child, "the delay line");
  ip([], ["link set line0 up", `route add ${network} dev line0 src ${NEAR}`]);
  const own = hosts.map((address) => `route add local ${address}/32 dev lo`);
  ip(["-n", "slow"], ["link set lo up", "link set line1 up", "route add default dev line1", ...own]);
  const [shell, args] = inSlow("sh", "-c", "echo 0 >/proc/sys/net/ipv4/ip_forward");
  execFileSync(shell, args);
  return async () => {
    const said = text(child.stdout);
    child.stdin.end();
    const [longestMs = 0, passed = 0, dropped = 0] = (await said).trim().split(" ").map(Number);
    execFileSync("ip", ["netns", "delete", "slow"]);
    return { longestMs, passed, dropped };
  };
}

/**
 * A command as it runs at the line's far end.
 *
 * @param {...string} command
 * @returns {[string, string[]]}
 */
export function inSlow(...command) {
  return ["nsenter", [`--net=${NAMESPACE}`, ...command]];
}
