import { fromLatin1, latin1, startsWith } from "../../model/bytes.ts";
import type { CatalogEntry, HttpCheck, Probe, Reading } from "../../model/catalog.ts";
import { MORE, facts, matched, uint16, uint32 } from "../reading.ts";
import { plainOrNone } from "../text.ts";

// OpenWire, https://activemq.apache.org/components/classic/documentation/openwire: a size, then WIREFORMAT_INFO.
const MAGIC = latin1("\x01ActiveMQ");
const LONGEST = 4096;
/** The type byte of a text in a marshalled map. */
const TEXT = 9;

const greeting: Probe = {
  name: "greeting",
  read(reply, ended): Reading {
    if (!startsWith(MAGIC, reply.subarray(4, 4 + MAGIC.length))) return undefined;
    if ((reply[0] ?? 0) !== 0 || (reply[1] ?? 0) !== 0) return undefined;
    if (reply.length < 17) return ended ? undefined : MORE;
    const size = uint32(reply, 0);
    if (size < 14 || size > LONGEST) return undefined;
    if (reply.length < size + 4) return ended ? undefined : MORE;
    const info = reply.subarray(0, size + 4);
    const openWire = uint32(info, 13);
    return matched({
      ...facts({ version: textOf(info, "ProviderVersion") }),
      product: "ActiveMQ",
      confidence: 0.98,
      health: "healthy",
      summary: `greeted with WireFormatInfo of OpenWire ${openWire}`,
      metadata: { openWire },
    });
  },
};

/** A text property: its name, the type byte, two bytes of length, the text. */
function textOf(info: Uint8Array, key: string): string | undefined {
  const text = fromLatin1(info);
  const name = text.indexOf(key + String.fromCharCode(TEXT));
  if (name < 0) return undefined;
  const at = name + key.length + 1;
  return plainOrNone(text.slice(at + 2, at + 2 + uint16(info, at)), 40);
}

const webConsole: HttpCheck = {
  path: "/",
  read({ status, headers, body }) {
    const isRealm = /realm="?ActiveMQRealm"?/i.test(headers["www-authenticate"] ?? "");
    const isPage = /<title>Apache ActiveMQ<\/title>/i.test(body);
    if (!(status === 401 && isRealm) && !(status === 200 && isPage)) return undefined;
    return {
      product: "ActiveMQ",
      confidence: 0.95,
      health: status === 401 ? "protected" : "healthy",
      summary:
        status === 401
          ? "GET / wants a user of the realm ActiveMQRealm"
          : 'GET / is titled "Apache ActiveMQ"',
      metadata: { role: "console" },
    };
  },
};

const entry: CatalogEntry = {
  type: "activemq",
  title: "ActiveMQ",
  category: "queue",
  summary: "Message broker",
  ports: [8161, 61616, 61617],
  tlsPorts: [61617],
  httpPorts: [8161],
  scheme: "tcp",
  tlsScheme: "ssl",
  products: ["ActiveMQ"],
  probes: [greeting],
  http: [webConsole],
  examples: [
    {
      name: "ActiveMQ 5.15",
      probe: "greeting",
      replies: [
        "\x00\x00\x01;\x01ActiveMQ\x00\x00\x00\x0c\x01\x00\x00\x01)\x00\x00\x00\x0c\x00\x11TcpNoDelayEnabled\x01\x01\x00\x12SizePrefixDisabled\x01\x00\x00\x09CacheSize\x05\x00\x00\x04\x00\x00\x0cProviderName\x09\x00\x08ActiveMQ\x00\x11StackTraceEnabled\x01\x01\x00\x0fPlatformDetails\x09\x00\x04Java\x00\x0cCacheEnabled\x01\x01\x00\x14TightEncodingEnabled\x01\x01\x00\x0cMaxFrameSize\x06\x00\x00\x00\x00\x06@\x00\x00\x00\x15MaxInactivityDuration\x06\x00\x00\x00\x00\x00\x00u0\x00 MaxInactivityDurationInitalDelay\x06\x00\x00\x00\x00\x00\x00'\x10\x00\x0fProviderVersion\x09\x00\x065.15.8",
      ],
      expect: { product: "ActiveMQ", version: "5.15.8", health: "healthy" },
    },
    {
      name: "an old broker that does not tell its version",
      probe: "greeting",
      replies: [
        "\x00\x00\x00\xae\x01ActiveMQ\x00\x00\x00\x06\x01\x00\x00\x00\x9c\x00\x00\x00\x07\x00\x09CacheSize\x05\x00\x00\x04\x00\x00\x0cCacheEnabled\x01\x01\x00\x12SizePrefixDisabled\x01\x00\x00\x15MaxInactivityDuration\x06\x00\x00\x00\x00\x00\x00u0\x00\x11TcpNoDelayEnabled\x01\x01\x00\x11StackTraceEnabled\x01\x01\x00\x14TightEncodingEnabled\x01\x01",
      ],
      expect: { product: "ActiveMQ", health: "healthy" },
    },
    {
      name: "console",
      path: "/",
      status: 401,
      headers: { "www-authenticate": 'basic realm="ActiveMQRealm"', "content-type": "text/html" },
      expect: { product: "ActiveMQ", health: "protected" },
    },
  ],
};

export default entry;
