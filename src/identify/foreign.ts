import { couldBe } from "../catalog/reading.ts";
import { fromLatin1 } from "../model/bytes.ts";
import type { Recognition } from "./identification.ts";

export type Foreign = Recognition | { readonly kind: "more" } | { readonly kind: "alert" } | undefined;

const MOST_STATUS_LINE = 200;

/**
 * What an answer tells that was meant for another question: servers refuse bytes that they do not understand in
 * their own protocol's words.
 *
 * - an HTTP/1 status line (RFC 9112, section 4)
 * - a TLS alert (RFC 8446, section 6): type 21, version 3.x, two bytes
 * - an HTTP/2 SETTINGS frame on stream 0 (RFC 9113, section 6.5)
 */
export function foreign(reply: Uint8Array, ended: boolean): Foreign {
  if (reply.length === 0) return undefined;
  const status = /^HTTP\/1\.[01] \d{3}[^\r\n]*/.exec(fromLatin1(reply.subarray(0, MOST_STATUS_LINE)))?.[0];
  if (status !== undefined) return { kind: "http", statusLine: status };
  if (reply[0] === 0x15 && reply[1] === 0x03 && reply[3] === 0 && reply[4] === 2) return { kind: "alert" };
  if (isSettings(reply)) return { kind: "http2" };
  if (!ended && (reply.length < 13 ? couldBe(reply, "HTTP/1.") : false)) return { kind: "more" };
  return undefined;
}

/** Length (24 bits, a multiple of 6), type 4, flags 0, stream 0. */
function isSettings(reply: Uint8Array): boolean {
  const [high, middle, low, type, flags, ...stream] = reply.subarray(0, 9);
  return (
    reply.length >= 9 &&
    high === 0 &&
    middle === 0 &&
    (low ?? 1) % 6 === 0 &&
    type === 4 &&
    flags === 0 &&
    stream.every((byte) => byte === 0)
  );
}
