/** Room for so many things in one run, whoever brings them. */
export class Room {
  readonly #onFull: () => void;
  #left: number;

  /** Calls `onFull` whenever there is no room for something. */
  constructor(most: number, onFull: () => void) {
    this.#left = most;
    this.#onFull = onFull;
  }

  /** Takes room for the first of them, for as many as there is, and returns these. */
  firstOf<T>(things: readonly T[]): readonly T[] {
    const taken = things.slice(0, this.#left);
    this.#left -= taken.length;
    if (taken.length < things.length) this.#onFull();
    return taken;
  }
}
