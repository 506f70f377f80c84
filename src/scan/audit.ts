/** So many silent ports of living hosts make suspicious. */
const SUSPICIOUS = 16;
/** As many ports are asked again in calm. */
const SIZE = 32;
/** Of those, so many answers say that the silence was not the hosts' own. */
const GUILTY = SIZE / 4;
/** After a hearing that found nothing, so many times as many are waited for. */
const BEYOND_DOUBT = 10;

/**
 * Most ports of living hosts are silent: firewalls, or somebody on the way who lets only so many packets through? Nothing tells
 * while the flood goes on. So it is stopped for a moment, and some of these ports are asked again, slowly: if they answer now,
 * it was the flood.
 */
export class Audit {
  #answers = 0;
  #misses = 0;
  #dueAt = SUSPICIOUS;
  #since = Infinity;
  #sent = 0;
  #heard = 0;
  #landed = 0;

  /** Time between two asks, in milliseconds. */
  static readonly intervalMs: number = 5;

  get isOn(): boolean {
    return this.#since !== Infinity;
  }

  get isDue(): boolean {
    return !this.isOn && this.#misses >= this.#dueAt && this.#misses * 2 > this.#answers;
  }

  begin(now: number): void {
    this.#since = now;
    this.#sent = 0;
    this.#heard = 0;
    this.#landed = 0;
  }

  /** Whether another one is to be asked. */
  get wantsMore(): boolean {
    return this.isOn && this.#sent < SIZE;
  }

  sent(): void {
    if (this.isOn) this.#sent++;
  }

  answered(startedAt: number): void {
    this.#answers++;
    if (startedAt >= this.#since) this.#heard++;
  }

  /** A port of a living host kept silent. */
  missed(): void {
    this.#misses++;
  }

  /** Something that began at `startedAt` has come back, however. */
  landed(startedAt: number): void {
    if (startedAt >= this.#since) this.#landed++;
  }

  /** All that were asked have answered, or will not. */
  get isHeard(): boolean {
    return this.isOn && this.#landed >= this.#sent;
  }

  /** Answers a second, over all that time. */
  perSecond(elapsedMs: number): number {
    return (this.#answers * 1_000) / Math.max(1, elapsedMs);
  }

  /** Whether it was the flood. */
  end(): boolean {
    this.#since = Infinity;
    const isGuilty = this.#heard >= Math.min(GUILTY, Math.max(1, this.#sent / 2));
    this.#dueAt = this.#misses * (isGuilty ? 2 : BEYOND_DOUBT);
    return isGuilty;
  }
}
