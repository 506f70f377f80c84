import type { DnsRecord, Name, RecordOf, RecordType } from "../dns/message.ts";
import { Quota } from "./quota.ts";
import { dataKey, recordSize, setKey } from "./record.ts";

/** A record is believed for so long at most, in seconds. */
const LONGEST_TTL = 86_400;
/** RFC 6762, sections 10.1 and 10.2: what is withdrawn or replaced stays for so long, in milliseconds. */
const GRACE_MS = 1_000;
/** RFC 6762, section 5.2: when to ask again, in parts of the TTL, and how much chance is in it. */
const FIRST_REFRESH = 0.8;
const REFRESH_STEP = 0.05;
const REFRESH_JITTER = 0.02;
/** RFC 6762, section 5.2: no question is asked more often. */
const LEAST_APART_MS = 1_000;

/** A record as it was heard. Times are in milliseconds of the querier's clock. */
export interface CachedRecord<R extends DnsRecord = DnsRecord> {
  readonly record: R;
  readonly receivedAt: number;
  /** When it ends: its TTL after `receivedAt`, or before that where it was withdrawn, replaced, or is in doubt. */
  readonly expiresAt: number;
}

interface Entry extends CachedRecord {
  readonly set: string;
  readonly key: string;
  readonly size: number;
  readonly sender: string;
  expiresAt: number;
  /** When to ask for it again. */
  refreshAt: number;
}

/** What was heard on one link and is still true. */
export class RecordCache {
  readonly #random: () => number;
  readonly #sets = new Map<string, Map<string, Entry>>();
  readonly #quota = new Quota();
  #overflowed = false;

  constructor(random: () => number) {
    this.#random = random;
  }

  get size(): number {
    return this.#quota.records;
  }

  /** More was heard than can be kept. */
  get overflowed(): boolean {
    return this.#overflowed;
  }

