/** Numbers in the order in which they came. Grows as it must. */
export class Ring {
  #items: Float64Array;
  #head = 0;
  #length = 0;

  constructor(capacity = 16) {
    this.#items = new Float64Array(capacity);
  }

  get length(): number {
    return this.#length;
  }

  push(item: number): void {
    if (this.#length === this.#items.length) this.#grow();
    this.#items[(this.#head + this.#length) % this.#items.length] = item;
    this.#length++;
  }

  /** The oldest; undefined where there is none. */
  peek(): number | undefined {
    return this.#length === 0 ? undefined : this.#items[this.#head];
  }

  shift(): number | undefined {
    const item = this.peek();
    if (item === undefined) return undefined;
    this.#head = (this.#head + 1) % this.#items.length;
    this.#length--;
    return item;
  }

  #grow(): void {
    const grown = new Float64Array(2 * this.#items.length);
    for (let at = 0; at < this.#length; at++)
      grown[at] = this.#items[(this.#head + at) % this.#items.length] ?? 0;
    this.#items = grown;
    this.#head = 0;
  }
}
