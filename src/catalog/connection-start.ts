import { fromLatin1, latin1, startsWith } from "../model/bytes.ts";
import { uint32 } from "./reading.ts";

/** The header that opens AMQP 0-9-1, section 4.2.2. */
export const PROTOCOL_HEADER: Uint8Array = latin1("AMQP\x00\x00\x09\x01");

const LONGEST_FRAME = 65_536;
const MOST_FIELDS = 200;
/** Connection.Start: class 10, method 10; then version 0-9. */
const START = latin1("\x00\x0a\x00\x0a\x00\x09");
/** What the values of a field table take, by type, where that is fixed (RabbitMQ's and Qpid's errata). */
const SIZES: Readonly<Record<string, number>> = {
  t: 1,
  b: 1,
  B: 1,
  s: 2,
  u: 2,
  U: 2,
  I: 4,
  i: 4,
  l: 8,
  L: 8,
  f: 4,
  d: 8,
  D: 5,
  T: 8,
  V: 0,
};

/** What a broker says of itself in Connection.Start. */
export interface ConnectionStart {
  /** Server properties that are texts: product, version, platform, cluster_name … */
  readonly properties: ReadonlyMap<string, string>;
  readonly mechanisms: readonly string[];
}

/** The Connection.Start at the beginning of a reply; `more` while it is cut off; undefined where it is none. */
export function readConnectionStart(reply: Uint8Array, ended: boolean): ConnectionStart | "more" | undefined {
  const begin = latin1("\x01\x00\x00");
  if (!startsWith(begin, reply.subarray(0, 3)) || (reply.length < 7 && ended)) return undefined;
  if (reply.length < 7) return "more";
  const size = uint32(reply, 3);
  if (size < 14 || size > LONGEST_FRAME) return undefined;
  if (!startsWith(START, reply.subarray(7, 13))) return undefined;
  if (reply.length < 8 + size) return ended ? undefined : "more";
  if (reply[7 + size] !== 0xce) return undefined;
  return readArguments(reply.subarray(13, 7 + size));
}

function readArguments(body: Uint8Array): ConnectionStart | undefined {
  const tableEnd = 4 + uint32(body, 0);
  const mechanismsEnd = tableEnd + 4 + uint32(body, tableEnd);
  if (mechanismsEnd + 4 > body.length) return undefined;
  const properties = readTable(body.subarray(4, tableEnd));
  const mechanisms = fromLatin1(body.subarray(tableEnd + 4, mechanismsEnd));
  return properties && { properties, mechanisms: mechanisms.split(" ").filter((name) => name !== "") };
}

/** The texts of a field table: short name, type letter, value; undefined where it is none. */
function readTable(table: Uint8Array): Map<string, string> | undefined {
  const texts = new Map<string, string>();
  let at = 0;
  for (let count = 0; count < MOST_FIELDS && at < table.length; count++) {
    const typeAt = at + 1 + (table[at] ?? 0);
    const type = String.fromCharCode(table[typeAt] ?? 0);
    const sized = "SxAF".includes(type);
    const start = typeAt + (sized ? 5 : 1);
    const end = start + (sized ? uint32(table, typeAt + 1) : (SIZES[type] ?? Infinity));
    if (end > table.length) return undefined;
    if (type === "S")
      texts.set(fromLatin1(table.subarray(at + 1, typeAt)), fromLatin1(table.subarray(start, end)));
    at = end;
  }
  return at === table.length ? texts : undefined;
}
