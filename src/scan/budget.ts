import type { Clock } from "../model/clock.ts";

/** What one of several may have: see `BudgetLimits`. */
export type BudgetShare = Required<Pick<BudgetLimits, "sockets" | "start" | "perHost">>;

export interface BudgetLimits {
  /** Sockets at once. */
  readonly sockets: number;
  /** So many at first, until answers show that more do no harm; all where absent. */
  readonly start?: number;
  /** Sockets at once to one host. */
  readonly perHost: number;
  /** Connects begun in a second; no limit where absent. */
  readonly rate?: number;
  /** Hosts to which `perHost` does not apply: this machine. */
  readonly isOwn: (address: string) => boolean;
}

/** The window never shrinks below this: a machine that cannot hold so many sockets cannot scan. */
const SMALLEST_WINDOW = 8;
/** After so long without another complaint, in milliseconds, the window grows by this factor, answers or not. */
const RECOVERY_MS = 5_000;
const RECOVERY = 1.25;
/** A window as wide is not worth spreading. */
const SPREAD_BELOW = 1_024;
/** How long nothing is begun after this machine ran out of something, in milliseconds. */
const PAUSE_MS = 20;
/** A late turn of the event loop may catch up on at most this much of the rate, in milliseconds. */
const CATCH_UP_MS = 20;

interface Waiter {
  readonly address: string;
  readonly admit: (admitted: boolean) => void;
}

/**
 * How many sockets may be open, to whom, and how fast they may be begun: one for a whole run. The window halves when
 * the machine runs out of descriptors, ports or memory or too much gets lost on the way, and grows by one for every window's
 * worth of answers after that (AIMD).
 * Those who wait in `take` (conversations) go before those who ask with `tryTake` (the sweep).
 */
export class Budget {
  readonly #isOwn: BudgetLimits["isOwn"];
  readonly #rate: number;
  readonly #start: number;
  #sockets: number;
  #perHost: number;
  readonly #clock: Clock;
  readonly #hosts = new Map<string, number>();
  readonly #listeners = new Set<() => void>();
  #waiters: Waiter[] = [];
  #timer: NodeJS.Timeout | undefined;
  #window: number;
  #hasShrunk = false;
  #spreadMs = 0;
  #calmMs = 0;
  #slowedAt = 0;
  #open = 0;
  #notBefore = 0;
  #pausedUntil = 0;

  constructor(limits: BudgetLimits, clock: Clock) {
    const { sockets, start = sockets, perHost, rate = Infinity, isOwn } = limits;
    this.#sockets = sockets;
    this.#start = start;
    this.#perHost = perHost;
    this.#rate = rate;
    this.#isOwn = isOwn;
    this.#clock = clock;
    this.#window = Math.min(sockets, start);
  }

  /** Others have their part from now on, or no longer. */
  share({ sockets, start, perHost }: BudgetShare): void {
    this.#sockets = sockets;
    this.#perHost = perHost;
    this.#window = this.#hasShrunk ? Math.min(this.#window, sockets) : Math.min(sockets, start);
    this.#wake();
  }

  /** Takes a place if there is one now. */
  tryTake(address: string): boolean {
    // Those who wait for their own host alone need not hold up the others.
    const first = this.#waiters.some((waiter) => !this.isFull(waiter.address));
    return !first && this.#take(address);
  }

  /** Waits for a place. False where `signal` fired first. */
  take(address: string, signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return Promise.resolve(false);
    if (this.tryTake(address)) return Promise.resolve(true);
    return new Promise((resolve) => {
      const leave = (): void => {
        this.#waiters = this.#waiters.filter((one) => one !== waiter);
        waiter.admit(false);
        this.#wake(); // others may have stood behind it
      };
      const waiter: Waiter = {
        address,
        admit(admitted) {
          signal.removeEventListener("abort", leave);
          resolve(admitted);
        },
      };
      signal.addEventListener("abort", leave);
      this.#waiters.push(waiter);
      this.#wakeLater();
    });
  }

