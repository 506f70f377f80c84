import { linkedAbort } from "./linked-abort.ts";

export interface StaggerOptions<T> {
  /** How long one may go unanswered before the next begins beside it: the same for all, or by their place in the row. */
  readonly staggerMs: number | ((at: number) => number);
  /** How many may be under way. */
  readonly atOnce: number;
  readonly signal: AbortSignal;
  /** Given the results that came too late. */
  readonly discard: (result: T) => void;
}

/**
 * The first result of attempts that begin one after the other: the next when all before it have come to nothing, or
 * have been quiet for `staggerMs`. Whoever is still at it when a result is there is stopped, and waited for.
 */
export async function firstResult<T>(
  attempts: readonly ((signal: AbortSignal) => Promise<T | undefined>)[],
  { staggerMs, atOnce, signal, discard }: StaggerOptions<T>,
): Promise<T | undefined> {
  const stop = linkedAbort(signal);
  let result: T | undefined;
  const running = new Set<Promise<void>>();
  const settle = async (attempted: Promise<T | undefined>): Promise<void> => {
    const value = await attempted;
    if (value === undefined) return;
    if (result !== undefined) return discard(value);
    result = value;
    stop.abort();
  };
  const begin = (attempt: (signal: AbortSignal) => Promise<T | undefined>): void => {
    const run = settle(attempt(stop.signal)).finally(() => running.delete(run));
    running.add(run);
  };
  try {
    for (const [at, attempt] of attempts.entries()) {
      if (stop.signal.aborted) break;
      begin(attempt);
      await pause(typeof staggerMs === "number" ? staggerMs : staggerMs(at), running, stop.signal);
      while (running.size >= atOnce && !stop.signal.aborted) await Promise.race(running);
    }
    while (running.size > 0) await Promise.race(running);
    return result;
  } finally {
    stop.dispose();
    await Promise.allSettled(running);
  }
}

/** Until `ms` have passed, or all that run have ended, or it is over. Rejects where one of them does. */
function pause(ms: number, running: ReadonlySet<Promise<void>>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    let late: NodeJS.Immediate | undefined;
    const leave = (): void => {
      clearTimeout(timer);
      clearImmediate(late);
      signal.removeEventListener("abort", go);
    };
    const go = (): void => {
      leave();
      resolve();
    };
    // After poll: where the event loop is late, an answer that has come by then counts.
    const timer = setTimeout(() => (late = setImmediate(go)), ms);
    signal.addEventListener("abort", go);
    if (signal.aborted) go();
    Promise.all(running).then(go, (error: unknown) => {
      leave();
      reject(error instanceof Error ? error : new Error("an attempt failed", { cause: error }));
    });
  });
}
