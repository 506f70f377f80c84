import { hex } from "../../model/bytes.ts";
import type { CatalogEntry, HttpCheck, Probe, Reading } from "../../model/catalog.ts";
import { asObject, stringAt } from "../../model/json.ts";
import { MORE, facts, matched, quoted } from "../reading.ts";
import { plain, plainOrNone } from "../text.ts";

// Bolt handshake, https://neo4j.com/docs/bolt/current/bolt/handshake/: four proposals, each 0, range, minor, major.
const HANDSHAKE = hex("60 60 b0 17  00 08 08 05  00 02 04 04  00 00 01 04  00 00 00 03");
/** Highest minor version proposed of each major one. */
const PROPOSED: Readonly<Record<number, number>> = { 3: 0, 4: 4, 5: 8 };

const handshake: Probe = {
  name: "handshake",
  send: HANDSHAKE,
  read(reply, ended): Reading {
    if ((reply[0] ?? 0) !== 0 || (reply[1] ?? 0) !== 0 || reply.length > 4) return undefined;
    if (reply.length < 4) return ended ? undefined : MORE;
    const [, , minor = 0, major = 0] = reply;
    const highest = PROPOSED[major];
    if (highest === undefined || minor > highest) return undefined;
    return matched({
      confidence: 0.9,
      health: "healthy",
      summary: `Bolt handshake answered with version ${major}.${minor}`,
      metadata: { bolt: `${major}.${minor}` },
    });
  },
};

const root: HttpCheck = {
  path: "/",
  read({ status, json }) {
    const version = stringAt(json, "neo4j_version");
    const names = Object.keys(asObject(json) ?? {});
    if (status !== 200 || version === undefined || !names.some((name) => name.startsWith("bolt_")))
      return undefined;
    return {
      product: "Neo4j",
      version: plain(version, 40),
      confidence: 0.98,
      health: "healthy",
      summary: `GET / answered with neo4j_version ${quoted(version)}`,
      metadata: facts({ edition: plainOrNone(stringAt(json, "neo4j_edition"), 40) }),
    };
  },
};

const entry: CatalogEntry = {
  type: "neo4j",
  title: "Neo4j",
  category: "database",
  summary: "Graph database; Memgraph speaks the same protocol, Bolt",
  ports: [7473, 7474, 7687],
  tlsPorts: [7473],
  httpPorts: [7473, 7474],
  scheme: "bolt",
  tlsScheme: "bolt+s",
  products: ["Neo4j", "Memgraph"],
  processes: ["memgraph"],
  probes: [handshake],
  http: [root],
  examples: [
    {
      name: "Neo4j 5 speaking Bolt 5.4",
      probe: "handshake",
      replies: ["\x00\x00\x04\x05"],
      expect: { health: "healthy" },
    },
    {
      name: "Neo4j 4.4",
      probe: "handshake",
      replies: ["\x00\x00\x04\x04"],
      expect: { health: "healthy" },
    },
    {
      name: "Neo4j 5.12 over HTTP",
      path: "/",
      headers: { "content-type": "application/json" },
      body: '{"bolt_routing":"neo4j://localhost:7687","transaction":"http://localhost:7474/db/{databaseName}/tx","bolt_direct":"bolt://localhost:7687","neo4j_version":"5.12.0","neo4j_edition":"community"}',
      expect: { product: "Neo4j", version: "5.12.0", health: "healthy" },
    },
  ],
};

export default entry;
