import type { Name } from "./message.ts";
import type { PacketNames } from "./packet-names.ts";

/**
 * Reads the data of one record from left to right and never beyond them, but for names that point back. Every method
 * throws a RangeError where the data end too soon.
 */
export class DataReader {
  readonly #packet: Uint8Array;
  readonly #names: PacketNames;
  readonly #end: number;
  #at: number;

  constructor(packet: Uint8Array, names: PacketNames, at: number, end: number) {
    this.#packet = packet;
    this.#names = names;
    this.#at = at;
    this.#end = end;
  }

  /** How many bytes are left. */
  get left(): number {
    return this.#end - this.#at;
  }

  /** A copy, so that a record does not keep its packet, and nobody's buffer changes it. */
  bytes(length: number): Uint8Array {
    if (length > this.left) throw new RangeError("the data end too soon");
    this.#at += length;
    return Uint8Array.from(this.#packet.subarray(this.#at - length, this.#at));
  }

  /** An unsigned number of so many bytes. */
  number(length: 1 | 2 | 4): number {
    return this.bytes(length).reduce((number, byte) => number * 256 + byte, 0);
  }

  /** A string with its length in front, without it (RFC 1035, section 3.3). */
  string(): Uint8Array {
    return this.bytes(this.number(1));
  }

  name(): Name {
    const { name, end } = this.#names.read(this.#at, this.#end);
    this.#at = end;
    return name;
  }
}
