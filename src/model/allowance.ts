/** Somebody's time, which stands still while a place in the run's own budget is waited for. */
export interface Patience {
  hold(): void;
  release(): void;
}

/** Time that somebody may take. Holds count: it runs again when as many were released. */
export class Allowance implements Patience {
  readonly #over: () => void;
  #leftMs: number;
  #since = performance.now();
  #timer: NodeJS.Timeout | undefined;
  #holds = 0;
  #ended = false;

  /** Calls `over` when `ms` have passed in which nobody held it. */
  constructor(ms: number, over: () => void) {
    this.#over = over;
    this.#leftMs = ms;
    this.#run();
  }

  hold(): void {
    if (this.#holds++ > 0) return;
    clearTimeout(this.#timer);
    this.#leftMs -= performance.now() - this.#since;
  }

  release(): void {
    if (--this.#holds === 0 && !this.#ended) this.#run();
  }

  end(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
  }

  #run(): void {
    this.#since = performance.now();
    this.#timer = setTimeout(this.#over, Math.max(0, this.#leftMs));
  }
}

/** Holds and releases all of them. */
export function together(...all: readonly (Patience | undefined)[]): Patience {
  return {
    hold: () => all.forEach((one) => one?.hold()),
    release: () => all.forEach((one) => one?.release()),
  };
}
