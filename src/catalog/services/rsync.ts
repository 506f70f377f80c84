import type { CatalogEntry, Probe, Reading } from "../../model/catalog.ts";
import { MORE, couldBe, firstLine, matched, quoted } from "../reading.ts";

/** A daemon says its protocol version first, since 30 with a subprotocol, since 31 with its digests. */
const GREETING = /^@RSYNCD: (\d{1,3}(?:\.\d{1,3})?)((?: [\w-]+)*)$/;

const greeting: Probe = {
  name: "greeting",
  read(reply, ended): Reading {
    if (!couldBe(reply, "@RSYNCD: ")) return undefined;
    const line = firstLine(reply, ended);
    if (line === undefined) return MORE;
    const found = GREETING.exec(line);
    if (found === null) return undefined;
    return matched({
      product: "rsync",
      confidence: 0.98,
      health: "healthy",
      summary: `greeted ${quoted(line)}`,
      metadata: { protocol: found[1] ?? "" },
    });
  },
};

const entry: CatalogEntry = {
  type: "rsync",
  title: "rsync",
  category: "file",
  summary: "File synchronisation daemon",
  ports: [873],
  dnsServices: ["_rsync._tcp"],
  scheme: "rsync",
  products: ["rsync"],
  processes: ["rsync"],
  probes: [greeting],
  examples: [
    {
      name: "rsync 3.5",
      probe: "greeting",
      replies: ["@RSYNCD: 32.0 sha512 sha256 sha1 md5 md4\n"],
      expect: { product: "rsync", health: "healthy" },
    },
    {
      name: "rsync 3.1",
      probe: "greeting",
      replies: ["@RSYNCD: 31.0\n"],
      expect: { product: "rsync", health: "healthy" },
    },
  ],
};

export default entry;
