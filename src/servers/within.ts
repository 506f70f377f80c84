import { setMaxListeners } from "node:events";

/**
 * Runs something that has only so long, with a signal that fires when that is over, when `signal` does, or when `stop` is
 * called, which whoever knows enough may do.
 */
export async function within<T>(
  ms: number,
  signal: AbortSignal,
  run: (signal: AbortSignal, stop: () => void) => Promise<T>,
): Promise<T> {
  const over = new AbortController();
  // Many may wait for it at once; Node takes eleven for a leak.
  setMaxListeners(0, over.signal);
  const stop = (): void => over.abort(signal.reason);
  const timer = ms === Number.POSITIVE_INFINITY ? undefined : setTimeout(() => over.abort(), ms);
  signal.addEventListener("abort", stop);
  if (signal.aborted) stop();
  try {
    return await run(over.signal, () => over.abort());
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
  }
}
