import { setMaxListeners } from "node:events";

/** The end of a run: the caller's signal, or its own deadline, whichever comes first. */
export class Stop {
  readonly #controller = new AbortController();
  readonly #outer: AbortSignal | undefined;
  readonly #deadlineMs: number | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(outer: AbortSignal | undefined, deadlineMs: number | undefined) {
    this.#outer = outer;
    this.#deadlineMs = deadlineMs;
    setMaxListeners(0, this.#controller.signal);
    outer?.addEventListener("abort", this.now);
    if (outer?.aborted === true) this.now();
    this.restart();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Stops the clock: nobody's time runs while a person is asked. */
  pause(): void {
    clearTimeout(this.#timer);
  }

  /** Lets the deadline begin anew. */
  restart(): void {
    clearTimeout(this.#timer);
    if (!this.signal.aborted && this.#deadlineMs !== undefined)
      this.#timer = setTimeout(this.now, this.#deadlineMs);
  }

  readonly now = (): void => {
    this.#controller.abort();
    this.dispose();
  };

  /** Leaves nothing behind on the caller's signal or the event loop. */
  dispose(): void {
    clearTimeout(this.#timer);
    this.#outer?.removeEventListener("abort", this.now);
  }
}
