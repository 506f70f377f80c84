import { existsSync } from "node:fs";

import { type Clock, systemClock } from "../../model/clock.ts";
import { type Endpoint, endpointKey } from "../../model/endpoint.ts";
import { fileFault } from "../../model/error-code.ts";
import type { Observation } from "../../model/observation.ts";
import { type Entry, entryKey, entryOf, join } from "./entry.ts";
import { alone, cacheFileIn, readCacheFile, removeCacheFile, setAside, writeCacheFile } from "./file.ts";
import { MOST_ENDPOINTS } from "./limits.ts";
import { BadCacheFile, type CheckObservation, type Line } from "./line.ts";
import {
  type CacheQuery,
  type CachedEndpoint,
  type CachedServices,
  type Making,
  addressesOf,
  endpointOf,
  servicesOf,
} from "./query.ts";
import { Shelf } from "./shelf.ts";

/** What the cache is to know of the world. */
export interface CacheOptions extends Making {
  /** Where it lies; made where it is not there. */
  readonly folder: string;
  /** The network that an address is in, now: a few letters and digits that tell it from others. */
  readonly networkOf: (address: string) => string;
  readonly check: CheckObservation;
  /** Told in one line, once, why there is no cache, or none that is kept. */
  readonly warn: (warning: string) => void;
  readonly clock?: Clock;
}

/**
 * What was observed, kept from run to run. It holds observations and makes services of them anew whenever it is asked, so
 * that there is no second truth. Nothing here throws for want of a file: then there is a warning, and nothing is known.
 */
export class ServiceCache {
  readonly #options: CacheOptions;
  readonly #clock: Clock;
  /** What this process has learned, and nobody has written. */
  #learned = new Map<string, Entry>();
  /** The file's and the learned; who only adds to it needs none. */
  #shelf: Shelf | undefined;
  #hasWarned = false;

