/** Lets at most so many tasks run at once; the others wait their turn. It can be narrowed, down to one at once. */
export class Gate {
  readonly #waiting: (() => void)[] = [];
  readonly #most: number;
  #atOnce: number;
  #running = 0;

  constructor(most: number) {
    this.#most = most;
    this.#atOnce = most;
  }

  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.#running < this.#atOnce) this.#running++;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await task();
    } finally {
      this.#running--;
      this.#admit();
    }
  }

  /** Half as many at once from now on. */
  narrow(): void {
    this.#atOnce = Math.max(1, Math.floor(this.#atOnce / 2));
  }

  /** One more at once from now on, up to as many as at first. */
  widen(): void {
    this.#atOnce = Math.min(this.#most, this.#atOnce + 1);
    this.#admit();
  }

  #admit(): void {
    while (this.#running < this.#atOnce) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#running++; // here and not when it wakes: nobody may come between
      next();
    }
  }
}
