import { describe, expect, test } from "vitest";

import { Gate } from "../../src/dns/gate.ts";

interface Tasks {
  readonly running: () => number;
  /** Ends so many of those that run, and lets the others come. */
  readonly end: (count: number) => Promise<void>;
}

/** Whoever is let in has begun. */
function settled(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

function tasksIn(gate: Gate, count: number): Tasks {
  const ends: (() => void)[] = [];
  let ended = 0;
  for (let at = 0; at < count; at++) {
    const task = (): Promise<void> => new Promise<void>((resolve) => ends.push(resolve));
    gate.run(task).catch(() => {});
  }
  return {
    running: () => ends.length - ended,
    async end(count) {
      for (let at = 0; at < count; at++) {
        ends[ended++]?.();
        await settled();
      }
    },
  };
}

describe("a gate", () => {
  test("lets so many in at once, and the next as one ends, well or not", async () => {
    const gate = new Gate(2);
    const { running, end } = tasksIn(gate, 5);
    expect(running()).toBe(2);
    await end(1);
    expect(running()).toBe(2);
    await end(4);
    expect(running()).toBe(0);
    await expect(gate.run(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(await gate.run(() => Promise.resolve("yes"))).toBe("yes");
  });

  test("narrowed lets half as many in, one at least; widened one more, and no more than at first", async () => {
    const gate = new Gate(4);
    const { running, end } = tasksIn(gate, 40);
    gate.narrow();
    await end(4);
    expect(running()).toBe(2);
    for (let times = 0; times < 9; times++) gate.narrow();
    await end(2);
    expect(running()).toBe(1);
    gate.widen();
    await settled();
    expect(running()).toBe(2);
    for (let times = 0; times < 9; times++) gate.widen();
    await settled();
    expect(running()).toBe(4);
    await end(4);
    expect(running()).toBe(4);
  });
});
