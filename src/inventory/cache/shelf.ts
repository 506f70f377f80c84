import { LRUCache } from "lru-cache";

import { type Entry, KEEP_MS, entryAt, entryKey, join } from "./entry.ts";
import { MOST_CHARACTERS, MOST_ENDPOINTS } from "./limits.ts";
import { type CheckObservation, type Line, lineOf, parseEntry } from "./line.ts";

interface Slot {
  readonly line: Line;
  /** Once somebody has looked. */
  entry?: Entry;
}

/** Entries by network and endpoint, as lines until somebody looks: bounded in number, size and age. */
export class Shelf {
  readonly #slots: LRUCache<string, Slot>;
  readonly #check: CheckObservation;
  readonly #now: () => number;

  constructor(check: CheckObservation, now: () => number) {
    this.#check = check;
    this.#now = now;
    this.#slots = new LRUCache({
      max: MOST_ENDPOINTS,
      maxSize: MOST_CHARACTERS,
      sizeCalculation: ({ line }) => line.text.length,
      // Times on disk are the wall clock's; its own would be that of this process.
      perf: { now },
      ttl: KEEP_MS,
      ttlResolution: 0,
    });
  }

  /** Puts lines of a file there, the last one the one that stays longest. Throws `BadCacheFile`. */
  load(lines: readonly Line[]): void {
    for (const line of lines) {
      // From the future: what it says has to be put right.
      if (line.newest > this.#now()) this.#put(entryAt(parseEntry(line, this.#check), this.#now()));
      else this.#keep({ line });
    }
  }

  /** Joins what was learned to what is known. Throws `BadCacheFile` where that turns out to be none. */
  add(entry: Entry): void {
    const known = this.#slots.get(entryKey(entry));
    this.#put(known === undefined ? entry : join(this.#entryOf(known), entry));
  }

  /** All of them, those that were heard of last first. Throws `BadCacheFile` where one turns out to be none. */
  get entries(): Entry[] {
    return [...this.#slots.values()].flatMap((slot) => entryAt(this.#entryOf(slot), this.#now()) ?? []);
  }

  /** As `load` takes them. */
  get lines(): Line[] {
    return [...this.#slots.rvalues()].flatMap((slot) => slot?.line ?? []);
  }

  #entryOf(slot: Slot): Entry {
    return (slot.entry ??= parseEntry(slot.line, this.#check));
  }

  #put(entry: Entry | undefined): void {
    if (entry === undefined) return;
    const line = entry.observations.length === 0 ? undefined : lineOf(entry);
    if (line === undefined) this.#slots.delete(entryKey(entry));
    else this.#keep({ line, entry });
  }

  #keep(slot: Slot): void {
    const { newest } = slot.line;
    const leftMs = newest + KEEP_MS - this.#now();
    if (leftMs > 0) this.#slots.set(entryKey(slot.line), slot, { ttl: leftMs });
  }
}
