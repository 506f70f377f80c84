import { setMaxListeners } from "node:events";

/** A signal that fires with any of several, or when its time is over. */
export interface LinkedEnd {
  readonly signal: AbortSignal;
  /** Leaves nothing on the others or the event loop. */
  dispose(): void;
}

/** AbortSignal.any without its memory: Node 20 keeps what was linked to a long-lived signal (nodejs/node issue 54614). */
export function linkedEnd(outer: readonly AbortSignal[], timeoutMs?: number): LinkedEnd {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  const abort = (): void => controller.abort();
  for (const signal of outer) signal.addEventListener("abort", abort);
  if (outer.some(({ aborted }) => aborted)) abort();
  const timer = timeoutMs === undefined ? undefined : setTimeout(abort, timeoutMs);
  return {
    signal: controller.signal,
    dispose() {
      clearTimeout(timer);
      for (const signal of outer) signal.removeEventListener("abort", abort);
    },
  };
}
