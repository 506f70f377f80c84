/** What a link may make us keep: records and their bytes, in all and from one sender. */
const MOST = { records: 8_192, bytes: 8 * 1024 * 1024 } as const;
const MOST_A_SENDER = { records: 2_048, bytes: 1024 * 1024 } as const;

interface Usage {
  records: number;
  bytes: number;
}

/** Who made us keep a record, and its bytes. */
interface Share {
  readonly sender: string;
  readonly size: number;
}

/** Counts what is kept, so that neither one sender nor all together can fill the memory. */
export class Quota {
  readonly #total: Usage = { records: 0, bytes: 0 };
  readonly #senders = new Map<string, Usage>();

  get records(): number {
    return this.#total.records;
  }

  /** Counts a record, in place of an old one if there is one; false, and all as it was, where there is no room for it. */
  replace(old: Share | undefined, fresh: Share): boolean {
    if (old !== undefined) this.give(old);
    const usage = this.#usage(fresh);
    const fits = !isFull(this.#total, fresh.size, MOST) && !isFull(usage, fresh.size, MOST_A_SENDER);
    if (fits) this.#take(fresh);
    else if (old !== undefined) this.#take(old);
    return fits;
  }

  /** A record that was taken is kept no longer. */
  give({ sender, size }: Share): void {
    const usage = this.#senders.get(sender);
    if (usage === undefined) return;
    count(usage, -1, -size);
    count(this.#total, -1, -size);
    if (usage.records === 0) this.#senders.delete(sender);
  }

  #take(share: Share): void {
    const usage = this.#usage(share);
    this.#senders.set(share.sender, usage);
    count(usage, 1, share.size);
    count(this.#total, 1, share.size);
  }

  #usage({ sender }: Share): Usage {
    return this.#senders.get(sender) ?? { records: 0, bytes: 0 };
  }
}

function isFull(usage: Usage, bytes: number, most: Readonly<Usage>): boolean {
  return usage.records >= most.records || usage.bytes + bytes > most.bytes;
}

function count(usage: Usage, records: number, bytes: number): void {
  usage.records += records;
  usage.bytes += bytes;
}
