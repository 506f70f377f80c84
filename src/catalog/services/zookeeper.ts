import { fromLatin1, latin1 } from "../../model/bytes.ts";
import type { CatalogEntry, Probe, Reading } from "../../model/catalog.ts";
import type { Health } from "../../model/observation.ts";
import { MORE, couldBe, facts, firstLine, matched, quoted } from "../reading.ts";

// Four-letter words, https://zookeeper.apache.org/doc/current/zookeeperAdmin.html#sc_4lw: srvr is allowed by default.
const SRVR = latin1("srvr");
const WHOLE = /\nMode: ([\w-]+)\r?\n/;
const LONGEST = 4096;

/** What is said instead, and what that means. */
const REFUSALS: Readonly<Record<string, Health>> = {
  "srvr is not executed because it is not in the whitelist.": "healthy",
  "This ZooKeeper instance is not currently serving requests": "unhealthy",
};

/** How the answers begin: ZooKeeper itself, and ClickHouse Keeper, which speaks the same words. */
const BEGINNINGS = ["Zookeeper version: ", "ClickHouse Keeper version: "];

const srvr: Probe = {
  name: "srvr",
  send: SRVR,
  read(reply, ended): Reading {
    const line = firstLine(reply, ended);
    const possible = [...BEGINNINGS, ...Object.keys(REFUSALS)].some((text) => couldBe(reply, text));
    if (!possible) return undefined;
    if (line === undefined) return MORE;
    const health = REFUSALS[line];
    if (health !== undefined)
      return matched({ confidence: 0.95, health, summary: `srvr answered ${quoted(line)}` });
    const found = /^(Zookeeper|ClickHouse Keeper) version: v?(\d+(?:\.\d+)+)/.exec(line);
    const mode = WHOLE.exec(fromLatin1(reply.subarray(0, LONGEST)))?.[1];
    if (found === null) return undefined;
    if (mode === undefined && !ended && reply.length < LONGEST) return MORE;
    return matched({
      ...facts({ version: found[2], metadata: mode === undefined ? undefined : { mode } }),
      product: found[1] === "Zookeeper" ? "ZooKeeper" : "ClickHouse Keeper",
      confidence: 0.98,
      health: "healthy",
      summary: `srvr answered ${quoted(line)}`,
    });
  },
};

const entry: CatalogEntry = {
  type: "zookeeper",
  title: "ZooKeeper",
  category: "orchestration",
  summary: "Coordination service; ClickHouse Keeper speaks the same words",
  ports: [2181, 2281],
  tlsPorts: [2281],
  scheme: "zookeeper",
  products: ["ZooKeeper", "ClickHouse Keeper"],
  processes: ["clickhouse-keep"],
  probes: [srvr],
  examples: [
    {
      name: "ZooKeeper 3.8 alone",
      probe: "srvr",
      replies: [
        "Zookeeper version: 3.8.0-5a02a05eddb59aee6ac762f7ea82e92a68eb9c0f, built on 2022-02-25 08:49 UTC\nLatency min/avg/max: 0/0.0/0\nReceived: 1\nSent: 0\nConnections: 1\nOutstanding: 0\nZxid: 0x0\nMode: standalone\nNode count: 5\n",
      ],
      expect: { product: "ZooKeeper", version: "3.8.0", health: "healthy" },
    },
    {
      name: "srvr not allowed",
      probe: "srvr",
      replies: ["srvr is not executed because it is not in the whitelist.\n"],
      expect: { health: "healthy" },
    },
    {
      name: "a member that has lost its quorum",
      probe: "srvr",
      replies: ["This ZooKeeper instance is not currently serving requests\n"],
      expect: { health: "unhealthy" },
    },
    {
      name: "ClickHouse Keeper",
      probe: "srvr",
      replies: [
        "ClickHouse Keeper version: v23.8.2.7-stable-f73c8f378874d37ed20c7e6f7e6a5c1c3a4b2b6f\nLatency min/avg/max: 0/0/0\nReceived: 0\nSent: 0\nConnections: 0\nOutstanding: 0\nZxid: 0\nMode: leader\nNode count: 4\n",
      ],
      expect: { product: "ClickHouse Keeper", version: "23.8.2.7", health: "healthy" },
    },
  ],
};

export default entry;