  /** The records of that name and type, the last heard first. */
  get<T extends RecordType>(name: Name, type: T): CachedRecord<RecordOf<T>>[] {
    const entries = [...(this.#sets.get(setKey(name, type))?.values() ?? [])];
    return entries.filter((one) => isOfType(one, type)).toSorted((a, b) => b.receivedAt - a.receivedAt);
  }

  /** The records of a set that a query need not be answered with: more than half of their TTL is left (section 7.1). */
  known(name: Name, type: RecordType, now: number): DnsRecord[] {
    return this.get(name, type).flatMap(({ record, receivedAt, expiresAt }) => {
      const left = expiresAt - now;
      const whole = expiresAt === endOf(record, receivedAt);
      if (!whole || left * 2 <= record.ttlSeconds * 1_000) return [];
      return [{ ...record, cacheFlush: false, ttlSeconds: Math.floor(left / 1_000) }];
    });
  }

  has(record: DnsRecord): boolean {
    return this.#sets.get(setKey(record.name, record.type))?.has(dataKey(record)) ?? false;
  }

  /** Takes in what one packet of a sender says. Returns whether anything is new by it. */
  take(records: readonly DnsRecord[], sender: string, now: number): boolean {
    let news = false;
    const told = new Map<string, DnsRecord>();
    for (const record of records) {
      const isNew = !this.has(record);
      if (record.ttlSeconds === 0) this.#shorten(this.#find(record), now + GRACE_MS);
      // What there is no room for replaces nothing.
      else if (this.#put(record, sender, now)) {
        news ||= isNew;
        if (record.cacheFlush) told.set(setKey(record.name, record.type), record);
      }
    }
    for (const record of told.values()) this.#flush(record, now);
    return news;
  }

  /** Forgets what has ended. Returns whether anything had. */
  expire(now: number): boolean {
    let gone = false;
    for (const entries of this.#sets.values()) {
      for (const entry of entries.values()) {
        if (entry.expiresAt > now) continue;
        this.#remove(entry);
        gone = true;
      }
    }
    return gone;
  }

  /** When the next record ends. */
  nextExpiry(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const entries of this.#sets.values()) {
      for (const { expiresAt } of entries.values()) next = Math.min(next, expiresAt);
    }
    return next;
  }

  /** Whether it is time to ask for a set again before it ends; if so, it is put off until the next time. */
  takeRefresh(name: Name, type: RecordType, now: number): boolean {
    let due = false;
    for (const entry of this.#entries(name, type)) {
      if (now < entry.refreshAt || isShortened(entry)) continue;
      due = true;
      entry.refreshAt += Math.max(LEAST_APART_MS, this.#part(entry.record, REFRESH_STEP));
    }
    return due;
  }

  nextRefresh(name: Name, type: RecordType): number {
    let next = Number.POSITIVE_INFINITY;
    for (const entry of this.#entries(name, type)) {
      if (!isShortened(entry) && entry.refreshAt < entry.expiresAt) next = Math.min(next, entry.refreshAt);
    }
    return next;
  }

  /** Lets a set, or all there is, end soon unless it is heard again. */
  doubt(endsAt: number, name?: Name, type?: RecordType): void {
    const all = [...this.#sets.values()].flatMap((entries) => [...entries.values()]);
    const doubted = name === undefined || type === undefined ? all : this.#entries(name, type);
    for (const entry of doubted) this.#shorten(entry, endsAt);
  }

  #entries(name: Name, type: RecordType): Iterable<Entry> {
    return this.#sets.get(setKey(name, type))?.values() ?? [];
  }

  #find(record: DnsRecord): Entry | undefined {
    return this.#sets.get(setKey(record.name, record.type))?.get(dataKey(record));
  }

  /** False where there is no room for it; then what was known of it stays as it is. */
  #put(heard: DnsRecord, sender: string, now: number): boolean {
    const record = { ...heard, ttlSeconds: Math.min(heard.ttlSeconds, LONGEST_TTL) };
    const size = recordSize(record);
    if (!this.#quota.replace(this.#find(record), { sender, size })) {
      this.#overflowed = true;
      return false;
    }
    const set = setKey(record.name, record.type);
    const expiresAt = endOf(record, now);
    const refreshAt = now + this.#part(record, FIRST_REFRESH);
    const entry = { record, receivedAt: now, set, key: dataKey(record), size, sender, expiresAt, refreshAt };
    const entries = this.#sets.get(set) ?? new Map<string, Entry>();
    this.#sets.set(set, entries.set(entry.key, entry));
    return true;
  }

  /** That part of a record's TTL, and a little more by chance. */
  #part({ ttlSeconds }: DnsRecord, part: number): number {
    return ttlSeconds * 1_000 * (part + this.#random() * REFRESH_JITTER);
  }

  #remove({ set, key, size, sender }: Entry): void {
    const entries = this.#sets.get(set);
    entries?.delete(key);
    if (entries?.size === 0) this.#sets.delete(set);
    this.#quota.give({ sender, size });
  }

  /** What was heard of the set more than a second ago is no longer so (section 10.2). */
  #flush({ name, type }: DnsRecord, now: number): void {
    for (const entry of this.#entries(name, type)) {
      if (entry.receivedAt < now - GRACE_MS) this.#shorten(entry, now + GRACE_MS);
    }
  }

  #shorten(entry: Entry | undefined, endsAt: number): void {
    if (entry !== undefined) entry.expiresAt = Math.min(entry.expiresAt, endsAt);
  }
}

function isOfType<T extends RecordType>(cached: CachedRecord, type: T): cached is CachedRecord<RecordOf<T>> {
  return cached.record.type === type;
}

function endOf({ ttlSeconds }: DnsRecord, receivedAt: number): number {
  return receivedAt + ttlSeconds * 1_000;
}

function isShortened({ record, receivedAt, expiresAt }: CachedRecord): boolean {
  return expiresAt < endOf(record, receivedAt);
}
