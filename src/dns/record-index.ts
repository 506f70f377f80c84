import { isOf } from "./answer.ts";
import type { DnsRecord, Name, RecordOf, RecordType } from "./message.ts";
import { nameKey } from "./name.ts";

/** What came along in a reply, by its owners: many names are looked up in it at the cost of one pass. */
export class RecordIndex {
  readonly #records: readonly DnsRecord[];
  #byOwner: Map<string, DnsRecord[]> | undefined;

  constructor(records: readonly DnsRecord[]) {
    this.#records = records;
  }

  /** The records of a name and type, in their order. */
  of<T extends RecordType>(owner: Name, type: T): RecordOf<T>[] {
    if (this.#records.length === 0) return [];
    this.#byOwner ??= byOwner(this.#records);
    return (this.#byOwner.get(nameKey(owner)) ?? []).filter(isOf(type));
  }
}

function byOwner(records: readonly DnsRecord[]): Map<string, DnsRecord[]> {
  const found = new Map<string, DnsRecord[]>();
  for (const record of records) {
    const key = nameKey(record.name);
    const before = found.get(key);
    if (before === undefined) found.set(key, [record]);
    else before.push(record);
  }
  return found;
}
