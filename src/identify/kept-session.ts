import type { Dial, HttpSession } from "../model/net.ts";
import type { Identification } from "../model/strategy.ts";

/** As long as an idle connection stands. */
const KEPT_MS = 1_000;

interface Kept {
  readonly session: HttpSession;
  /** Resolves when it was taken, or is closed. */
  readonly gone: Promise<void>;
  readonly leave: () => void;
}

const kept = new WeakMap<Identification, Kept>();

/**
 * Keeps the connections on which something was named over HTTP for whoever asks it for more. They are closed when nobody
 * has taken them in a second, or the run ends.
 */
export function keepSession(found: Identification, session: HttpSession, signal: AbortSignal): void {
  let leave = (): void => {};
  const gone = new Promise<void>((resolve) => {
    leave = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", close);
      kept.delete(found);
      resolve();
    };
  });
  const close = (): void => {
    leave();
    void session.close();
  };
  const timer = setTimeout(close, KEPT_MS);
  signal.addEventListener("abort", close);
  kept.set(found, { session, gone, leave });
  if (signal.aborted) close();
}

/** The session that was kept, in the time of who takes it, and his to close; undefined where there is none (any more). */
export function takeSession(found: Identification, signal: AbortSignal, dial: Dial): HttpSession | undefined {
  const one = kept.get(found);
  if (one === undefined) return undefined;
  one.leave();
  one.session.handOver(signal, dial);
  return one.session;
}

/**
 * Resolves as soon as nothing is kept: a conversation lasts for as long as it holds a connection that nobody else answers
 * for.
 */
export async function untilTaken(found: Identification): Promise<void> {
  await kept.get(found)?.gone;
}
