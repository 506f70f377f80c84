import { setMaxListeners } from "node:events";

/** A signal of one's own that also fires with an outer one. */
export interface LinkedAbort {
  readonly signal: AbortSignal;
  readonly abort: () => void;
  /** Fires it, and leaves nothing on the outer one. */
  dispose(): void;
}

/** Made once: an abort without a reason makes an exception, and its stack, each time. */
const OVER = new Error("it is over");

/**
 * AbortSignal.any without its memory: Node 20 keeps what was linked to a long-lived signal for as long as that lives
 * (nodejs/node issue 54614). Any number may listen.
 */
export function linkedAbort(outer: AbortSignal): LinkedAbort {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  const abort = (): void => controller.abort(OVER);
  outer.addEventListener("abort", abort);
  if (outer.aborted) abort();
  return {
    signal: controller.signal,
    abort,
    dispose() {
      outer.removeEventListener("abort", abort);
      abort();
    },
  };
}
