/**
 * What was lost of so many is too much, and not chance alone: it goes too fast for somebody on the way. Few tell
 * only of the worst; more are not waited for where that is plain.
 */
const TOO_MUCH: readonly { readonly of: number; readonly share: number }[] = [
  { of: 32, share: 0.5 },
  { of: 256, share: 0.2 },
];
const ROUND = 256;
/** Fewer answers to second asks than this are an accident. */
const FEWEST_LOST = 3;

/** How often a silent port is asked at most. */
export interface Tries {
  /** Of a host that has answered something. */
  readonly living: number;
  /** Of one that has not. */
  readonly silent: number;
}

/**
 * What is known of packets that got lost: a port that kept silent, was asked again and answered quickly has lost one. Silence
 * alone says nothing, since firewalls keep silent too, and a slow answer neither.
 */
export class Loss {
  readonly #tooFast: () => boolean;
  #answers = 0;
  #lost = 0;
  #allLost = 0;
  #isThrottled = false;
  /** Only what was sent since counts: what was sent before went at another pace. */
  #since = 0;

  /** @param tooFast Called where so much is lost that it has to go slower. False where it cannot. */
  constructor(tooFast: () => boolean) {
    this.#tooFast = tooFast;
  }

  answered(startedAt: number, now: number): void {
    if (startedAt < this.#since) return;
    this.#answers++;
    this.#judge(now);
  }

  /** An ask that began at `startedAt` got lost, as is known now. */
  lost(startedAt: number, now: number): void {
    this.#allLost++;
    if (startedAt < this.#since) return;
    this.#lost++;
    this.#judge(now);
  }

  /** It is known that it went too fast up to now. */
  throttle(now: number): void {
    this.#isThrottled = true;
    this.#since = now;
    this.#answers = 0;
    this.#lost = 0;
  }

  /** When it last went slower, on the clock of `now`: what was sent before was sent too fast. */
  get since(): number {
    return this.#since;
  }

  /** How often a silent port is worth asking, as things are. */
  get tries(): Tries {
    if (this.#isThrottled) return { living: 6, silent: 6 };
    return this.#allLost >= FEWEST_LOST ? { living: 4, silent: 4 } : { living: 2, silent: 1 };
  }

  #judge(now: number): void {
    const sent = this.#answers + this.#lost;
    const isTooMuch = TOO_MUCH.some(({ of, share }) => sent >= of && this.#lost > sent * share);
    if (isTooMuch) {
      this.#isThrottled = true;
      if (this.#tooFast()) this.#since = now;
    } else if (sent < ROUND) return;
    this.#answers = 0;
    this.#lost = 0;
  }
}
