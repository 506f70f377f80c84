/**
 * What was lost of so many is too much, and not chance alone: it goes too fast for somebody on the way. Few tell
 * only of the worst; more are not waited for where that is plain.
 */
const TOO_MUCH: readonly { readonly of: number; readonly share: number }[] = [
  { of: 32, share: 0.5 },
  { of: 256, share: 0.2 },
];
/** Fewer answers to second asks than this are an accident. */
const FEWEST_LOST = 3;
/** Of so many ports that would answer, one may be missed by chance. */
const ONE_MISSED_OF = 5_000;
const MOST_TRIES = 6;
/** Living hosts' silent ports are few, and are asked so often wherever packets get lost. */
const FEWEST_LIVING = 4;
const MOST_THROTTLED = 6;
/** Probes that were begun within so many milliseconds fared alike, if there are enough of them to tell. */
const COHORT_MS = 100;
const COHORT_SIZE = 32;
const MOST_COHORTS = 64;

/** How often a silent port is asked at most. */
export interface Tries {
  /** Of a host that has answered something. */
  readonly living: number;
  /** Of one that has not. */
  readonly silent: number;
}

/** Probes that were begun together, as far as it is known what became of them. */
interface Cohort {
  readonly from: number;
  answers: number;
  lost: number;
}

/**
 * What is known of packets that got lost: a port that kept silent, was asked again and answered quickly has lost one. Silence
 * alone says nothing, since firewalls keep silent too, and a slow answer neither.
 */
export class Loss {
  readonly #tooFast: () => boolean;
  #answers = 0;
  #lost = 0;
  #isThrottled = false;
  /** Oldest first. */
  #cohorts: Cohort[] = [];
  /** Only what was sent since counts: what was sent before went at another pace. */
  #since = 0;

  /** @param tooFast Called where so much is lost that it has to go slower. False where it cannot. */
  constructor(tooFast: () => boolean) {
    this.#tooFast = tooFast;
  }

  answered(startedAt: number, now: number): void {
    this.#answers++;
    if (startedAt < this.#since) return;
    const cohort = this.#cohortOf(startedAt);
    cohort.answers++;
    this.#judge(cohort, now);
  }

  /** An ask that began at `startedAt` got lost, as is known now. */
  lost(startedAt: number, now: number): void {
    this.#lost++;
    if (startedAt < this.#since) return;
    const cohort = this.#cohortOf(startedAt);
    cohort.lost++;
    this.#judge(cohort, now);
  }

  /** It is known that it went too fast up to now. */
  throttle(now: number): void {
    this.#isThrottled = true;
    this.#since = now;
    this.#cohorts = [];
  }

  /** When it last went slower, on the clock of `now`: what was sent before was sent too fast. */
  get since(): number {
    return this.#since;
  }

  /** How often a silent port is worth asking, as things are. */
  get tries(): Tries {
    if (this.#isThrottled) return { living: MOST_THROTTLED, silent: MOST_THROTTLED };
    if (this.#lost < FEWEST_LOST) return { living: 2, silent: 1 };
    const silent = this.#enough;
    return { living: Math.max(FEWEST_LIVING, silent), silent };
  }

  /** So many asks that hardly ever all of them get lost. */
  get #enough(): number {
    const share = this.#lost / (this.#answers + this.#lost);
    return Math.min(MOST_TRIES, Math.ceil(Math.log(ONE_MISSED_OF) / -Math.log(share)));
  }

  /**
   * A port that is asked again answers later than those did that were asked with it before: it is held against these,
   * since second asks come in crowds, and of a crowd of them alone half were lost.
   */
  #cohortOf(startedAt: number): Cohort {
    const newest = this.#cohorts.at(-1);
    const isFull = newest !== undefined && newest.answers + newest.lost >= COHORT_SIZE;
    if (newest === undefined || (isFull && startedAt >= newest.from + COHORT_MS)) {
      const cohort = { from: startedAt, answers: 0, lost: 0 };
      this.#cohorts.push(cohort);
      if (this.#cohorts.length > MOST_COHORTS) this.#cohorts.shift();
      return cohort;
    }
    return this.#cohorts.findLast(({ from }) => from <= startedAt) ?? newest;
  }

  #judge({ answers, lost }: Cohort, now: number): void {
    const sent = answers + lost;
    if (!TOO_MUCH.some(({ of, share }) => sent >= of && lost > sent * share)) return;
    if (this.#tooFast()) this.throttle(now);
    else {
      this.#isThrottled = true;
      this.#cohorts = [];
    }
  }
}
