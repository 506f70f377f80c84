import { HEADER_BYTES, PacketNames } from "./packet-names.ts";

/** Of questions and records together; 64 KiB have room for no more that say anything. */
const MOST_ENTRIES = 4096;
const MOST_FAULTS = 16;

export type Section = "question" | "answer" | "authority" | "additional";

/** One question or record and where its parts are; a question has no data. */
export interface Entry {
  /** For the faults: `answer 3`. */
  readonly label: string;
  readonly at: number;
  readonly type: number;
  readonly class: number;
  readonly ttl: number;
  readonly dataAt: number;
  readonly end: number;
}

/** Steps through a packet from entry to entry, without a look into them. */
export class PacketWalk {
  readonly packet: Uint8Array;
  readonly names: PacketNames;
  /** At most 16 lines. */
  readonly faults: string[] = [];
  readonly #view: DataView;
  /** Undefined once it is not known where the next entry starts. */
  #at: number | undefined = HEADER_BYTES;
  #entries = 0;

  constructor(packet: Uint8Array) {
    this.packet = packet;
    this.names = new PacketNames(packet);
    this.#view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  }

  /** A word of the header. */
  word(at: number): number {
    return this.#view.getUint16(at);
  }

  /** The next question or record; undefined, and never another one, where it is not whole or there are too many. */
  next(section: Section, number: number): Entry | undefined {
    if (this.#at === undefined) return undefined;
    const label = `${section} ${number}`;
    const entry = this.#entries < MOST_ENTRIES ? this.#entryAt(this.#at, section, label) : undefined;
    if (entry === undefined) this.addFault(`${label}: ${this.#stopReason(this.#at)}`);
    this.#at = entry?.end;
    this.#entries++;
    return entry;
  }

  addFault(line: string): void {
    if (this.faults.length < MOST_FAULTS) this.faults.push(line);
  }

  #entryAt(at: number, section: Section, label: string): Entry | undefined {
    const fixed = this.names.endOf(at) ?? Infinity;
    const dataAt = fixed + (section === "question" ? 4 : 10);
    if (dataAt > this.packet.length) return undefined;
    const length = section === "question" ? 0 : this.#view.getUint16(fixed + 8);
    if (dataAt + length > this.packet.length) return undefined;
    const type = this.#view.getUint16(fixed);
    const ttl = section === "question" ? 0 : this.#view.getUint32(fixed + 4);
    return { label, at, type, class: this.#view.getUint16(fixed + 2), ttl, dataAt, end: dataAt + length };
  }

  #stopReason(at: number): string {
    if (this.#entries >= MOST_ENTRIES) return `the packet has more than ${MOST_ENTRIES} entries`;
    if (at === this.packet.length) return "the packet ends before it";
    return "the packet ends within it, or its name has no end";
  }
}
