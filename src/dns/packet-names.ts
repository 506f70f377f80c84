import type { Name } from "./message.ts";
import { MOST_NAME_BYTES, labelText } from "./name.ts";

/** Real names need one or two; nobody's needs more than it can have labels. */
const MOST_POINTERS = 127;
/** RFC 1035, section 4.1.1. */
export const HEADER_BYTES = 12;
const POINTER = 0xc0;

/** A name, or what a pointer leads to of one. */
interface Tail {
  readonly labels: Name;
  /** Bytes on the wire without compression, with the root. */
  readonly length: number;
  readonly pointers: number;
}

/** How much of the bounds those who point here have used up. */
type Used = Pick<Tail, "length" | "pointers">;

/**
 * The names of one packet, compressed or not (RFC 1035, section 4.1.4). A pointer leads only to before the run of labels
 * that it ends, so that reading ends; and what it leads to is read once, however often it is pointed to.
 */
export class PacketNames {
  readonly #packet: Uint8Array;
  readonly #tails = new Map<number, Tail>();

  constructor(packet: Uint8Array) {
    this.#packet = packet;
  }

  /** Where the bytes at `at` that look like a name end, sound or not; undefined where that cannot be told. */
  endOf(at: number): number | undefined {
    for (let next = at; next < this.#packet.length;) {
      const size = this.#packet[next] ?? 0;
      if (size >= POINTER) return next + 2;
      if (size > 63) return undefined;
      next += 1 + size;
      if (size === 0) return next;
    }
    return undefined;
  }

  /** The name at `at`, whose own bytes have to end by `limit`. Throws a RangeError where there is none. */
  read(at: number, limit: number): { readonly name: Name; readonly end: number } {
    const { tail, end } = this.#run(at, limit, { length: 0, pointers: 0 });
    return { name: tail.labels, end };
  }

  #run(start: number, limit: number, used: Used): { readonly tail: Tail; readonly end: number } {
    const labels: string[] = [];
    let length = 0;
    for (let at = start; ;) {
      const size = this.#byte(at, limit);
      if (size >= POINTER) {
        const target = (size - POINTER) * 256 + this.#byte(at + 1, limit);
        if (target >= start || target < HEADER_BYTES) throw new RangeError("a name's pointer leads nowhere");
        const rest = this.#tail(target, { length: used.length + length, pointers: used.pointers + 1 });
        return { tail: joined(labels, length, rest), end: at + 2 };
      }
      if (size > 63) throw new RangeError("a label of a kind that nobody uses");
      length += 1 + size;
      if (used.length + length > MOST_NAME_BYTES) throw new RangeError("a name is over 255 bytes");
      if (size === 0) return { tail: { labels, length, pointers: 0 }, end: at + 1 };
      labels.push(labelText(this.#packet.subarray(at + 1, at + 1 + size)));
      at += 1 + size;
    }
  }

  #tail(at: number, used: Used): Tail {
    let tail = this.#tails.get(at);
    if (used.pointers + (tail?.pointers ?? 0) > MOST_POINTERS)
      throw new RangeError("a name has too many pointers");
    if (tail === undefined) {
      tail = this.#run(at, this.#packet.length, used).tail;
      this.#tails.set(at, tail);
    }
    if (used.length + tail.length > MOST_NAME_BYTES) throw new RangeError("a name is over 255 bytes");
    return tail;
  }

  #byte(at: number, limit: number): number {
    const byte = at < limit ? this.#packet[at] : undefined;
    if (byte === undefined) throw new RangeError("a name runs past its end");
    return byte;
  }
}

function joined(labels: readonly string[], length: number, rest: Tail): Tail {
  const all = labels.length === 0 ? rest.labels : [...labels, ...rest.labels];
  return { labels: all, length: length + rest.length, pointers: rest.pointers + 1 };
}
