import { fromLatin1, hex, latin1, startsWith } from "../../model/bytes.ts";
import type { CatalogEntry, Match, Probe, Reading } from "../../model/catalog.ts";
import type { Health } from "../../model/observation.ts";
import { MORE, matched, quoted } from "../reading.ts";

// MQTT 3.1.1, http://docs.oasis-open.org/mqtt/mqtt/v3.1.1/os/mqtt-v3.1.1-os.html
/** Clean session, no client id, no user, keep-alive 60 s: section 3.1. */
const CONNECT = latin1("\x10\x0c\x00\x04MQTT\x04\x02\x00\x3c\x00\x00");
const DISCONNECT = hex("e0 00");
const CONNACK = hex("20 02 00");
/** What a broker of version 5 alone says: reason 0x84, unsupported protocol version (5.0, section 3.2.2.2). */
const CONNACK_V5 = hex("20 03 00 84 00");
const TOPIC = "$SYS/broker/version";
const SUBSCRIBE = latin1(`\x82\x18\x00\x01\x00\x13${TOPIC}\x00`);
const SUBACK = hex("90 03 00 01");

/** Return codes of CONNACK, table 3.1. */
const CODES: readonly (readonly [Health, string])[] = [
  ["healthy", "accepted"],
  ["healthy", "wants another protocol version"],
  ["healthy", "wants a client id"],
  ["unhealthy", "says it is unavailable"],
  ["protected", "wants a user and a password"],
  ["protected", "does not authorise this client"],
];

const connect: Probe = {
  name: "connect",
  send: CONNECT,
  farewell: DISCONNECT,
  read(reply, ended): Reading {
    if (isPrefix(reply, CONNACK_V5) && reply[1] === 3) {
      if (reply.length < CONNACK_V5.length) return ended ? undefined : MORE;
      return matched(matchOf("healthy", "speaks MQTT 5 only"));
    }
    if (!isPrefix(reply, CONNACK) || reply.length > 4) return undefined;
    if (reply.length < 4) return ended ? undefined : MORE;
    const [health, meaning] = CODES[reply[3] ?? 255] ?? [];
    if (health === undefined || meaning === undefined) return undefined;
    const match = matchOf(health, meaning, reply[3]);
    return reply[3] === 0 ? { kind: "match", match, next: version } : matched(match);
  },
};

function matchOf(health: Health, meaning: string, code?: number): Match {
  const told = code === undefined ? meaning : `return code ${code}: ${meaning}`;
  return { confidence: 0.95, health, summary: `CONNECT answered with CONNACK, ${told}` };
}

/** A retained message that Mosquitto and its kin keep; others send nothing. The subscription ends with the session. */
const version: Probe = {
  name: "version",
  send: SUBSCRIBE,
  farewell: DISCONNECT,
  read(reply, ended): Reading {
    if (!isPrefix(reply, SUBACK) || (reply[4] ?? 0) > 2) return undefined;
    const [type = 0x30, length] = reply.subarray(5, 7);
    if ((type & 0xf0) !== 0x30 || (length ?? 0) > 0x7f) return undefined;
    if (length === undefined || reply.length < 7 + length) return ended ? undefined : MORE;
    const message = fromLatin1(reply.subarray(9, 7 + length));
    const found = /^(?:([A-Za-z]\w{1,20}) version )?(\d[\w.+-]{0,30})$/.exec(message.slice(TOPIC.length));
    if (!message.startsWith(TOPIC) || found === null) return undefined;
    const product = found[1] === "mosquitto" ? "Mosquitto" : found[1];
    return matched({
      ...(product === undefined ? {} : { product }),
      version: found[2] ?? "",
      confidence: 0.99,
      health: "healthy",
      summary: `${TOPIC} is ${quoted(message.slice(TOPIC.length))}`,
    });
  },
};

/** Whether the reply begins with these bytes, or is a beginning of them. */
function isPrefix(reply: Uint8Array, bytes: Uint8Array): boolean {
  return startsWith(reply, bytes) || startsWith(bytes, reply);
}

const entry: CatalogEntry = {
  type: "mqtt",
  title: "MQTT",
  category: "queue",
  summary: "Publish-subscribe broker: Mosquitto, EMQX, HiveMQ and others",
  ports: [1883, 8883],
  tlsPorts: [8883],
  dnsServices: ["_mqtt._tcp", "_secure-mqtt._tcp"],
  scheme: "mqtt",
  tlsScheme: "mqtts",
  products: ["Mosquitto"],
  processes: ["mosquitto", "emqx", "vernemq", "nanomq"],
  probes: [connect],
  examples: [
    {
      name: "Mosquitto 2.0.11 open to all",
      probe: "connect",
      replies: [
        "\x20\x02\x00\x00",
        "\x90\x03\x00\x01\x001-\x00\x13$SYS/broker/versionmosquitto version 2.0.11",
      ],
      expect: { product: "Mosquitto", version: "2.0.11", health: "healthy" },
    },
    {
      name: "Mosquitto without anonymous users",
      probe: "connect",
      replies: ["\x20\x02\x00\x05"],
      expect: { health: "protected" },
    },
    {
      name: "a broker that keeps its version to itself",
      probe: "connect",
      replies: ["\x20\x02\x00\x00", "\x90\x03\x00\x01\x80"],
      expect: { health: "healthy" },
    },
    {
      name: "a broker of MQTT 5 alone",
      probe: "connect",
      replies: ["\x20\x03\x00\x84\x00"],
      expect: { health: "healthy" },
    },
  ],
};

export default entry;
