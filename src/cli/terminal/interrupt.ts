import { interruptCode } from "../exit-code.ts";
import type { InterruptSignal, Io } from "./io.ts";

/** Somebody's wish that the run end. */
export interface Interrupt {
  readonly signal: AbortSignal;
  /** What came, once it has. */
  received(): InterruptSignal | undefined;
  dispose(): void;
}

/** Listens for Ctrl-C and SIGTERM: the first ends the run in good order, a second one leaves at once. */
export function listenForInterrupt(io: Io, onFirst: () => void): Interrupt {
  const controller = new AbortController();
  let first: InterruptSignal | undefined;
  const dispose = io.onInterrupt((signal) => {
    if (first !== undefined) return io.leave(interruptCode(signal));
    first = signal;
    onFirst();
    controller.abort();
  });
  return { signal: controller.signal, received: () => first, dispose };
}
