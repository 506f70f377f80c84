// @ts-check
// 500 open ports, each a stand-in for one kind of service: how long it takes to name them all, and how many connections
// that costs each server. Once where they usually live, and once on ports that say nothing of them.
//
// What a service needs is one connection: who knew it beforehand would ask it there all that we report, inside TLS where it
// speaks that, since a stand-in of HTTP keeps it alive and the others take what is asked next on the same one. Whether that
// is so is tried first, by `yardstick.js`, which is also what our time and work are compared with. The sweep's connect is the
// one more.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { loadCatalog } from "../dist/src/catalog/index.js";
import { costOf, costText, discovered, flag, median, verdict } from "./measure.js";
import { countConnections, homesOf, secureAt } from "./stand-ins.js";
import { enterLab } from "./world.js";

/** @typedef {import("./stand-ins.js").Home & { host: string }} Resident */

enterLab();
const PORTS = flag("ports", 500);
const RUNS = flag("runs", 1);
const FIRST_PORT = 40_000;
const NEED = 1;
const YARDSTICK = fileURLToPath(new URL("yardstick.js", import.meta.url));
const MOST_SECONDS = 3;

const { entries, ports } = await loadCatalog();
const homes = homesOf(entries);
const kinds = new Set(homes.map(({ type }) => type)).size;

/**
 * Hosts of about fifty services: every second port of the catalog, on each a kind that lives there. They take turns.
 *
 * @returns {Resident[]}
 */
function settle() {
  /** @type {Resident[]} */
  const settled = [];
  for (let at = 1; settled.length < PORTS; at++) {
    for (const port of ports.filter((_port, index) => index % 2 === at % 2)) {
      const candidates = homes.filter((home) => home.port === port);
      const home = candidates[Math.floor((at - 1) / 2) % candidates.length];
      if (home !== undefined) settled.push({ ...home, host: `127.0.1.${at}` });
    }
  }
  return settled.slice(0, PORTS);
}

/**
 * One of each kind in turn, without TLS, on ports that nothing is known of.
 *
 * @returns {Resident[]}
 */
function hide() {
  const plain = homes.filter(
    ({ type, tls }, at) => !tls && homes.findIndex((one) => one.type === type && !one.tls) === at,
  );
  return Array.from({ length: PORTS }, (_none, at) => {
    const home = plain[at % plain.length];
    if (home === undefined) throw new Error("the catalog has no examples");
    return { ...home, host: "127.0.0.1", port: FIRST_PORT + at };
  });
}

/**
 * Whether kinds live there that speak HTTP, and others that do not: of two first questions one is wrong for each.
 *
 * @param {Resident} resident
 */
function isShared({ port }) {
  const living = homes.filter((home) => home.port === port);
  return new Set(living.map(({ overHttp }) => overHttp)).size > 1;
}

/** @param {{ host: string, port: number }} place */
function placeOf({ host, port }) {
  return `${host}:${port}`;
}

const folder = mkdtempSync(path.join(tmpdir(), "bench-"));
const settled = settle();
const hidden = hide();
secureAt(new Map(settled.filter(({ tls }) => tls).map((one) => [placeOf(one), one])));
for (const resident of [...settled, ...hidden]) await resident.start(resident);
const connections = countConnections();

/**
 * @param {string} where
 * @param {readonly Resident[]} residents
 * @param {readonly string[]} args
 */
async function measure(where, residents, args) {
  const list = path.join(folder, "list.json");
  writeFileSync(list, JSON.stringify(residents));
  const plain = await costOf([process.execPath, YARDSTICK, list]);
  const reached = [...connections.take().values()].filter((count) => count === NEED).length;
  const cost = await discovered(args);
  const counts = connections.take();
  const named = new Map(
    cost.inventory.services.map(({ host, port, type }) => [placeOf({ host, port }), type]),
  );
  const wrong = residents.filter((one) => named.get(placeOf(one)) !== one.type);
  const over = residents.map((one) => ({ ...one, over: (counts.get(placeOf(one)) ?? 0) - NEED }));
  const sorted = over.map((one) => one.over).toSorted((a, b) => a - b);
  const beyond = over.filter((one) => one.over > 1).toSorted((a, b) => b.over - a.over);
  const tooFar = beyond.filter((one) => one.over > (isShared(one) ? 2 : 1));

  console.log(`identify: ${residents.length} stand-ins of ${kinds} kinds ${where}`);
  console.log(`  ${costText(cost)}; ${named.size} found, ${residents.length - wrong.length} named as meant`);
  console.log(
    `  the yardstick: ${costText(plain)}, ${Number(plain.stdout)} answered; ratio ${(cost.wall / plain.wall).toFixed(1)} wall, ${(cost.cpu / plain.cpu).toFixed(1)} CPU`,
  );
  for (const one of wrong.slice(0, 20)) {
    console.log(`  ${one.type} at ${placeOf(one)} was named ${named.get(placeOf(one)) ?? "nothing"}`);
  }
  console.log(
    `  connections over what it needs: median ${median(sorted)}, p95 ${sorted[Math.floor(sorted.length * 0.95)]}, most ${sorted.at(-1)}; ${beyond.length} over by more than one`,
  );
  /** @type {Map<string, number[]>} */
  const byKind = new Map();
  for (const { type, port, over: more } of beyond) {
    const name = where === USUAL ? `${type}:${port}` : type;
    byKind.set(name, [...(byKind.get(name) ?? []), more]);
  }
  if (where === USUAL) for (const [name, more] of byKind) console.log(`    ${name} by ${more.join(", ")}`);
  const misnamed = wrong.filter((one) => !["unknown", undefined].includes(named.get(placeOf(one))));
  return { cost, found: named.size, wrong, misnamed, tooFar, reached };
}

const USUAL = "where they usually live";
const hosts = [...new Set(settled.map(({ host }) => host))];
for (let run = 0; run < RUNS; run++) {
  const usual = await measure(USUAL, settled, hosts);
  verdict("one connection is enough for each", usual.reached === PORTS);
  verdict("every one found and named", usual.found === PORTS && usual.wrong.length === 0);
  verdict(
    "at most one connection more than it needs, or two at a port that HTTP and another protocol share",
    usual.tooFar.length === 0,
  );
  verdict(`at most ${MOST_SECONDS} s`, usual.cost.wall <= MOST_SECONDS);

  const range = `--ports=${FIRST_PORT}-${FIRST_PORT + PORTS - 1}`;
  const lost = await measure("on ports that tell nothing", hidden, ["127.0.0.1", range]);
  verdict("every one found, none taken for another", lost.found === PORTS && lost.misnamed.length === 0);
  // On a starved machine an answer may come after the patience with it has ended.
  verdict("at most 2 % left unnamed", lost.wrong.length - lost.misnamed.length <= PORTS * 0.02);
}
rmSync(folder, { recursive: true });
// Its listeners would keep this process alive.
process.exit();
