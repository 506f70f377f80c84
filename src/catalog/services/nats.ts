import { fromLatin1 } from "../../model/bytes.ts";
import type { CatalogEntry, HttpCheck, Match, Probe, Reading } from "../../model/catalog.ts";
import { type JsonObject, asObject, stringAt } from "../../model/json.ts";
import { MORE, couldBe, facts, matched, quoted } from "../reading.ts";
import { plain, plainOrNone } from "../text.ts";

const LONGEST = 65_536;

/** INFO is the first thing a server says, https://docs.nats.io/reference/reference-protocols/nats-protocol */
const greeting: Probe = {
  name: "greeting",
  read(reply, ended): Reading {
    if (!couldBe(reply, "INFO {")) return undefined;
    const end = reply.indexOf(0x0a);
    if (end < 0) return ended || reply.length > LONGEST ? undefined : MORE;
    const info = parsed(fromLatin1(reply.subarray(5, end)));
    const match = info && matchOf(info);
    return (
      match &&
      matched({ ...match, confidence: 0.98, summary: `greeted as NATS ${quoted(match.version ?? "")}` })
    );
  },
};

const varz: HttpCheck = {
  path: "/varz",
  read({ status, json }) {
    const info = asObject(json);
    const match = status === 200 && info !== undefined && "max_payload" in info ? matchOf(info) : undefined;
    if (match === undefined) return undefined;
    return {
      ...match,
      confidence: 0.97,
      health: "healthy",
      summary: `GET /varz answered as NATS ${quoted(match.version ?? "")}`,
      metadata: { ...match.metadata, role: "monitoring" },
    };
  },
};

/** What INFO and /varz have in common. */
function matchOf(info: JsonObject): Omit<Match, "confidence" | "summary"> | undefined {
  const version = stringAt(info, "version");
  const id = stringAt(info, "server_id");
  if (id === undefined || version === undefined) return undefined;
  const name = stringAt(info, "server_name");
  const cluster = info["cluster"];
  return {
    product: "NATS",
    version: plain(version, 40),
    health: info["auth_required"] === true ? "protected" : "healthy",
    metadata: facts({
      serverName: name === id ? undefined : plainOrNone(name),
      cluster: plainOrNone(typeof cluster === "string" ? cluster : stringAt(cluster, "name")),
      jetstream: isOn(info["jetstream"]) || undefined,
      tlsRequired: info["tls_required"] === true || undefined,
    }),
  };
}

/** JetStream is a flag in INFO, and in /varz an object that is empty while it is off. */
function isOn(value: unknown): boolean {
  return value === true || Object.keys(asObject(value) ?? {}).length > 0;
}

function parsed(text: string): JsonObject | undefined {
  try {
    return asObject(JSON.parse(text));
  } catch {
    return undefined;
  }
}

const entry: CatalogEntry = {
  type: "nats",
  title: "NATS",
  category: "queue",
  summary: "Messaging system; its monitoring port speaks HTTP",
  ports: [4222, 8222],
  httpPorts: [8222],
  scheme: "nats",
  tlsScheme: "tls",
  products: ["NATS"],
  processes: ["nats-server"],
  probes: [greeting],
  http: [varz],
  healthPaths: ["/healthz"],
  examples: [
    {
      name: "NATS 2.9 open to all",
      probe: "greeting",
      replies: [
        'INFO {"server_id":"NBLEUBIGUJ4LNKQIOOYAYQOWPHLGOCKR4YRWURI6ZQ2LBVJBXS2KW5YF","server_name":"NBLEUBIGUJ4LNKQIOOYAYQOWPHLGOCKR4YRWURI6ZQ2LBVJBXS2KW5YF","version":"2.9.10","proto":1,"go":"go1.19.8","host":"127.0.0.1","port":4222,"headers":true,"max_payload":1048576,"client_id":4,"client_ip":"127.0.0.1"} \r\n',
      ],
      expect: { product: "NATS", version: "2.9.10", health: "healthy" },
    },
    {
      name: "NATS 2.9 with JetStream and a password",
      probe: "greeting",
      replies: [
        'INFO {"server_id":"NAV73DN6XNOPVZ2MEURIFEYZBETCQ2LDALDFZ4DABP32VS3NKJMRHVMT","server_name":"hub","version":"2.9.10","proto":1,"go":"go1.19.8","host":"127.0.0.1","port":4222,"headers":true,"auth_required":true,"max_payload":1048576,"jetstream":true,"client_id":4,"client_ip":"127.0.0.1"} \r\n',
      ],
      expect: { product: "NATS", version: "2.9.10", health: "protected" },
    },
    {
      name: "monitoring",
      path: "/varz",
      headers: { "content-type": "application/json" },
      body: '{"server_id":"NBLEUBIGUJ4LNKQIOOYAYQOWPHLGOCKR4YRWURI6ZQ2LBVJBXS2KW5YF","server_name":"hub","version":"2.9.10","proto":1,"go":"go1.19.8","host":"127.0.0.1","port":4222,"max_connections":65536,"max_payload":1048576,"cluster":{},"jetstream":{},"uptime":"1m2s","cores":2}',
      expect: { product: "NATS", version: "2.9.10", health: "healthy" },
    },
  ],
};

export default entry;
