import { type Coverage, OUTCOMES } from "../model/outcome.ts";
import type { ProbeOutcome } from "./stretch.ts";

/** How many probes came to each end. */
export type Counts = Readonly<Record<ProbeOutcome, number>>;

export function noCounts(): Record<ProbeOutcome, number> {
  return { open: 0, closed: 0, filtered: 0, unreachable: 0, failed: 0, skipped: 0 };
}

export function addCounts(a: Counts, b: Counts, times = 1): Record<ProbeOutcome, number> {
  const sum = noCounts();
  for (const outcome of ENDS) sum[outcome] = a[outcome] + times * b[outcome];
  return sum;
}

/** Probes that have come to an end. */
export function sumOf(counts: Counts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

/** How a probe may end. */
export const ENDS: readonly ProbeOutcome[] = [...OUTCOMES, "skipped"];

/** Counts how probes end. */
export class Tally {
  #counts: Record<ProbeOutcome, number> = noCounts();
  #addresses = 0;
  #wanted = 0;
  #cutShort = false;

  /** More to do. */
  expect(addresses: number, probes: number): void {
    this.#addresses += addresses;
    this.#wanted += probes;
  }

  /** `times` -1 takes back what was counted before. */
  add(counts: Counts, times: 1 | -1 = 1): void {
    this.#counts = addCounts(this.#counts, counts, times);
  }

  count(outcome: ProbeOutcome): void {
    this.#counts[outcome]++;
  }

  /** Something besides a probe was left undone: a conversation, or a strategy. */
  cutShort(): void {
    this.#cutShort = true;
  }

  get coverage(): Coverage {
    const { skipped, ...outcomes } = this.#counts;
    const unprobed = this.#wanted - sumOf(this.#counts);
    const complete = unprobed + skipped + outcomes.failed === 0 && !this.#cutShort;
    const left = skipped === 0 ? { unprobed } : { skipped, unprobed };
    return { addresses: this.#addresses, probes: this.#wanted, ...outcomes, ...left, complete };
  }
}
