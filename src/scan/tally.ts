import type { Coverage, Outcome } from "../model/outcome.ts";

/** Counts how probes end. */
export class Tally {
  readonly #counts: Record<Outcome, number> = { open: 0, closed: 0, filtered: 0, unreachable: 0, failed: 0 };
  #addresses = 0;
  #wanted = 0;
  #cutShort = false;

  /** More to do. */
  expect(addresses: number, probes: number): void {
    this.#addresses += addresses;
    this.#wanted += probes;
  }

  count(outcome: Outcome): void {
    this.#counts[outcome]++;
  }

  /** Something besides a probe was left undone: a conversation, or a strategy. */
  cutShort(): void {
    this.#cutShort = true;
  }

  get coverage(): Coverage {
    const ended = Object.values(this.#counts).reduce((sum, count) => sum + count, 0);
    const unprobed = this.#wanted - ended;
    const complete = unprobed === 0 && this.#counts.failed === 0 && !this.#cutShort;
    return { addresses: this.#addresses, probes: this.#wanted, ...this.#counts, unprobed, complete };
  }
}
