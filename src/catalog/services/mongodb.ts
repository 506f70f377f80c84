import { latin1 } from "../../model/bytes.ts";
import type { CatalogEntry, Match, Probe, Reading } from "../../model/catalog.ts";
import type { JsonObject } from "../../model/json.ts";
import { readBson, type BsonScalars } from "../bson.ts";
import { MORE, facts, matched, quoted } from "../reading.ts";
import { plain, plainOrNone } from "../text.ts";

// OP_MSG, https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/; hello and buildInfo ask for no log-in.
const OP_MSG = 2013;
const BODY_AT = 21;
const LONGEST = 65_536;
const HELLO_ID = 0x736f6e64;
const BUILD_INFO_ID = 0x736f6e65;

/** `{ <command>: 1, $db: "admin" }` as a message with one document. */
function command(name: string, id: number): Uint8Array {
  const body = latin1(`\x10${name}\0\x01\0\0\0\x02$db\0\x06\0\0\0admin\0\0`);
  const message = new Uint8Array(BODY_AT + 4 + body.length);
  const view = new DataView(message.buffer);
  view.setInt32(0, message.length, true);
  view.setInt32(4, id, true);
  view.setInt32(12, OP_MSG, true);
  view.setInt32(BODY_AT, 4 + body.length, true);
  message.set(body, BODY_AT + 4);
  return message;
}

/** The document of a reply to message `id`. */
function answer(reply: Uint8Array, id: number, ended: boolean): BsonScalars | "more" | undefined {
  if (reply.length < BODY_AT) return ended ? undefined : "more";
  const view = new DataView(reply.buffer, reply.byteOffset, reply.byteLength);
  const length = view.getInt32(0, true);
  if (length < BODY_AT + 5 || length > LONGEST) return undefined;
  if (view.getInt32(8, true) !== id || view.getInt32(12, true) !== OP_MSG || reply[BODY_AT - 1] !== 0)
    return undefined;
  if (reply.length < length) return ended ? undefined : "more";
  const hasChecksum = (view.getUint32(16, true) & 1) === 1;
  return readBson(reply.subarray(BODY_AT, hasChecksum ? length - 4 : length));
}

const buildInfo: Probe = {
  name: "build-info",
  send: command("buildInfo", BUILD_INFO_ID),
  read(reply, ended): Reading {
    const body = answer(reply, BUILD_INFO_ID, ended);
    if (body === "more") return MORE;
    const told = textOf(body, "version");
    if (body === undefined || told === undefined) return undefined;
    const ferret = textOf(body, "ferretdbVersion");
    return matched({
      product: ferret === undefined ? "MongoDB" : "FerretDB",
      version: ferret?.replace(/^v/, "") ?? told,
      confidence: 0.99,
      health: "healthy",
      summary: `buildInfo answered ${quoted(ferret ?? told)}`,
      ...(ferret === undefined ? {} : { metadata: { compatibleWith: told } }),
    });
  },
};

const hello: Probe = {
  name: "hello",
  send: command("hello", HELLO_ID),
  read(reply, ended): Reading {
    const body = answer(reply, HELLO_ID, ended);
    if (body === "more") return MORE;
    const ok = body?.get("ok");
    if (body === undefined || typeof ok !== "number") return undefined;
    const match = ok === 1 ? welcome(body) : refusal(body);
    return { kind: "match", match, next: { ...buildInfo, read: withMetadata(match) } };
  },
};

/** buildInfo's answer beside what hello told: the later match takes the earlier one's place. */
function withMetadata(first: Match): Probe["read"] {
  return (reply, ended) => {
    const reading = buildInfo.read(reply, ended);
    if (reading?.kind !== "match") return reading;
    const metadata: JsonObject = { ...first.metadata, ...reading.match.metadata };
    return matched({ ...reading.match, health: first.health ?? "healthy", metadata });
  };
}

function welcome(body: BsonScalars): Match {
  const maxWireVersion = numberOf(body, "maxWireVersion");
  const setName = plainOrNone(textOf(body, "setName"));
  const told = maxWireVersion === undefined ? "" : `, maxWireVersion ${maxWireVersion}`;
  return {
    product: "MongoDB",
    confidence: 0.98,
    health: "healthy",
    summary: `hello answered ok${told}`,
    metadata: facts({ maxWireVersion, setName, role: roleOf(body) }),
  };
}

/** Error codes: 13 Unauthorized, 18 AuthenticationFailed, 59 CommandNotFound (servers before `hello`). */
function refusal(body: BsonScalars): Match {
  const code = numberOf(body, "code");
  const message = textOf(body, "errmsg") ?? "";
  return {
    product: "MongoDB",
    confidence: 0.97,
    health: code === 13 || code === 18 ? "protected" : code === 59 ? "healthy" : "degraded",
    summary: `hello answered error ${code ?? ""} ${quoted(message)}`,
  };
}

function roleOf(body: BsonScalars): string | undefined {
  if (body.get("msg") === "isdbgrid") return "mongos";
  if (body.get("arbiterOnly") === true) return "arbiter";
  if (body.get("secondary") === true) return "secondary";
  if (body.get("isWritablePrimary") !== true) return undefined;
  return body.has("setName") ? "primary" : "standalone";
}

function textOf(body: BsonScalars | undefined, key: string): string | undefined {
  const value = body?.get(key);
  return typeof value === "string" ? plain(value) : undefined;
}

function numberOf(body: BsonScalars, key: string): number | undefined {
  const value = body.get(key);
  return typeof value === "number" ? value : undefined;
}

