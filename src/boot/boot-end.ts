import { setMaxListeners } from "node:events";

/** The end of a boot before it is through: the user's, its deadline's, or a required service's. */
export class BootEnd {
  readonly #controller = new AbortController();
  readonly #outer: AbortSignal;
  readonly #timer: NodeJS.Timeout | undefined;
  #reason: string | undefined;

  constructor(outer: AbortSignal, deadlineMs: number | undefined) {
    this.#outer = outer;
    setMaxListeners(0, this.#controller.signal);
    outer.addEventListener("abort", this.#interrupt);
    if (outer.aborted) this.#interrupt();
    if (deadlineMs !== undefined)
      this.#timer = setTimeout(
        () => this.#abort(`the boot took longer than ${deadlineMs / 1000} s`),
        deadlineMs,
      );
  }

  /** Fires when nothing is to be waited for any more. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Why nothing more is to be started; undefined where it is. */
  get reason(): string | undefined {
    return this.#reason;
  }

  /** Something required failed: nothing more is started. What is under way goes on where it is to be kept. */
  fail(reason: string, keep: boolean): void {
    this.#reason ??= reason;
    if (!keep) this.#controller.abort();
  }

  /** Leaves nothing behind on the caller's signal or the event loop. */
  dispose(): void {
    clearTimeout(this.#timer);
    this.#outer.removeEventListener("abort", this.#interrupt);
  }

  readonly #interrupt = (): void => this.#abort("the boot was interrupted");

  #abort(reason: string): void {
    this.#reason ??= reason;
    this.#controller.abort();
  }
}
