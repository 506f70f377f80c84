import type { Clock } from "../model/clock.ts";

/** Time that passes, handed in so that tests can hold it. */
export interface Timers {
  /** Milliseconds since some fixed moment, never going back. */
  now(): number;
  /** Calls `act` once after so many milliseconds, unless what it returns is called before. */
  after(ms: number, act: () => void): () => void;
}

/** Timers that go by a clock's `monotonic`. */
export function timersOf(clock: Clock): Timers {
  return {
    now: () => clock.monotonic(),
    after(ms, act) {
      const timer = setTimeout(act, ms);
      return () => clearTimeout(timer);
    },
  };
}
