/** What one part of a run waits for until another rings. A ring that nobody waits for is kept for the next who does. */
export class Bell {
  #rung = false;
  #wake: () => void = () => {};

  ring(): void {
    this.#rung = true;
    this.#wake();
  }

  /** Until it has rung since the last time, `ms` have passed, or `signal` fires. True where it has rung. */
  async wait(ms: number, signal: AbortSignal): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    let stop = (): void => {};
    await new Promise<void>((resolve) => {
      stop = resolve;
      if (this.#rung || signal.aborted) return resolve();
      this.#wake = resolve;
      signal.addEventListener("abort", stop);
      if (ms <= LONGEST_MS) timer = setTimeout(resolve, Math.max(0, ms));
    });
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
    this.#wake = () => {};
    const rung = this.#rung;
    this.#rung = false;
    return rung;
  }
}

/** No timer of Node's waits longer. */
const LONGEST_MS = 2 ** 31 - 1;
