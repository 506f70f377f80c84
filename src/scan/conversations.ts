import { Channel } from "./channel.ts";

export interface ConversationLimits {
  /** At once, with everybody together. */
  readonly atOnce: number;
  /** At once, with one host. */
  readonly atOnceWith: (host: string) => number;
}

/** Items by host: those that may be begun, and those whose host has its part. */
class Turns<T> {
  readonly #atOnceWith: (host: string) => number;
  readonly #running = new Map<string, number>();
  readonly #aside = new Map<string, T[]>();

  constructor(atOnceWith: (host: string) => number) {
    this.#atOnceWith = atOnceWith;
  }

  /** Whether it may begin now; otherwise it is kept until `end` gives it out. */
  begin(host: string, item: T): boolean {
    const running = this.#running.get(host) ?? 0;
    if (running < this.#atOnceWith(host)) {
      this.#running.set(host, running + 1);
      return true;
    }
    const aside = this.#aside.get(host);
    if (aside === undefined) this.#aside.set(host, [item]);
    else aside.push(item);
    return false;
  }

  /** One with this host has ended. Returns who comes next there. */
  end(host: string): T | undefined {
    const aside = this.#aside.get(host);
    const next = aside?.shift();
    if (aside?.length === 0) this.#aside.delete(host);
    if (next !== undefined) return next;
    const running = (this.#running.get(host) ?? 1) - 1;
    if (running > 0) this.#running.set(host, running);
    else this.#running.delete(host);
    return undefined;
  }
}

/**
 * Runs `task` for every item, some at once, and yields the results as they come. p-queue holds the tasks; it is fed one
 * item for each that ends, so that neither queue nor memory grows. Items whose host has its part are put aside, so that
 * one host does not hold up the others.
 */
export async function* converse<T, R>(
  items: AsyncIterable<T>,
  task: (item: T) => Promise<R>,
  hostOf: (item: T) => string,
  { atOnce, atOnceWith }: ConversationLimits,
): AsyncGenerator<R, void, undefined> {
  const { default: PQueue } = await import("p-queue");
  const queue = new PQueue({ concurrency: atOnce });
  const results = new Channel<R>();
  const turns = new Turns<T>(atOnceWith);
  let wanted = true;
  const add = (item: T): void => {
    queue.add(() => perform(item)).catch((error: unknown) => results.fail(error));
  };
  const perform = async (item: T): Promise<void> => {
    try {
      results.push(await task(item));
    } finally {
      const next = turns.end(hostOf(item));
      if (next !== undefined && wanted) add(next);
    }
  };
  const feed = async (): Promise<void> => {
    for await (const item of items) {
      await queue.onSizeLessThan(atOnce);
      if (!wanted) return;
      if (turns.begin(hostOf(item), item)) add(item);
    }
    await queue.onIdle();
    results.end();
  };
  feed().catch((error: unknown) => results.fail(error));
  try {
    yield* results;
  } finally {
    wanted = false;
    queue.clear();
  }
}
