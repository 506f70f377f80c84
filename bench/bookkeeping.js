// @ts-check
// What a target costs before and after its connect: to draw it, to count it, to write it down. The scanner runs in this
// process over a network that refuses every connect at once, so that nothing of the kernel is in it.

import { systemNet } from "../dist/src/net/index.js";
import { Announced } from "../dist/src/scan/announced.js";
import { createScanner } from "../dist/src/scan/scanner.js";
import { Tally } from "../dist/src/scan/tally.js";
import { flag, verdict } from "./measure.js";
import { toNumber } from "./worlds/addresses.js";

/** How long the prefix of 10.0.0.0 is. 8 is what the promise is about: 117 million targets, and minutes. */
const PREFIX = flag("prefix", 12);
const PORTS = [22, 80, 443, 3_306, 5_432, 6_379, 8_080];
const MOST_US = 2;
/** How much the memory may grow between the first tenth and the end. */
const MOST_GROWTH_MB = 30;
const SAMPLE_MS = 100;

/** No thread but this one. */
const NOTHING = { sockets: 0, start: 0, perHost: 0 };

const hosts = 2 ** (32 - PREFIX);
const targets = hosts * PORTS.length;
const tally = new Tally();
const scanner = scannerOf(refusing());
/** @type {number[]} */
const resident = [];
const timer = setInterval(() => resident.push(process.memoryUsage.rss() / 2 ** 20), SAMPLE_MS);
const cpuBefore = process.cpuUsage();
const begun = performance.now();
for await (const { endpoint } of scanner.sweep(scope()))
  throw new Error(`${endpoint.address} cannot be open`);
const wallS = (performance.now() - begun) / 1_000;
const { user, system } = process.cpuUsage(cpuBefore);
clearInterval(timer);

const early = Math.max(...resident.slice(0, Math.max(1, Math.floor(resident.length / 10))));
const growth = Math.max(...resident) - early;
const usEach = (user + system) / targets;
console.log(
  `bookkeeping: ${targets.toLocaleString("en")} targets, 10.0.0.0/${PREFIX} × ${PORTS.length} ports`,
);
console.log(
  `  ${wallS.toFixed(2)} s, ${usEach.toFixed(2)} µs CPU a target; memory ${early.toFixed(0)} MB, then at most ` +
    `${growth.toFixed(0)} MB more`,
);
verdict("every target was closed", tally.coverage.closed === targets && tally.coverage.complete);
verdict(`at most ${MOST_US} µs a target`, usEach <= MOST_US);
if (PREFIX > 12) console.log("  too short to tell whether memory is flat: --prefix=12");
else verdict(`memory flat within ${MOST_GROWTH_MB} MB`, growth <= MOST_GROWTH_MB);

/** @returns {import("../dist/src/model/net.js").Net["prober"]} */
function refusing() {
  return (ended) => {
    /** @type {number[]} */
    let waiting = [];
    const answer = () => {
      const answered = waiting;
      waiting = [];
      for (const slot of answered) ended(slot, "closed", 1);
    };
    return {
      connect(slot) {
        if (waiting.push(slot) === 1) setImmediate(answer);
      },
      cancel() {},
      close() {},
    };
  };
}

/** @param {import("../dist/src/model/net.js").Net["prober"]} prober */
function scannerOf(prober) {
  return createScanner({
    net: { ...systemNet, prober },
    isDirect: true,
    limits: { sockets: 1_000, perHost: 256, isOwn: () => false },
    helpers: {
      count: 0,
      ...NOTHING,
      alone: NOTHING,
      beside: NOTHING,
      sweepAlone: false,
      run: () => undefined,
    },
    announced: new Announced(false),
    tally,
    clock: { now: () => Date.now(), monotonic: () => performance.now() },
    signal: new AbortController().signal,
  });
}

/** @returns {import("../dist/src/model/strategy.js").Scope} */
function scope() {
  const first = BigInt(toNumber("10.0.0.0"));
  const ranges = [{ family: /** @type {const} */ (4), first, last: first + BigInt(hosts - 1) }];
  return {
    targets: { ranges, count: hosts, hostnames: new Map(), sameHost: new Map(), labels: [] },
    ports: PORTS,
    extra: [],
    sparse: false,
    listeners: [],
    identify: false,
    timeoutMs: 2_000,
    httpTimeoutMs: 5_000,
    httpHeaders: {},
    domains: [],
    services: [],
    dnsServers: [],
    interfaces: [],
    strategies: [],
  };
}
