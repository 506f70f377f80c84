/** What a link may make us keep: records and their bytes, in all and from one sender. */
const MOST = { records: 8_192, bytes: 8 * 1024 * 1024 } as const;
const MOST_A_SENDER = { records: 2_048, bytes: 1024 * 1024 } as const;

interface Usage {
  records: number;
  bytes: number;
}

/** Counts what is kept, so that neither one sender nor all together can fill the memory. */
export class Quota {
  readonly #total: Usage = { records: 0, bytes: 0 };
  readonly #senders = new Map<string, Usage>();

  get records(): number {
    return this.#total.records;
  }

  /** Counts a record of so many bytes; false, and nothing counted, where there is no room for it. */
  take(sender: string, bytes: number): boolean {
    const usage = this.#senders.get(sender) ?? { records: 0, bytes: 0 };
    if (isFull(this.#total, bytes, MOST) || isFull(usage, bytes, MOST_A_SENDER)) return false;
    this.#senders.set(sender, usage);
    count(usage, 1, bytes);
    count(this.#total, 1, bytes);
    return true;
  }

  /** A record that was taken is kept no longer. */
  give(sender: string, bytes: number): void {
    const usage = this.#senders.get(sender);
    if (usage === undefined) return;
    count(usage, -1, -bytes);
    count(this.#total, -1, -bytes);
    if (usage.records === 0) this.#senders.delete(sender);
  }
}

function isFull(usage: Usage, bytes: number, most: Readonly<Usage>): boolean {
  return usage.records >= most.records || usage.bytes + bytes > most.bytes;
}

function count(usage: Usage, records: number, bytes: number): void {
  usage.records += records;
  usage.bytes += bytes;
}
