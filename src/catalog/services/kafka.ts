import { latin1 } from "../../model/bytes.ts";
import type { CatalogEntry, Probe, Reading } from "../../model/catalog.ts";
import { MORE, matched, uint16, uint32 } from "../reading.ts";

// https://kafka.apache.org/protocol: ApiVersions (key 18) version 0 is answered before any SASL.
const CORRELATION = 0x736f6e64;
const API_VERSIONS = latin1("\x00\x00\x00\x0f\x00\x12\x00\x00sond\x00\x05sonde");
const UNSUPPORTED_VERSION = 35;
/** Size, correlation id, error code, number of APIs; then six bytes for each: key, lowest and highest version. */
const HEAD = 14;
const MOST_APIS = 1000;

const apiVersions: Probe = {
  name: "api-versions",
  send: API_VERSIONS,
  read(reply, ended): Reading {
    if (reply.length >= 8 && uint32(reply, 4) !== CORRELATION) return undefined;
    if (reply.length >= 2 && uint16(reply, 0) !== 0) return undefined;
    if (reply.length < HEAD) return ended ? undefined : MORE;
    const error = uint16(reply, 8);
    const count = uint32(reply, 10);
    const size = uint32(reply, 0);
    if (size !== HEAD - 4 + 6 * count || count > MOST_APIS) return undefined;
    if (error !== 0 && error !== UNSUPPORTED_VERSION) return undefined;
    if (reply.length < 4 + size) return ended ? undefined : MORE;
    if (!areRanges(reply, count)) return undefined;
    return matched({
      confidence: 0.97,
      health: "healthy",
      summary: `ApiVersions answered with ${count} APIs, error ${error}`,
      metadata: { apis: count },
    });
  },
};

function areRanges(reply: Uint8Array, count: number): boolean {
  for (let at = HEAD; at < HEAD + 6 * count; at += 6)
    if (uint16(reply, at + 2) > uint16(reply, at + 4)) return false;
  return true;
}

const entry: CatalogEntry = {
  type: "kafka",
  title: "Kafka",
  category: "queue",
  summary: "Event log; Redpanda and others speak the same protocol",
  ports: [9092, 9093, 9094, 19092, 29092],
  products: ["Kafka", "Redpanda"],
  processes: ["redpanda"],
  probes: [apiVersions],
  examples: [
    {
      name: "a broker with four APIs",
      probe: "api-versions",
      replies: [
        "\x00\x00\x00\x22sond\x00\x00\x00\x00\x00\x04\x00\x00\x00\x00\x00\x0b\x00\x01\x00\x00\x00\x10\x00\x03\x00\x00\x00\x0c\x00\x12\x00\x00\x00\x04",
      ],
      expect: { health: "healthy" },
    },
    {
      name: "a broker that wants another version of the question",
      probe: "api-versions",
      replies: ["\x00\x00\x00\x10sond\x00\x23\x00\x00\x00\x01\x00\x12\x00\x03\x00\x04"],
      expect: { health: "healthy" },
    },
  ],
};

export default entry;
