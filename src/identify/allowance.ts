/** Time that somebody may take, and that may be lengthened while it runs. */
export class Allowance {
  readonly #over: () => void;
  #endsAt: number;
  #timer: NodeJS.Timeout;

  /** Calls `over` when `ms` have passed, and what was added to them. */
  constructor(ms: number, over: () => void) {
    this.#over = over;
    this.#endsAt = performance.now() + ms;
    this.#timer = setTimeout(this.#look, ms);
  }

  extend(ms: number): void {
    this.#endsAt += Math.max(0, ms);
  }

  end(): void {
    clearTimeout(this.#timer);
  }

  readonly #look = (): void => {
    const left = this.#endsAt - performance.now();
    if (left < 1) this.#over();
    else this.#timer = setTimeout(this.#look, left);
  };
}
