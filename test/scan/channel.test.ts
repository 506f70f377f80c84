import { describe, expect, test } from "vitest";

import { Channel } from "../../src/scan/channel.ts";
import { Replay } from "../../src/scan/replay.ts";

async function drain<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

describe("a channel", () => {
  test("gives everything in order, what was pushed before and what comes while it is read", async () => {
    const channel = new Channel<number>();
    channel.push(1);
    channel.push(2);
    const reading = drain(channel);
    await turn();
    channel.push(3);
    await turn();
    channel.push(4);
    channel.end();
    expect(await reading).toEqual([1, 2, 3, 4]);
  });

  test("takes nothing more once it has ended", async () => {
    const channel = new Channel<number>();
    channel.push(1);
    channel.end();
    channel.push(2);
    expect(await drain(channel)).toEqual([1]);
  });

  test("takes what is pushed by the one who reads", async () => {
    const channel = new Channel<number>();
    channel.push(1);
    const found: number[] = [];
    for await (const item of channel) {
      found.push(item);
      if (item < 3) channel.push(item + 1);
      else channel.end();
    }
    expect(found).toEqual([1, 2, 3]);
  });

  test("throws its failure after the last item, the first failure if there are two", async () => {
    const channel = new Channel<number>();
    channel.push(1);
    channel.fail(new Error("first"));
    channel.fail(new Error("second"));
    const found: number[] = [];
    const reading = (async () => {
      for await (const item of channel) found.push(item);
    })();
    await expect(reading).rejects.toThrow("first");
    expect(found).toEqual([1]);
  });

  test("wakes a reader who waits when it ends, and when it fails", async () => {
    const [ended, failed] = [new Channel<number>(), new Channel<number>()];
    const reading = [drain(ended), drain(failed)] as const;
    await turn();
    ended.end();
    failed.fail(new Error("gone"));
    expect(await reading[0]).toEqual([]);
    await expect(reading[1]).rejects.toThrow("gone");
  });
});

describe("a replay", () => {
  test("gives every reader everything from the start, whenever it comes", async () => {
    const replay = new Replay<number>();
    replay.push(1);
    const early = drain(replay);
    await turn();
    replay.push(2);
    const middle = drain(replay);
    await turn();
    replay.push(3);
    replay.end();
    expect(await Promise.all([early, middle, drain(replay)])).toEqual([
      [1, 2, 3],
      [1, 2, 3],
      [1, 2, 3],
    ]);
  });

  test("goes on for the others when one reader leaves", async () => {
    const replay = new Replay<number>();
    replay.push(1);
    const staying = drain(replay);
    for await (const item of replay) {
      expect(item).toBe(1);
      break;
    }
    replay.push(2);
    replay.end();
    expect(await staying).toEqual([1, 2]);
  });
});
