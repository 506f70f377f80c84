/** What a link, and one sender on it, may make us read in a second; more is not looked at. */
const MOST_PACKETS = 2_000;
const MOST_PACKETS_A_SENDER = 200;
const WINDOW_MS = 1_000;

/** Counts packets, so that nobody keeps us busy with nothing else. */
export class FloodGuard {
  #since = Number.NEGATIVE_INFINITY;
  #all = 0;
  #senders = new Map<string, number>();
  #overflowed = false;

  /** Some were not read. */
  get overflowed(): boolean {
    return this.#overflowed;
  }

  /** Whether one more packet of that sender is to be read. */
  admits(sender: string, now: number): boolean {
    if (now - this.#since >= WINDOW_MS) {
      this.#since = now;
      this.#all = 0;
      this.#senders = new Map();
    }
    const before = this.#senders.get(sender) ?? 0;
    if (this.#all >= MOST_PACKETS || before >= MOST_PACKETS_A_SENDER) {
      this.#overflowed = true;
      return false;
    }
    this.#senders.set(sender, before + 1);
    this.#all++;
    return true;
  }
}
