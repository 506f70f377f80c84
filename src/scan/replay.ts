import { Channel } from "./channel.ts";

/** A stream that is written once and may be read from its start by any number of readers, each at its own pace. */
export class Replay<T> implements AsyncIterable<T> {
  readonly #items: T[] = [];
  readonly #readers = new Set<Channel<T>>();
  #ended = false;

  push(item: T): void {
    this.#items.push(item);
    for (const reader of this.#readers) reader.push(item);
  }

  end(): void {
    this.#ended = true;
    for (const reader of this.#readers) reader.end();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    const channel = new Channel<T>();
    for (const item of this.#items) channel.push(item);
    if (this.#ended) channel.end();
    this.#readers.add(channel);
    try {
      yield* channel;
    } finally {
      this.#readers.delete(channel);
    }
  }
}
