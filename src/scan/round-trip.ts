/** Fewer answers than this say too little of how long answers take. */
const FEWEST_SAMPLES = 32;
/** Before anything is known. RFC 6298 has a second; farther than this, and round the world, is nobody but satellites. */
export const FIRST_GUESS_MS = 700;
/** A scheduler, a radio or a busy host may need so long for what else takes a moment. */
const LEAST_MS = 100;

/** ARP asks three times, a second apart (arp(7)): so long has the answer to the last one some time, too. */
const LINK_MS = 2_700;
const PATIENT_MS = 1_000;

/**
 * How long an answer may take, learned from those that came, open or refused: the smoothed round trip and four times its
 * variation (RFC 6298, section 2).
 */
export class RoundTrip {
  readonly #ceilingMs: number;
  #smoothedMs = 0;
  #variationMs = 0;
  #samples = 0;

  /** @param ceilingMs What the user lets a connect take: never more. */
  constructor(ceilingMs: number) {
    this.#ceilingMs = ceilingMs;
  }

  learn(latencyMs: number): void {
    if (this.#samples++ === 0) {
      this.#smoothedMs = latencyMs;
      this.#variationMs = latencyMs / 2;
      return;
    }
    this.#variationMs += (Math.abs(this.#smoothedMs - latencyMs) - this.#variationMs) / 4;
    this.#smoothedMs += (latencyMs - this.#smoothedMs) / 8;
  }

  /** How long most answers take at most, in milliseconds. */
  get usualMs(): number {
    if (this.#samples < FEWEST_SAMPLES) return this.patientMs;
    return Math.min(this.#ceilingMs, Math.max(LEAST_MS, this.#smoothedMs + 4 * this.#variationMs));
  }

  /** How long the first answer of a host is waited for: it may be far away, or slow. */
  get patientMs(): number {
    return Math.min(this.#ceilingMs, FIRST_GUESS_MS);
  }

  /**
   * How long a host of the link is waited for: ARP asks three times, a second apart. Whoever has less patience does not
   * learn whether it is there.
   */
  get linkMs(): number {
    return this.#ceilingMs < PATIENT_MS ? this.#ceilingMs : LINK_MS;
  }

  /** Whether ARP has had its time by then. */
  get knowsLink(): boolean {
    return this.linkMs === LINK_MS;
  }

  get ceilingMs(): number {
    return this.#ceilingMs;
  }
}
