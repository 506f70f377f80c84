import type { Clock } from "../model/clock.ts";
import type { Hosts, Stretch } from "./stretch.ts";

/** How long what the kernel's table says is taken for true, in milliseconds. */
const FRESH_MS = 200;

/** What is on a link of this machine, where the kernel has to look for a host before anything can be sent to it. */
export class Neighbourhood {
  readonly #isNear: (address: string) => boolean;
  readonly #read: () => ReadonlyMap<string, boolean>;
  readonly #clock: Clock;
  #table: ReadonlyMap<string, boolean> = new Map();
  #readAt = -Infinity;
  readonly #touched = new WeakMap<Stretch, boolean>();

  /**
   * @param isNear Whether an address is on a link.
   * @param read The kernel's table: by address, whether somebody has answered for it.
   */
  constructor(isNear: (address: string) => boolean, read: () => ReadonlyMap<string, boolean>, clock: Clock) {
    this.#isNear = isNear;
    this.#read = read;
    this.#clock = clock;
  }

  isNear(address: string): boolean {
    return this.#isNear(address);
  }

  /** Whether any of its hosts may be on a link. */
  touches(stretch: Stretch): boolean {
    const known = this.#touched.get(stretch);
    if (known !== undefined) return known;
    const touched = holdsNear(stretch.hosts, this.#isNear);
    this.#touched.set(stretch, touched);
    return touched;
  }

  /** Whether a host is there, by the kernel's account of just now; undefined where it has none. */
  isThere(address: string): boolean | undefined {
    if (!this.isNear(address)) return undefined;
    const now = this.#clock.monotonic();
    if (now - this.#readAt > FRESH_MS) {
      this.#table = this.#read();
      this.#readAt = now;
    }
    return this.#table.get(address);
  }

  /** The same, and no older than this very moment. */
  isThereNow(address: string): boolean | undefined {
    this.#readAt = -Infinity;
    return this.isThere(address);
  }
}

/** Hosts between two that are looked at: few links are smaller. */
const STEP = 32;
/** Of a large field some are looked at. */
const MOST_LOOKS = 4_096;

/** Whether some of the hosts are on a link, as far as every 32nd tells, and the last. */
export function holdsNear(hosts: Hosts, isNear: (address: string) => boolean): boolean {
  const step = Math.max(STEP, Math.ceil(hosts.length / MOST_LOOKS));
  for (let at = 0; at < hosts.length; at += step) if (isNear(hosts.at(at))) return true;
  return hosts.length > 0 && isNear(hosts.at(hosts.length - 1));
}