  /** Gives a place back. */
  give(address: string): void {
    this.#open--;
    const left = (this.#hosts.get(address) ?? 0) - 1;
    if (left > 0) this.#hosts.set(address, left);
    else this.#hosts.delete(address);
    this.#wake();
  }

  /** A connect was answered: the window may grow, by one for each until it was ever too wide (RFC 5681, slow start). */
  succeeded(): void {
    if (this.#window >= this.#sockets) return;
    this.#window += this.#hasShrunk ? 1 / this.#window : 1;
  }

  /**
   * Too many packets get lost: half as many at once from now on, and evenly spread over the time that one is waited for,
   * since who counts packets counts them over much less than that. False where it cannot go slower.
   *
   * @param spreadMs Over so many milliseconds.
   */
  slowDown(spreadMs: number): boolean {
    const before = this.#window;
    this.#halve(1);
    this.#spreadMs = spreadMs;
    this.#slowedAt = this.#clock.monotonic();
    return this.#window < before;
  }

  /** As many at once as bring so many a second, spread evenly over the time that one is waited for. */
  slowTo(perSecond: number, spreadMs: number): void {
    this.#window = Math.max(1, Math.min(this.#window, (perSecond * spreadMs) / 1_000));
    this.#spreadMs = spreadMs;
    this.#slowedAt = this.#clock.monotonic();
    this.#hasShrunk = true;
  }

  /** Nobody has complained for a while: it may have been a passing thing. */
  #recover(now: number): void {
    if (this.#spreadMs === 0 || now < this.#slowedAt + RECOVERY_MS) return;
    this.#slowedAt = now;
    this.#window = Math.min(this.#start, this.#sockets, this.#window * RECOVERY);
    if (this.#window >= SPREAD_BELOW) this.#spreadMs = 0;
  }

  /** At least so long between two that are begun, in milliseconds; until 0 is said. */
  calm(intervalMs: number): void {
    this.#calmMs = intervalMs;
  }

  #halve(least: number): void {
    const half = Math.floor(Math.min(this.#window, this.#open) / 2);
    this.#window = Math.min(this.#window, Math.max(least, half));
    this.#hasShrunk = true;
  }

  /** The machine ran out of something: fewer at once from now on, and none for a moment. */
  exhausted(): void {
    const now = this.#clock.monotonic();
    // One shortage fails all that are under way: it counts once.
    if (now < this.#pausedUntil) return;
    this.#halve(SMALLEST_WINDOW);
    this.#pausedUntil = now + PAUSE_MS;
  }

  /** Milliseconds until the rate, or the pause, lets the next one begin; 0 where it does now. */
  get delayMs(): number {
    return Math.max(0, Math.max(this.#notBefore, this.#pausedUntil) - this.#clock.monotonic());
  }

  /** Calls `listener` whenever there may be room again. Returns how to stop that. */
  onRoom(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #take(address: string): boolean {
    const now = this.#clock.monotonic();
    this.#recover(now);
    if (this.#open >= Math.floor(this.#window) || this.delayMs > 0 || this.isFull(address)) return false;
    const intervalMs = Math.max(1_000 / this.#rate, this.#spreadMs / this.#window, this.#calmMs);
    if (intervalMs > 0) this.#notBefore = Math.max(this.#notBefore, now - CATCH_UP_MS) + intervalMs;
    this.#hosts.set(address, (this.#hosts.get(address) ?? 0) + 1);
    this.#open++;
    return true;
  }

  /** Whether a host has its part, so that nothing more may go there for now. */
  isFull(address: string): boolean {
    return (this.#hosts.get(address) ?? 0) >= this.#perHost && !this.#isOwn(address);
  }

  #wake(): void {
    const waiting = this.#waiters;
    this.#waiters = [];
    const left = waiting.filter((waiter) => {
      if (!this.#take(waiter.address)) return true;
      waiter.admit(true);
      return false;
    });
    this.#waiters = left;
    if (left.length === 0) this.#stopTimer();
    else this.#wakeLater();
    for (const listener of this.#listeners) listener();
  }

  #stopTimer(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Nobody gives a place back when only the rate stands in the way. */
  #wakeLater(): void {
    if (this.#waiters.length === 0 || this.#timer !== undefined) return;
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        this.#wake();
      },
      Math.ceil(this.delayMs) || PAUSE_MS,
    );
  }
}
