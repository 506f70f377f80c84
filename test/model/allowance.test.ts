import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { Allowance, together } from "../../src/model/allowance.ts";

describe("an allowance", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test("is over when its time is", () => {
    const over = vi.fn<() => void>();
    const allowance = new Allowance(100, over);
    vi.advanceTimersByTime(99);
    expect(over).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(over).toHaveBeenCalledOnce();
    allowance.end();
  });

  test("stands still while anybody holds it", () => {
    const over = vi.fn<() => void>();
    const allowance = new Allowance(100, over);
    vi.advanceTimersByTime(60);
    allowance.hold();
    allowance.hold();
    vi.advanceTimersByTime(1_000);
    allowance.release();
    vi.advanceTimersByTime(1_000);
    allowance.release();
    vi.advanceTimersByTime(39);
    expect(over).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(over).toHaveBeenCalledOnce();
  });

  test("that has ended stays so, held and released or not", () => {
    const over = vi.fn<() => void>();
    const allowance = new Allowance(100, over);
    allowance.hold();
    allowance.end();
    allowance.release();
    vi.advanceTimersByTime(1_000);
    expect(over).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });

  test("is held together with others, and with nobody", () => {
    const [a, b] = [
      { hold: vi.fn<() => void>(), release: vi.fn<() => void>() },
      { hold: vi.fn<() => void>(), release: vi.fn<() => void>() },
    ];
    const both = together(a, undefined, b);
    both.hold();
    both.release();
    for (const { hold, release } of [a, b]) {
      expect(hold).toHaveBeenCalledOnce();
      expect(release).toHaveBeenCalledOnce();
    }
  });
});