  /** Knows nothing before it reads: see `openCache`. To learn and to save it need not. */
  constructor(options: CacheOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  /** Where the file is, there or not. */
  get file(): string {
    return cacheFileIn(this.#options.folder);
  }

  /** Reads what is on the disk now. What is no cache is set aside. */
  async read(): Promise<void> {
    this.#shelf = this.#joined([]);
    try {
      this.#shelf = this.#onDisk();
    } catch (error) {
      if (!(error instanceof BadCacheFile)) return this.#warn(`is not used: ${fileFault(error)}`);
      await this.#alone(() => void (this.#shelf = this.#orNew(() => this.#onDisk())), "is not used");
    }
  }

  /**
   * Takes in what was observed, in any order. Outcomes that are no knowledge are passed over, and leave what is known.
   *
   * @param since When the run began, in milliseconds since the epoch: what was seen open before, where the run found it
   *   open, no longer counts. 0: it is one look among others.
   */
  put(observations: Iterable<Observation>, since = 0): void {
    const byEndpoint = new Map<string, Observation[]>();
    for (const one of observations) {
      const key = endpointKey(one.endpoint);
      const here = byEndpoint.get(key);
      if (here === undefined) byEndpoint.set(key, [one]);
      else here.push(one);
    }
    for (const observed of byEndpoint.values()) {
      const [first] = observed;
      if (first === undefined) continue;
      const { endpoint } = first;
      const entry = entryOf(this.#options.networkOf(endpoint.address), endpoint, observed, since);
      if (entry.observations.length > 0) this.#learn(entry);
    }
  }

  /** What is known of an endpoint is not to be relied on any more: it shows as stale, until it is met again. */
  forget(endpoint: Endpoint): void {
    const network = this.#options.networkOf(endpoint.address);
    this.#learn({ network, endpoint, observations: [], openSince: 0, expiredAt: this.#clock.now() });
  }

  /** What is known of this network at a moment, in milliseconds since the epoch. */
  services(now: number, query: CacheQuery = {}): CachedServices {
    return servicesOf(this.#here(), this.#options, now, query);
  }

  /** The addresses that were met under a name in this network. */
  addressesOf(name: string): string[] {
    return addressesOf(name, this.#here());
  }

  /** All that is kept, of other networks, too; what was heard of last comes first. */
  endpoints(now: number): CachedEndpoint[] {
    return this.#known.entries.map((entry) => endpointOf(entry, now, this.#isHere(entry)));
  }

  /**
   * Writes what was learned besides what others have written meanwhile. Resolves to whether it is written; else there was a
   * warning.
   */
  async save(): Promise<boolean> {
    if (this.#learned.size === 0) return true;
    const { folder } = this.#options;
    const write = (): void => {
      const shelf = this.#orNew(() => this.#onDisk());
      writeCacheFile(folder, shelf.lines);
      // At once: what is learned after this is not written yet.
      this.#learned = new Map();
      if (this.#shelf !== undefined) this.#shelf = shelf;
    };
    return this.#alone(write, "is not written");
  }

  /**
   * Takes the file away, and all that is known. Resolves to how many endpoints there were. Rejects with what the file
   * system says.
   */
  async clear(): Promise<number> {
    const count = this.#known.lines.length;
    const { folder } = this.#options;
    if (existsSync(folder)) await alone(folder, () => removeCacheFile(folder));
    this.#learned = new Map();
    this.#shelf = this.#joined([]);
    return count;
  }

  /** False where it could not be done: then there was a warning. */
  async #alone(task: () => void, failure: string): Promise<boolean> {
    try {
      await alone(this.#options.folder, task);
      return true;
    } catch (error) {
      this.#warn(`${failure}: ${fileFault(error)}`);
      return false;
    }
  }

  /** What is on the disk, and what was learned besides. Throws `BadCacheFile`, and what the file system says. */
  #onDisk(): Shelf {
    const shelf = this.#joined(readCacheFile(this.#options.folder));
    // Who reads looks at each now, so that a broken one throws here; who only adds leaves the others as they are.
    if (this.#shelf !== undefined) void shelf.entries;
    return shelf;
  }

  /** What is no cache makes room for a new one; only for who has the lock. */
  #orNew(read: () => Shelf): Shelf {
    const { folder } = this.#options;
    try {
      return read();
    } catch (error) {
      if (!(error instanceof BadCacheFile)) throw error;
      this.#warn(`is set aside as ${setAside(folder, this.#clock.now())}: ${error.message}`);
      return this.#joined([]);
    }
  }

  #joined(lines: readonly Line[]): Shelf {
    const shelf = new Shelf(this.#options.check, () => this.#clock.now());
    shelf.load(lines);
    for (const entry of this.#learned.values()) shelf.add(entry);
    return shelf;
  }

  #learn(entry: Entry): void {
    const key = entryKey(entry);
    const known = this.#learned.get(key);
    this.#learned.set(key, known === undefined ? entry : join(known, entry));
    const [first] = this.#learned.keys();
    if (this.#learned.size > MOST_ENDPOINTS && first !== undefined) this.#learned.delete(first);
    this.#shelf?.add(entry);
  }

  get #known(): Shelf {
    return (this.#shelf ??= this.#joined([]));
  }

  #here(): Entry[] {
    return this.#known.entries.filter((entry) => this.#isHere(entry));
  }

  #isHere({ network, endpoint }: Entry): boolean {
    return network === this.#options.networkOf(endpoint.address);
  }

  /** One line a run: what follows is most likely of the same cause. */
  #warn(why: string): void {
    if (!this.#hasWarned) this.#options.warn(`the cache ${this.file} ${why}`);
    this.#hasWarned = true;
  }
}

/** A cache that knows what is on the disk. */
export async function openCache(options: CacheOptions): Promise<ServiceCache> {
  const cache = new ServiceCache(options);
  await cache.read();
  return cache;
}
