import { fromLatin1, latin1 } from "../../model/bytes.ts";
import type { CatalogEntry, Probe, Reading } from "../../model/catalog.ts";
import type { Health } from "../../model/observation.ts";
import { MORE, facts, firstLine, matched, quoted } from "../reading.ts";

// RESP2, https://redis.io/docs/latest/develop/reference/protocol-spec/
const PING = latin1("*1\r\n$4\r\nPING\r\n");
const INFO_SERVER = latin1("*2\r\n$4\r\nINFO\r\n$6\r\nserver\r\n");

/** What servers say to PING instead of PONG, and what that means. */
const REFUSALS: readonly (readonly [RegExp, Health, string])[] = [
  [/^-NOAUTH /, "protected", "wants a password"],
  [/^-DENIED Redis /, "protected", "is in protected mode"],
  [/^-NOPERM /, "protected", "does not let this user ping"],
  [/^-LOADING /, "degraded", "is loading its data"],
  [/^-MASTERDOWN /, "degraded", "has lost its master"],
  [/^-BUSY Redis /, "degraded", "is busy running a script"],
  [/^-ERR max number of clients reached/, "degraded", "has no room for another client"],
];

const info: Probe = {
  name: "info",
  send: INFO_SERVER,
  read(reply, ended): Reading {
    const text = fromLatin1(reply);
    const size = /^\$(\d{1,6})\r\n/.exec(text);
    if (size === null) return !ended && /^(?:\$\d{0,6}\r?)?$/.test(text) ? MORE : undefined;
    if (text.length < size[0].length + Number(size[1]) && !ended) return MORE;
    const line = (key: string): string | undefined => new RegExp(`^${key}:(.+?)\\r?$`, "m").exec(text)?.[1];
    const version = line("redis_version");
    if (version === undefined) return undefined;
    const kin = KIN.find(({ key }) => line(key) !== undefined);
    const product = kin?.product ?? "Redis";
    return matched({
      ...facts({
        version: (kin && line(kin.key)?.replace(/^df-v/, "")) ?? version,
        metadata: describe(line),
      }),
      product,
      confidence: 0.99,
      health: "healthy",
      summary: `INFO answered as ${product}`,
    });
  },
};

/** Forks that answer INFO with a version field of their own beside `redis_version`. */
const KIN = [
  { key: "valkey_version", product: "Valkey" },
  { key: "dragonfly_version", product: "Dragonfly" },
  { key: "keydb_version", product: "KeyDB" },
];

function describe(line: (key: string) => string | undefined): { mode: string } | undefined {
  const mode = line("redis_mode") ?? line("server_mode");
  return mode === undefined ? undefined : { mode };
}

const ping: Probe = {
  name: "ping",
  send: PING,
  read(reply, ended): Reading {
    const line = firstLine(reply, ended);
    if (line === undefined)
      return reply[0] === undefined || "+-".includes(String.fromCharCode(reply[0])) ? MORE : undefined;
    if (line === "+PONG") {
      const match = {
        product: "Redis",
        confidence: 0.95,
        health: "healthy",
        summary: "PING answered +PONG",
      } as const;
      return { kind: "match", match, next: info };
    }
    const refusal = REFUSALS.find(([pattern]) => pattern.test(line));
    if (refusal === undefined) return undefined;
    const [, health, why] = refusal;
    return matched({
      product: "Redis",
      confidence: 0.95,
      health,
      summary: `PING answered ${quoted(line)}: ${why}`,
    });
  },
};

const entry: CatalogEntry = {
  type: "redis",
  title: "Redis",
  category: "cache",
  summary: "In-memory data store; Valkey, KeyDB and Dragonfly speak the same protocol",
  ports: [6379, 6380],
  dnsServices: ["_redis._tcp"],
  scheme: "redis",
  tlsScheme: "rediss",
  products: ["Redis", "Valkey", "KeyDB", "Dragonfly"],
  processes: ["redis-server", "valkey-server", "keydb-server", "dragonfly"],
  probes: [ping],
  examples: [
    {
      name: "Redis 7.0.15 without a password",
      probe: "ping",
      replies: [
        "+PONG\r\n",
        "$109\r\n# Server\r\nredis_version:7.0.15\r\nredis_git_sha1:00000000\r\nredis_git_dirty:0\r\nredis_mode:standalone\r\nos:Linux\r\n\r\n",
      ],
      expect: { product: "Redis", version: "7.0.15", health: "healthy" },
    },
    {
      name: "Valkey 8.0.1",
      probe: "ping",
      replies: [
        "+PONG\r\n",
        "$132\r\n# Server\r\nredis_version:7.2.4\r\nserver_name:valkey\r\nvalkey_version:8.0.1\r\nvalkey_release_stage:ga\r\nserver_mode:standalone\r\nos:Linux\r\n\r\n",
      ],
      expect: { product: "Valkey", version: "8.0.1", health: "healthy" },
    },
    {
      name: "Redis Sentinel",
      probe: "ping",
      replies: [
        "+PONG\r\n",
        "$63\r\n# Server\r\nredis_version:7.0.15\r\nredis_mode:sentinel\r\nos:Linux\r\n\r\n",
      ],
      expect: { product: "Redis", version: "7.0.15", health: "healthy" },
    },
    {
      name: "Redis in protected mode",
      probe: "ping",
      replies: [
        "-DENIED Redis is running in protected mode because protected mode is enabled and no password is set for the default user.\r\n",
      ],
      expect: { product: "Redis", health: "protected" },
    },
    {
      name: "Redis that is loading its data",
      probe: "ping",
      replies: ["-LOADING Redis is loading the dataset in memory\r\n"],
      expect: { product: "Redis", health: "degraded" },
    },
    {
      name: "Redis with a password",
      probe: "ping",
      replies: ["-NOAUTH Authentication required.\r\n"],
      expect: { product: "Redis", health: "protected" },
    },
  ],
};

export default entry;
