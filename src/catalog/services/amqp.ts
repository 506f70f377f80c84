import { startsWith } from "../../model/bytes.ts";
import type { CatalogEntry, Match, Probe, Reading } from "../../model/catalog.ts";
import { type ConnectionStart, PROTOCOL_HEADER, readConnectionStart } from "../connection-start.ts";
import { MORE, facts, matched, quoted } from "../reading.ts";
import { plain, plainOrNone } from "../text.ts";

/** What a broker answers instead of ours, by protocol id (AMQP 1.0, sections 2.2, 5.2.1, 5.3.1). */
const PROTOCOLS: Readonly<Record<number, string>> = { 0: "AMQP", 1: "AMQP", 2: "TLS", 3: "SASL" };

const header: Probe = {
  name: "header",
  send: PROTOCOL_HEADER,
  read(reply, ended): Reading {
    if (startsWith(reply, PROTOCOL_HEADER)) return undefined; // our own header come back
    if (reply[0] === 0x41) return ownHeader(reply, ended); // 'A'
    const start = readConnectionStart(reply, ended);
    if (start === "more") return MORE;
    const product = start?.properties.get("product");
    return start === undefined || product === "RabbitMQ" ? undefined : matched(welcome(start, product));
  },
};

function welcome(start: ConnectionStart, told: string | undefined): Match {
  const product = plainOrNone(told, 60);
  return {
    ...facts({ product, version: plainOrNone(start.properties.get("version"), 40) }),
    confidence: 0.95,
    health: "healthy",
    summary: `AMQP 0-9-1 header answered with Connection.Start of ${quoted(product ?? "a nameless broker")}`,
    metadata: { mechanisms: start.mechanisms.slice(0, 20).map((name) => plain(name, 40)) },
  };
}

/** The header of the protocol that the broker would speak, after which it closes. */
function ownHeader(reply: Uint8Array, ended: boolean): Reading {
  if (!startsWith(PROTOCOL_HEADER.subarray(0, 4), reply.subarray(0, 4))) return undefined;
  if (reply.length < 8) return ended ? undefined : MORE;
  const protocol = PROTOCOLS[reply[4] ?? 255];
  const version = [...reply.subarray(5, 8)];
  if (reply.length > 8 || protocol === undefined || version.some((part) => part > 10)) return undefined;
  return matched({
    confidence: 0.85,
    health: "healthy",
    summary: `AMQP 0-9-1 header answered with the header of ${protocol} ${version.join("-")}`,
    metadata: { protocol: `${protocol} ${version.join("-")}` },
  });
}

const entry: CatalogEntry = {
  type: "amqp",
  title: "AMQP",
  category: "queue",
  summary: "Any AMQP broker that is not RabbitMQ: Qpid, LavinMQ, Artemis",
  ports: [5671, 5672],
  tlsPorts: [5671],
  dnsServices: ["_amqp._tcp", "_amqps._tcp"],
  scheme: "amqp",
  tlsScheme: "amqps",
  products: ["qpid", "LavinMQ"],
  processes: ["qpidd", "lavinmq"],
  probes: [header],
  examples: [
    {
      name: "LavinMQ",
      probe: "header",
      replies: [
        '\x01\x00\x00\x00\x00\x00\x9b\x00\n\x00\n\x00\x09\x00\x00\x00v\x07productS\x00\x00\x00\x07LavinMQ\x08platformS\x00\x00\x00\x0eCrystal 1.14.0\x07versionS\x00\x00\x00\x052.1.0\x0ccapabilitiesF\x00\x00\x00"\x12publisher_confirmst\x01\nbasic.nackt\x01\x00\x00\x00\x0eAMQPLAIN PLAIN\x00\x00\x00\x05en_US\xce',
      ],
      expect: { product: "LavinMQ", version: "2.1.0", health: "healthy" },
    },
    {
      name: "a broker of AMQP 1.0 that wants SASL first",
      probe: "header",
      replies: ["AMQP\x03\x01\x00\x00"],
      expect: { health: "healthy" },
    },
    {
      name: "a broker of AMQP 1.0",
      probe: "header",
      replies: ["AMQP\x00\x01\x00\x00"],
      expect: { health: "healthy" },
    },
  ],
};

export default entry;
