// @ts-check
// Two networks on the cable itself, where every host that is asked costs an entry of the neighbour table: one with
// few living hosts, and one with none.

import { execFileSync } from "node:child_process";

import { ip, layCable, settle } from "../world.js";
import { spread, toAddress, toNumber } from "./addresses.js";
import { endpointsOf, openPorts } from "./listeners.js";

const FIRST = "10.88.0.0";
const DEAD_FIRST = "10.89.0.0";
export const DEAD_NETWORK = `${DEAD_FIRST}/24`;
/** An address of it that nobody has. */
export const DEAD_HOST = "10.89.0.200";
export const PORTS = [22, 80, 443, 8_080];

/**
 * @param {{ prefix: number }} options How large the living network is; one host in 16 lives.
 * @returns {Promise<{ network: string, hosts: number, truth: ReadonlySet<string>, listeners: import("./listeners.js").Listeners }>}
 */
export async function settleLink({ prefix }) {
  const hosts = 2 ** (32 - prefix);
  layCable({});
  // Neither network's first address, which is this side's own, nor its last, which is nobody's.
  const living = spread(toAddress(toNumber(FIRST) + 16), { size: hosts - 32, count: hosts / 16 });
  ip([], [`addr add ${ownIn(FIRST)}/${prefix} dev near`, `addr add ${ownIn(DEAD_FIRST)}/24 dev near`]);
  ip(["-n", "far"], [`route add ${FIRST}/${prefix} dev far`, `route add ${DEAD_NETWORK} dev far`]);
  settle(living);
  const places = new Map(living.map((address, at) => [address, openAt(at)]));
  const listeners = await openPorts(places);
  return { network: `${FIRST}/${prefix}`, hosts, truth: endpointsOf(places), listeners };
}

/**
 * This side's own address in a network.
 *
 * @param {string} first
 */
function ownIn(first) {
  return toAddress(toNumber(first) + 1);
}

/**
 * One port or two.
 *
 * @param {number} at Which living host.
 */
function openAt(at) {
  return PORTS.slice(at % 3, (at % 3) + 1 + (at % 2));
}

/** The table is the whole machine's: what a run leaves in it would be in the next one's way. */
export function forgetNeighbours() {
  execFileSync("ip", ["neigh", "flush", "all"], { stdio: "ignore" });
}
