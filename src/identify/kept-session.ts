import type { Dial, HttpSession } from "../model/net.ts";
import type { Identification } from "../model/strategy.ts";

/** As long as an idle connection stands. */
const KEPT_MS = 1_000;

/** Nobody is left to be told. */
const DONE = (): void => {};

class Kept {
  readonly session: HttpSession;
  /** Resolves when it was taken, or is closed. */
  readonly gone: Promise<void>;
  readonly #signal: AbortSignal;
  readonly #timer: NodeJS.Timeout;
  #tell: () => void = () => {};

  constructor(session: HttpSession, signal: AbortSignal) {
    this.session = session;
    this.gone = new Promise((resolve) => (this.#tell = resolve));
    this.#signal = signal;
    this.#timer = setTimeout(this.#close, KEPT_MS);
    signal.addEventListener("abort", this.#close);
    if (signal.aborted) this.#close();
  }

  /** Whoever calls this answers for the session. False where it is closed already. */
  take(): boolean {
    if (this.#tell === DONE) return false;
    clearTimeout(this.#timer);
    this.#signal.removeEventListener("abort", this.#close);
    this.#tell();
    this.#tell = DONE;
    return true;
  }

  readonly #close = (): void => {
    if (this.take()) void this.session.close();
  };
}

const kept = new WeakMap<Identification, Kept>();

/**
 * Keeps the connections on which something was named over HTTP for whoever asks it for more. They are closed when nobody
 * has taken them in a second, or the run ends.
 */
export function keepSession(found: Identification, session: HttpSession, signal: AbortSignal): void {
  kept.set(found, new Kept(session, signal));
}

/** The session that was kept, in the time of who takes it, and his to close; undefined where there is none (any more). */
export function takeSession(found: Identification, signal: AbortSignal, dial: Dial): HttpSession | undefined {
  const one = kept.get(found);
  if (one?.take() !== true) return undefined;
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
