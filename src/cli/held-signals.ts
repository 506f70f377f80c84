import type { InterruptSignal } from "./io.ts";

/** Those who want the process to end, heard from the first line of the program on. */
export interface HeldSignals {
  /** Calls `handler` with what comes, and with what came before it was there. The function it returns takes that back. */
  listen(handler: (signal: InterruptSignal) => void): () => void;
  /** What came while nobody listened and was never passed on. */
  held(): InterruptSignal | undefined;
}

/**
 * Takes SIGINT and SIGTERM over. Left to Node they would end the process in the middle of loading it, without the
 * document that a reader of the pipe waits for. A second one, while nobody listens, calls `leave`.
 */
export function holdSignals(leave: (signal: InterruptSignal) => void): HeldSignals {
  let held: InterruptSignal | undefined;
  let handler: ((signal: InterruptSignal) => void) | undefined;
  const receive = (signal: InterruptSignal): void => {
    if (handler !== undefined) handler(signal);
    else if (held === undefined) held = signal;
    else leave(signal);
  };
  process.on("SIGINT", receive).on("SIGTERM", receive);
  return {
    listen(next) {
      handler = next;
      const early = held;
      held = undefined;
      if (early !== undefined) queueMicrotask(() => next(early));
      return () => {
        handler = undefined;
      };
    },
    held: () => held,
  };
}
