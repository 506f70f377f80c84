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
 * document that a reader of the pipe waits for. A second one, while nobody listens, calls `leave`: also where the
 * first was passed on, and all that is left is a slow reader.
 */
export function holdSignals(
  leave: (signal: InterruptSignal) => void,
  source: Pick<NodeJS.EventEmitter, "on"> = process,
): HeldSignals {
  let held: InterruptSignal | undefined;
  let heard = false;
  let handler: ((signal: InterruptSignal) => void) | undefined;
  const receive = (signal: InterruptSignal): void => {
    if (handler !== undefined) {
      heard = true;
      handler(signal);
    } else if (heard || held !== undefined) leave(signal);
    else held = signal;
  };
  source.on("SIGINT", receive).on("SIGTERM", receive);
  return {
    listen(next) {
      handler = next;
      const early = held;
      held = undefined;
      if (early !== undefined) {
        heard = true;
        queueMicrotask(() => next(early));
      }
      return () => {
        handler = undefined;
      };
    },
    held: () => held,
  };
}
