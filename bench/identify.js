// @ts-check
// 200 open ports, each a stand-in for one kind of service on a port that says nothing of it: how long to name them
// all, and how many connections that costs each server.

import { subscribe } from "node:diagnostics_channel";
import { Socket } from "node:net";

import { loadCatalog } from "../dist/src/catalog/index.js";
import { startPages, startScript } from "../test/lab/stand-in-server.js";
import { costText, discovered, flag, median, verdict } from "./measure.js";
import { enterLab } from "./world.js";

/** @typedef {import("../dist/src/model/catalog.js").CatalogEntry} CatalogEntry */

enterLab();
const PORTS = flag("ports", 200);
const FIRST_PORT = 40_000;

/** @type {Map<number, number>} */
const connections = new Map();
subscribe("net.server.socket", (message) => {
  if (!(message instanceof Object && "socket" in message && message.socket instanceof Socket)) return;
  const port = message.socket.localPort ?? 0;
  connections.set(port, (connections.get(port) ?? 0) + 1);
});

/**
 * The server that replays an entry's first recorded answer; undefined where that takes more than one exchange.
 *
 * @param {CatalogEntry} entry
 * @returns {((port: number) => Promise<unknown>) | undefined}
 */
function standIn(entry) {
  const [example] = entry.examples;
  if (example === undefined) return undefined;
  if ("path" in example) return (port) => startPages([example], { port });
  const [reply, ...more] = example.replies;
  const probe = entry.probes?.find(({ name }) => name === example.probe);
  if (reply === undefined || more.length > 0 || probe === undefined) return undefined;
  const question = Buffer.from(probe.send ?? []).toString("base64");
  const bytes = typeof reply === "string" ? Buffer.from(reply, "latin1") : Buffer.from(reply);
  const script = [{ question, reply: bytes.toString("base64") }];
  return (port) => startScript(script, { port });
}

const { entries } = await loadCatalog();
const kinds = entries.flatMap((entry) => {
  const start = standIn(entry);
  return start === undefined ? [] : [{ type: entry.type, start }];
});
/** @type {Map<number, string>} */
const servers = new Map();
for (let at = 0; at < PORTS; at++) {
  const kind = kinds[at % kinds.length];
  if (kind === undefined) throw new Error("the catalog has no examples");
  await kind.start(FIRST_PORT + at);
  servers.set(FIRST_PORT + at, kind.type);
}

const cost = await discovered(["127.0.0.1", `--ports=${FIRST_PORT}-${FIRST_PORT + PORTS - 1}`]);
const { services } = cost.inventory;
const wrong = services.filter(({ port, type }) => servers.get(port) !== type);
const counts = [...connections.values()];
const most = Math.max(...counts);
const [busiest] = [...connections].find(([, count]) => count === most) ?? [];

console.log(`identify: ${PORTS} stand-ins of ${kinds.length} kinds on ports that tell nothing`);
console.log(
  `  ${costText(cost)}; ${services.length} found, ${services.length - wrong.length} named as meant`,
);
for (const { port, type } of wrong.slice(0, kinds.length)) {
  console.log(`  ${servers.get(port)} was named ${type}`);
}
console.log(`  connections a server: median ${median(counts)}, most ${most} (${servers.get(busiest ?? 0)})`);
const misnamed = wrong.filter(({ type }) => type !== "unknown");
verdict("every one found, none taken for another", services.length === PORTS && misnamed.length === 0);
// On a starved machine an answer may come after the patience with it has ended.
verdict("at most 2 % left unnamed", wrong.length - misnamed.length <= PORTS * 0.02);
// Its listeners would keep this process alive.
process.exit();
