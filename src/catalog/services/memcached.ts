import { fromLatin1, latin1 } from "../../model/bytes.ts";
import type { CatalogEntry, Match, Probe, Reading } from "../../model/catalog.ts";
import { MORE, couldBe, firstLine, matched, quoted } from "../reading.ts";

// Text protocol, https://github.com/memcached/memcached/blob/master/doc/protocol.txt
const VERSION = latin1("version\r\n");
const STATS = latin1("stats\r\n");
const QUIT = latin1("quit\r\n");
const UNAUTHENTICATED = "CLIENT_ERROR unauthenticated";

/** Figures worth showing, by their names in `stats`. */
const FIGURES: Readonly<Record<string, string>> = {
  uptime: "uptimeSeconds",
  curr_items: "items",
  bytes: "bytesUsed",
  limit_maxbytes: "bytesLimit",
  curr_connections: "connections",
};

const version: Probe = {
  name: "version",
  send: VERSION,
  farewell: QUIT,
  read(reply, ended): Reading {
    if (!couldBe(reply, "VERSION ") && !couldBe(reply, UNAUTHENTICATED)) return undefined;
    const line = firstLine(reply, ended);
    if (line === undefined) return MORE;
    const summary = `version answered ${quoted(line)}`;
    if (line === UNAUTHENTICATED) {
      return matched({ product: "Memcached", confidence: 0.95, health: "protected", summary });
    }
    const found = /^VERSION (?:(mcrouter) )?v?(\d[\w.+-]{0,40})$/.exec(line);
    if (found === null) return undefined;
    const product = found[1] ?? "Memcached";
    const match: Match = { product, version: found[2] ?? "", confidence: 0.95, health: "healthy", summary };
    return { kind: "match", match, next: stats(match) };
  },
};

/** Asks for the figures of a server that has told its version. */
function stats(match: Match): Probe {
  return {
    name: "stats",
    send: STATS,
    farewell: QUIT,
    read(reply, ended): Reading {
      if (!couldBe(reply, "STAT ")) return undefined;
      const text = fromLatin1(reply);
      if (!text.endsWith("END\r\n") && !ended) return MORE;
      const metadata: Record<string, number> = {};
      for (const [, key = "", value] of text.matchAll(/^STAT (\w{1,40}) (\d{1,15})\r$/gm)) {
        const name = FIGURES[key];
        if (name !== undefined) metadata[name] = Number(value);
      }
      const count = Object.keys(metadata).length;
      return count === 0
        ? undefined
        : matched({ ...match, summary: `stats told ${count} figures`, metadata });
    },
  };
}

const entry: CatalogEntry = {
  type: "memcached",
  title: "Memcached",
  category: "cache",
  summary: "In-memory cache",
  ports: [11211],
  dnsServices: ["_memcache._tcp"],
  scheme: "memcached",
  products: ["Memcached", "mcrouter"],
  processes: ["memcached", "mcrouter"],
  probes: [version],
  examples: [
    {
      name: "Memcached 1.6.18",
      probe: "version",
      replies: [
        "VERSION 1.6.18\r\n",
        "STAT pid 8793\r\nSTAT uptime 18\r\nSTAT time 1795228596\r\nSTAT version 1.6.18\r\nSTAT curr_connections 1\r\nSTAT limit_maxbytes 67108864\r\nSTAT bytes 0\r\nSTAT curr_items 0\r\nEND\r\n",
      ],
      expect: { product: "Memcached", version: "1.6.18", health: "healthy" },
    },
    {
      name: "Memcached with an auth file",
      probe: "version",
      replies: ["CLIENT_ERROR unauthenticated\r\n"],
      expect: { product: "Memcached", health: "protected" },
    },
    {
      name: "mcrouter in front",
      probe: "version",
      replies: ["VERSION mcrouter 39.0.0\r\n"],
      expect: { product: "mcrouter", version: "39.0.0" },
    },
  ],
};

export default entry;
