import type { Clock } from "../model/clock.ts";

/**
 * The kernel's table of neighbours holds 1,024 hosts (`gc_thresh3`, arp(7)), those that are not there for about three seconds
 * each; when it is full, living ones are lost. So new hosts of a link are begun at this pace.
 */
const HOSTS_A_SECOND = 250;
/** So many at once: with three seconds' worth of the others they fit. */
const BURST = 250;

/** Nobody gets up for one host. */
const AT_A_TIME = 8;

/** How fast hosts on a link of this machine may be begun: a bucket of tokens. */
export class LinkPace {
  readonly #clock: Clock;
  readonly #perMs: number;
  readonly #most: number;
  #tokens: number;
  #at: number;

  /** @param share The part of all that this one may have, where several sweep at once. */
  constructor(clock: Clock, share = 1) {
    this.#clock = clock;
    this.#perMs = (HOSTS_A_SECOND * share) / 1_000;
    this.#most = BURST * share;
    this.#tokens = this.#most;
    this.#at = clock.monotonic();
  }

  tryTake(): boolean {
    if (this.delayMs > 0) return false;
    this.#tokens--;
    return true;
  }

  /** Milliseconds until it is worth asking again; 0 where one may be begun now. */
  get delayMs(): number {
    const now = this.#clock.monotonic();
    this.#tokens = Math.min(this.#most, this.#tokens + (now - this.#at) * this.#perMs);
    this.#at = now;
    return this.#tokens >= 1 ? 0 : Math.min(this.#most, AT_A_TIME - this.#tokens) / this.#perMs;
  }
}
