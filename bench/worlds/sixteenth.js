// @ts-check
// 4,096 hosts of which one in 16 is up. Most of those answer closed ports with RST, some drop all but what is open.
// The last /24 lies at the end of a slow line, if there is one, and has one host.

import { setTimeout as sleep } from "node:timers/promises";

import { guardFar, layCable, settle } from "../world.js";
import { spread } from "./addresses.js";
import { inSlow, layDelayLine } from "./delay-line.js";
import { endpointsOf, openPorts } from "./listeners.js";

export const NETWORK = "10.77.0.0/20";
export const HOSTS = 4_096;
export const PORTS = [22, 80, 443, 3_306, 5_432, 6_379, 8_080, 9_090];
/** 15 blocks of 256; the sixteenth is the slow one. */
const QUICK_HOSTS = 3_840;
const LIVING = 256;
/** One living host in so many drops what is not open. */
const GUARDED_EVERY = 16;
const SLOW_NETWORK = "10.77.15.0/24";
const SLOW_HOST = "10.77.15.77";
const SLOW_PORTS = [80, 443, 9_090];
/**
 * 300 ms away. All 2,048 probes of its /24 at once wait for 3 s; the queue holds no more than that.
 *
 * @type {import("./delay-line.js").Line}
 */
const LINE = { roundTripMs: 300, packetsPerSecond: 700, queueMs: 3_000 };

/**
 * @typedef {object} World
 * @property {ReadonlySet<string>} truth What is open.
 * @property {import("./listeners.js").Listeners} listeners
 */

/** @returns {Promise<World>} */
export async function settleSixteenth() {
  layCable({ routed: NETWORK });
  const hosts = spread("10.77.0.0", { size: QUICK_HOSTS, count: LIVING - 1 });
  settle(hosts);
  const places = new Map(hosts.map((address, at) => [address, openAt(at)]));
  guardFar(
    hosts
      .filter((_, at) => at % GUARDED_EVERY === 0)
      .flatMap((address) => [
        `-A INPUT -d ${address} -p tcp -m multiport --dports ${places.get(address)?.join(",")} -j ACCEPT`,
        `-A INPUT -d ${address} -j DROP`,
      ]),
  );
  return { truth: endpointsOf(places), listeners: await openPorts(places) };
}

/**
 * One port at those that drop the rest, one to four elsewhere.
 *
 * @param {number} at Which living host.
 */
function openAt(at) {
  const count = at % GUARDED_EVERY === 0 ? 1 : 1 + (at % 4);
  return Array.from({ length: count }, (_, each) => PORTS[(at + each * 3) % PORTS.length] ?? 0);
}

/**
 * Puts the slow host where it belongs.
 *
 * @param {string} program What `compiled("delay-line")` made.
 */
export async function settleSlowHost(program) {
  const takeUp = await layDelayLine(program, { network: SLOW_NETWORK, hosts: [SLOW_HOST], line: LINE });
  const places = new Map([[SLOW_HOST, SLOW_PORTS]]);
  const listeners = await openPorts(places, { enter: inSlow });
  const close = async () => {
    listeners.close();
    return await takeUp();
  };
  /** Until what the last run has left in the queue is through: it would be in the next one's way. */
  const drained = () => sleep(LINE.queueMs + LINE.roundTripMs);
  return { truth: endpointsOf(places), drained, close };
}