const entry: CatalogEntry = {
  type: "mongodb",
  title: "MongoDB",
  category: "database",
  summary: "Document database; FerretDB speaks the same protocol",
  ports: [27017, 27018, 27019],
  dnsServices: ["_mongodb._tcp"],
  scheme: "mongodb",
  products: ["MongoDB", "FerretDB"],
  processes: ["mongod", "mongos", "ferretdb"],
  probes: [hello],
  examples: [
    {
      name: "MongoDB 6.0 alone",
      probe: "hello",
      replies: [
        "9\x01\x00\x00M\x00\x00\x00dnos\xdd\x07\x00\x00\x00\x00\x00\x00\x00$\x01\x00\x00\x08isWritablePrimary\x00\x01\x03topologyVersion\x00-\x00\x00\x00\x07processId\x00e\xf0\xa1\xb2\xc3\xd4\xe5\xf6\x07\x18)0\x12counter\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x10maxBsonObjectSize\x00\x00\x00\x00\x01\x10maxMessageSizeBytes\x00\x00l\xdc\x02\x10maxWriteBatchSize\x00\xa0\x86\x01\x00\x09localTime\x00\x9bw\xf6\xfb\xa1\x01\x00\x00\x10logicalSessionTimeoutMinutes\x00\x1e\x00\x00\x00\x10connectionId\x00\x07\x00\x00\x00\x10minWireVersion\x00\x00\x00\x00\x00\x10maxWireVersion\x00\x11\x00\x00\x00\x08readOnly\x00\x00\x01ok\x00\x00\x00\x00\x00\x00\x00\xf0?\x00",
        "\xab\x00\x00\x00M\x00\x00\x00enos\xdd\x07\x00\x00\x00\x00\x00\x00\x00\x96\x00\x00\x00\x02version\x00\x07\x00\x00\x006.0.14\x00\x02gitVersion\x00)\x00\x00\x0025225db95574916fecab3af75b184409f8713aef\x00\x04modules\x00\x05\x00\x00\x00\x00\x02allocator\x00\x09\x00\x00\x00tcmalloc\x00\x10bits\x00@\x00\x00\x00\x08debug\x00\x00\x01ok\x00\x00\x00\x00\x00\x00\x00\xf0?\x00",
      ],
      expect: { product: "MongoDB", version: "6.0.14", health: "healthy" },
    },
    {
      name: "FerretDB 1.24",
      probe: "hello",
      replies: [
        "9\x01\x00\x00M\x00\x00\x00dnos\xdd\x07\x00\x00\x00\x00\x00\x00\x00$\x01\x00\x00\x08isWritablePrimary\x00\x01\x03topologyVersion\x00-\x00\x00\x00\x07processId\x00e\xf0\xa1\xb2\xc3\xd4\xe5\xf6\x07\x18)0\x12counter\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x10maxBsonObjectSize\x00\x00\x00\x00\x01\x10maxMessageSizeBytes\x00\x00l\xdc\x02\x10maxWriteBatchSize\x00\xa0\x86\x01\x00\x09localTime\x00\x9bw\xf6\xfb\xa1\x01\x00\x00\x10logicalSessionTimeoutMinutes\x00\x1e\x00\x00\x00\x10connectionId\x00\x07\x00\x00\x00\x10minWireVersion\x00\x00\x00\x00\x00\x10maxWireVersion\x00\x11\x00\x00\x00\x08readOnly\x00\x00\x01ok\x00\x00\x00\x00\x00\x00\x00\xf0?\x00",
        "n\x00\x00\x00M\x00\x00\x00enos\xdd\x07\x00\x00\x00\x00\x00\x00\x00Y\x00\x00\x00\x02version\x00\x07\x00\x00\x007.0.42\x00\x02gitVersion\x00\x07\x00\x00\x00c3b1a2\x00\x02ferretdbVersion\x00\x08\x00\x00\x00v1.24.0\x00\x01ok\x00\x00\x00\x00\x00\x00\x00\xf0?\x00",
      ],
      expect: { product: "FerretDB", version: "1.24.0", health: "healthy" },
    },
    {
      name: "secondary of a replica set that does not say its version",
      probe: "hello",
      replies: [
        "\xa5\x01\x00\x00M\x00\x00\x00dnos\xdd\x07\x00\x00\x00\x00\x00\x00\x00\x90\x01\x00\x00\x03topologyVersion\x00-\x00\x00\x00\x07processId\x00e\xf0\xa1\xb2\xc3\xd4\xe5\xf6\x07\x18)0\x12counter\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x04hosts\x00#\x00\x00\x00\x020\x00\x08\x00\x00\x00a:27017\x00\x021\x00\x08\x00\x00\x00b:27017\x00\x00\x02setName\x00\x04\x00\x00\x00rs0\x00\x10setVersion\x00\x01\x00\x00\x00\x08isWritablePrimary\x00\x00\x08secondary\x00\x01\x02primary\x00\x08\x00\x00\x00a:27017\x00\x10maxBsonObjectSize\x00\x00\x00\x00\x01\x10maxMessageSizeBytes\x00\x00l\xdc\x02\x10maxWriteBatchSize\x00\xa0\x86\x01\x00\x09localTime\x00\x9bw\xf6\xfb\xa1\x01\x00\x00\x10logicalSessionTimeoutMinutes\x00\x1e\x00\x00\x00\x10connectionId\x00\x07\x00\x00\x00\x10minWireVersion\x00\x00\x00\x00\x00\x10maxWireVersion\x00\x11\x00\x00\x00\x08readOnly\x00\x00\x01ok\x00\x00\x00\x00\x00\x00\x00\xf0?\x00",
      ],
      expect: { product: "MongoDB", health: "healthy" },
    },
  ],
};

export default entry;
