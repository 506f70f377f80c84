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
    const wake = (): void => this.#wake();
    const timer = ms <= LONGEST_MS ? setTimeout(wake, Math.max(0, ms)) : undefined;
    signal.addEventListener("abort", wake);
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      if (this.#rung || signal.aborted) resolve();
    });
    clearTimeout(timer);
    signal.removeEventListener("abort", wake);
    this.#wake = () => {};
    const rung = this.#rung;
    this.#rung = false;
    return rung;
  }
}

/** No timer of Node's waits longer. */
const LONGEST_MS = 2 ** 31 - 1;
