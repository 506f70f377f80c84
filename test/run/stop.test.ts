import { getEventListeners } from "node:events";

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { DiscoverError } from "../../src/model/errors.ts";
import { allow, sizeOf } from "../../src/run/size.ts";
import { Stop } from "../../src/run/stop.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const HUGE = sizeOf(70_000, 140_000, { concurrency: 1_000, timeoutMs: 2_000 });

describe("the end of a run", () => {
  test("comes with its deadline, and not before", () => {
    const stop = new Stop(undefined, 1_000);
    vi.advanceTimersByTime(999);
    expect(stop.signal.aborted).toBe(false);
    vi.advanceTimersByTime(1);
    expect(stop.signal.aborted).toBe(true);
  });

  test("comes with the caller's signal, on which nothing stays behind", () => {
    const caller = new AbortController();
    const stop = new Stop(caller.signal, 1_000);
    caller.abort();
    expect(stop.signal.aborted).toBe(true);
    expect(getEventListeners(caller.signal, "abort")).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("has come already where the caller's signal has fired before", () => {
    expect(new Stop(AbortSignal.abort(), undefined).signal.aborted).toBe(true);
  });

  test("waits while a person is asked, and then has its whole time", async () => {
    const stop = new Stop(undefined, 1_000);
    await allow(
      HUGE,
      async () => {
        await vi.advanceTimersByTimeAsync(60_000);
        return true;
      },
      stop,
    );
    await vi.advanceTimersByTimeAsync(999);
    expect(stop.signal.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(stop.signal.aborted).toBe(true);
  });
});

describe("a large range", () => {
  const stop = new Stop(undefined, undefined);

  test.each([undefined, false, () => false])("is refused without a yes (%s)", async (allowLarge) => {
    await expect(allow(HUGE, allowLarge, stop)).rejects.toThrow(DiscoverError);
    await expect(allow(HUGE, allowLarge, stop)).rejects.toMatchObject({ code: "large-range" });
  });

  test("is let through with one, and a small one without", async () => {
    await allow(HUGE, true, stop);
    await allow(HUGE, () => Promise.resolve(true), stop);
    await allow(sizeOf(65_536, 1, { concurrency: 1, timeoutMs: 1 }), undefined, stop);
  });

  test("is told how long it takes, at best and at worst", () => {
    expect(HUGE).toEqual({
      addresses: 70_000,
      probes: 140_000,
      fastestMs: expect.closeTo(2_333, 0),
      slowestMs: 196_000,
    });
    const rated = sizeOf(1, 100, { concurrency: 1_000, timeoutMs: 10, rate: 10 });
    expect(rated).toMatchObject({ fastestMs: 10_000, slowestMs: 10_000 });
  });
});
