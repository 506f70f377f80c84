// @ts-check
// A large network in which a few /24s are inhabited: --sparse asks a few addresses of each first. What it finds, what
// it spends, and whether it says honestly what it has not looked at.

import { recallOf } from "./comparison.js";
import { activeOpens } from "./counters.js";
import { costText, discovered, flag, knows, verdict } from "./measure.js";
import { enterLab, layCable, settle } from "./world.js";
import { toAddress, toNumber } from "./worlds/addresses.js";
import { endpointsOf, openPorts } from "./worlds/listeners.js";

enterLab();
/** 12 are 4,096 /24s. */
const PREFIX = flag("prefix", 12);
const INHABITED = flag("inhabited", 12);
const FIRST = "10.16.0.0";
const NETWORK = `${FIRST}/${PREFIX}`;
const ADDRESSES = 2 ** (32 - PREFIX);
const BLOCKS = ADDRESSES / 256;
const PORTS = [22, 8_080];
/** Hosts of an inhabited /24: its router, as nearly everywhere the first address, and every sixth after it. */
const LIVING = Array.from({ length: 42 }, (_, at) => 1 + at * 6);
/** The part of all probes that a sparse run may spend where 12 of 4,096 are inhabited. */
const MOST_SPENT = 0.05;

layCable({ routed: NETWORK });
const places = new Map(blocks().flatMap((first) => LIVING.map((at) => [toAddress(first + at), openAt(at)])));
settle([...places.keys()]);
const listeners = await openPorts(places);
const truth = endpointsOf(places);
if (knows("--sparse")) await judge();
else verdict("this sonde has no --sparse", false);
listeners.close();

async function judge() {
  const before = activeOpens();
  const args = [NETWORK, `--ports=${PORTS.join(",")}`, "--no-identify", "--yes", "--sparse"];
  const cost = await discovered(args);
  const connects = activeOpens() - before;
  const { services, coverage, warnings } = cost.inventory;
  const found = new Set(services.flatMap(({ addresses, port }) => addresses.map((one) => `${one}:${port}`)));
  const { probes, open, closed, filtered, unreachable, failed, skipped = 0, unprobed } = coverage;
  const ended = open + closed + filtered + unreachable + failed;
  const all = ADDRESSES * PORTS.length;
  console.log(
    `sparse: ${NETWORK}, ${BLOCKS} /24s of which ${INHABITED} are inhabited; ${truth.size} ports open`,
  );
  console.log(
    `  ${costText(cost)}; ${connects} connects for ${all} targets (${((connects / all) * 100).toFixed(2)} %), ` +
      `recall ${(recallOf(found, truth) * 100).toFixed(2)} %`,
  );
  console.log(`  ${JSON.stringify(coverage)}`);
  for (const warning of warnings) console.log(`  it says: ${warning}`);
  verdict(
    "every open port found, and nothing else",
    recallOf(found, truth) === 1 && found.size === truth.size,
  );
  verdict("the coverage adds up to all targets", probes === all && ended + skipped + unprobed === probes);
  verdict("what it counts as asked was asked", ended <= connects && skipped > 0 && unprobed === 0);
  verdict(`at most ${MOST_SPENT * 100} % of the targets asked`, connects <= all * mostSpent());
}

/** The inhabited part itself is asked whole. */
function mostSpent() {
  return MOST_SPENT + INHABITED / BLOCKS;
}

/** @returns {number[]} The first address of each inhabited /24. */
function blocks() {
  return Array.from({ length: INHABITED }, (_, at) => {
    const block = Math.floor((at * BLOCKS) / INHABITED) + ((at * 5) % Math.floor(BLOCKS / INHABITED));
    return toNumber(FIRST) + block * 256;
  });
}

/**
 * @param {number} at Which address of its /24.
 * @returns {number[]}
 */
function openAt(at) {
  return at % 4 === 1 ? PORTS : PORTS.slice(0, at % 2);
}
