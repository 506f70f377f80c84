import { escapeBytes, fromLatin1 } from "../model/bytes.ts";
import type { Match, Reading } from "../model/catalog.ts";

/** The reading that says: this kind of service, for certain enough, nothing more to ask. */
export function matched(match: Match): Reading {
  return { kind: "match", match };
}

/** The reading that says: not whole yet. Only sensible while the peer may still send. */
export const MORE: Reading = { kind: "more" };

/** The first line without its line end; undefined while none has ended and more may come. */
export function firstLine(reply: Uint8Array, ended: boolean): string | undefined {
  const end = reply.indexOf(0x0a);
  if (end < 0 && !ended) return undefined;
  const line = reply.subarray(0, end < 0 ? reply.length : end);
  return fromLatin1(line.at(-1) === 0x0d ? line.subarray(0, -1) : line);
}

/** What a peer sent, quoted and safe, for a claim's summary. */
export function quoted(text: string | Uint8Array, most = 60): string {
  const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
  return `"${escapeBytes(bytes, most)}"`;
}

/** Big-endian unsigned numbers out of bytes; 0 past the end, so check the length first. */
export function uint16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

export function uint32(bytes: Uint8Array, at: number): number {
  return uint16(bytes, at) * 0x10000 + uint16(bytes, at + 2);
}

/** True while bytes are the beginning of `text` or begin with it: it may still become that. */
export function couldBe(reply: Uint8Array, text: string): boolean {
  return Array.from(text, (letter) => letter.charCodeAt(0)).every((code, at) => (reply[at] ?? code) === code);
}

type Facts<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** The object without members that are undefined: what `exactOptionalPropertyTypes` wants of optional facts. */
export function facts<T extends object>(all: T): Facts<T> {
  const known: Facts<T> = {};
  for (const key in all) {
    const value = all[key];
    if (isPresent(value)) known[key] = value;
  }
  return known;
}

function isPresent<V>(value: V): value is Exclude<V, undefined> {
  return value !== undefined;
}
