import { fromLatin1, latin1 } from "../../model/bytes.ts";
import type { CatalogEntry, Match, Probe, Reading } from "../../model/catalog.ts";
import { MORE, facts, matched, quoted, uint16, uint32 } from "../reading.ts";
import { plain } from "../text.ts";

// CQL binary protocol 4, https://cassandra.apache.org/doc/latest/cassandra/reference/native-protocol.html
const STREAM = 0x736f;
/** OPTIONS is the one message that a server answers before STARTUP. */
const OPTIONS = latin1("\x04\x00so\x05\x00\x00\x00\x00");
const HEAD = 9;
const SUPPORTED = 0x06;
const ERROR = 0x00;
const PROTOCOL_ERROR = 0x0a;
const LONGEST = 16_384;

const options: Probe = {
  name: "options",
  send: OPTIONS,
  read(reply, ended): Reading {
    const [version = 0x84, , , , opcode = SUPPORTED] = reply;
    if (version < 0x83 || version > 0x86 || (opcode !== SUPPORTED && opcode !== ERROR)) return undefined;
    if (reply.length < HEAD) return ended ? undefined : MORE;
    const length = uint32(reply, 5);
    if (length < 2 || length > LONGEST) return undefined;
    if (reply.length < HEAD + length) return ended ? undefined : MORE;
    const body = reply.subarray(HEAD, HEAD + length);
    const match =
      opcode === ERROR ? refused(body) : uint16(reply, 2) === STREAM ? supported(body) : undefined;
    return match && matched(match);
  },
};

function supported(body: Uint8Array): Match | undefined {
  const told = readMultimap(body);
  const cql = told?.get("CQL_VERSION")?.[0];
  if (told === undefined || cql === undefined) return undefined;
  const isScylla = [...told.keys()].some((key) => key.startsWith("SCYLLA_"));
  const protocols = told.get("PROTOCOL_VERSIONS")?.map((name) => plain(name, 40));
  return {
    ...facts({ product: isScylla ? "ScyllaDB" : protocols && "Cassandra" }),
    confidence: 0.98,
    health: "healthy",
    summary: `OPTIONS answered with SUPPORTED, CQL_VERSION ${quoted(cql)}`,
    metadata: { cqlVersion: plain(cql, 40), ...(protocols && { protocols }) },
  };
}

/** A server of another protocol version says so, on stream 0 where it cannot read ours. */
function refused(body: Uint8Array): Match | undefined {
  const message = fromLatin1(body.subarray(6, 6 + uint16(body, 4)));
  if (uint32(body, 0) !== PROTOCOL_ERROR || !/protocol version/i.test(message)) return undefined;
  return {
    confidence: 0.95,
    health: "healthy",
    summary: `OPTIONS answered with ERROR ${quoted(message, 100)}`,
  };
}

/** A [string multimap]: a count; for each a string and a list of strings; lengths are two bytes. */
function readMultimap(body: Uint8Array): Map<string, string[]> | undefined {
  let at = 2;
  const text = (): string => {
    const start = at + 2;
    at = start + uint16(body, at);
    return fromLatin1(body.subarray(start, at));
  };
  const found = new Map<string, string[]>();
  for (let count = uint16(body, 0); count > 0 && at < body.length; count--) {
    const key = text();
    const values: string[] = [];
    at += 2;
    for (let more = uint16(body, at - 2); more > 0 && at < body.length; more--) values.push(text());
    found.set(key, values);
  }
  return at === body.length ? found : undefined;
}

const entry: CatalogEntry = {
  type: "cassandra",
  title: "Cassandra",
  category: "database",
  summary: "Wide-column database; ScyllaDB speaks the same protocol",
  ports: [9042, 9142],
  tlsPorts: [9142],
  scheme: "cassandra",
  products: ["Cassandra", "ScyllaDB"],
  processes: ["scylla"],
  probes: [options],
  examples: [
    {
      name: "Cassandra 4.1",
      probe: "options",
      replies: [
        "\x84\x00so\x06\x00\x00\x00f\x00\x03\x00\x0bCOMPRESSION\x00\x02\x00\x06snappy\x00\x03lz4\x00\x0bCQL_VERSION\x00\x01\x00\x053.4.6\x00\x11PROTOCOL_VERSIONS\x00\x04\x00\x043/v3\x00\x044/v4\x00\x045/v5\x00\x096/v6-beta",
      ],
      expect: { product: "Cassandra", health: "healthy" },
    },
    {
      name: "ScyllaDB",
      probe: "options",
      replies: [
        "\x84\x00so\x06\x00\x00\x00\xa1\x00\x05\x00\x0cSCYLLA_SHARD\x00\x01\x00\x010\x00\x10SCYLLA_NR_SHARDS\x00\x01\x00\x012\x00\x12SCYLLA_PARTITIONER\x00\x01\x00+org.apache.cassandra.dht.Murmur3Partitioner\x00\x0bCOMPRESSION\x00\x02\x00\x03lz4\x00\x06snappy\x00\x0bCQL_VERSION\x00\x01\x00\x053.3.1",
      ],
      expect: { product: "ScyllaDB", health: "healthy" },
    },
    {
      name: "Cassandra 2.1, which knows no version 4",
      probe: "options",
      replies: [
        "\x83\x00\x00\x00\x00\x00\x00\x00j\x00\x00\x00\n\x00dInvalid or unsupported protocol version (4); the lowest supported version is 1 and the greatest is 3",
      ],
      expect: { health: "healthy" },
    },
  ],
};

export default entry;
