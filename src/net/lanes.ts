/** Makes a lane: what one request at a time may use. */
type Maker<T> = () => T;

/**
 * Lanes for requests: one, as long as answers come, so that they need one connection; one more each time none has come for
 * `growMs` while others wait, up to `most`.
 */
export class Lanes<T> {
  readonly all: T[] = [];
  readonly #make: Maker<T>;
  readonly #most: number;
  readonly #growMs: number;
  readonly #free: T[] = [];
  #waiting: ((lane: T) => void)[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(make: Maker<T>, most: number, growMs: number) {
    this.#make = make;
    this.#most = most;
    this.#growMs = growMs;
  }

  /** Resolves when it is one's turn; to undefined where `signal` fired first. Who got a lane gives it to `leave`. */
  enter(signal: AbortSignal): Promise<T | undefined> {
    if (signal.aborted) return Promise.resolve(undefined);
    const lane = this.#free.pop() ?? (this.all.length === 0 ? this.#add() : undefined);
    if (lane !== undefined) return Promise.resolve(lane);
    return new Promise((resolve) => {
      const go = (free: T): void => {
        signal.removeEventListener("abort", giveUp);
        resolve(free);
      };
      const giveUp = (): void => {
        this.#waiting = this.#waiting.filter((one) => one !== go);
        resolve(undefined);
      };
      signal.addEventListener("abort", giveUp);
      this.#waiting.push(go);
      this.#timer ??= this.#growLater();
    });
  }

  leave(lane: T): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const next = this.#waiting.shift();
    if (next === undefined) this.#free.push(lane);
    else next(lane);
    if (this.#waiting.length > 0) this.#timer = this.#growLater();
  }

  #add(): T {
    const lane = this.#make();
    this.all.push(lane);
    return lane;
  }

  #growLater(): NodeJS.Timeout | undefined {
    if (this.all.length >= this.#most) return undefined;
    const timer = setTimeout(() => {
      // A late turn of the event loop is not the peer's doing: what came meanwhile is read first.
      setImmediate(() => {
        if (this.#timer !== timer) return;
        this.#timer = undefined;
        this.#waiting.shift()?.(this.#add());
        if (this.#waiting.length > 0) this.#timer = this.#growLater();
      });
    }, this.#growMs);
    return timer;
  }
}
