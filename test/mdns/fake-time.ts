import type { Timers } from "../../src/mdns/timers.ts";

interface Pending {
  readonly at: number;
  readonly act: () => void;
}

/** Time that stands until it is moved. */
export class FakeTime implements Timers {
  #now = 1_000;
  readonly #pending = new Set<Pending>();

  now = (): number => this.#now;

  after = (ms: number, act: () => void): (() => void) => {
    const pending = { at: this.#now + ms, act };
    this.#pending.add(pending);
    return () => void this.#pending.delete(pending);
  };

  /** Timers that have neither run nor been cancelled. */
  get waiting(): number {
    return this.#pending.size;
  }

  /** Lets so many milliseconds go by; whoever waits gets their turn in between. */
  async pass(ms: number): Promise<void> {
    const until = this.#now + ms;
    await turn();
    for (let next = this.#next(until); next !== undefined; next = this.#next(until)) {
      this.#pending.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.act();
      await turn();
    }
    this.#now = until;
  }

  #next(until: number): Pending | undefined {
    const [first] = [...this.#pending].toSorted((a, b) => a.at - b.at);
    return first !== undefined && first.at <= until ? first : undefined;
  }
}

/** Until all that can go on has gone on. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
