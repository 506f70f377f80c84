import type { Name } from "./message.ts";
import { labelBytes, lengthFault, nameText } from "./name.ts";

/** A pointer has 14 bits (RFC 1035, section 4.1.4). */
const POINTER_END = 0x4000;

/** Collects a packet's bytes from left to right. */
export class PacketWriter {
  readonly #bytes: number[] = [];
  /** Where a name, or the end of one, stands already. */
  readonly #places = new Map<string, number>();

  bytes(bytes: Iterable<number>): void {
    for (const byte of bytes) this.#bytes.push(byte);
  }

  /** An unsigned number in so many bytes; what does not fit is cut off. */
  number(number: number, length: 1 | 2 | 4): void {
    for (let at = length - 1; at >= 0; at--) this.#bytes.push((number >>> (at * 8)) & 255);
  }

  /** What `write` writes, with its length in two bytes in front. Throws a RangeError where that is too long. */
  withLength(write: () => void): void {
    const at = this.#bytes.length;
    this.number(0, 2);
    write();
    const length = this.#bytes.length - at - 2;
    if (length > 0xffff) throw new RangeError(`${length} bytes are too many for a record`);
    this.#bytes[at] = length >> 8;
    this.#bytes[at + 1] = length & 255;
  }

  /**
   * A name, and where that is allowed a pointer to what stands already of it: in the same case, so that a name comes
   * out as it went in. Throws a RangeError where it does not fit RFC 1035's bounds.
   */
  name(name: Name, compress: "compress" | "plain"): void {
    const labels = name.map(labelBytes);
    const fault = lengthFault(labels);
    if (fault !== undefined) throw new RangeError(`${nameText(name)} is no name for DNS: ${fault}`);
    for (const [at, label] of labels.entries()) {
      const key = nameText(name.slice(at));
      const place = this.#places.get(key);
      if (compress === "compress" && place !== undefined) return this.number(0xc000 | place, 2);
      if (place === undefined && this.#bytes.length < POINTER_END) this.#places.set(key, this.#bytes.length);
      this.number(label.length, 1);
      this.bytes(label);
    }
    this.number(0, 1);
  }

  finish(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }
}
