import { describe, expect, test } from "vitest";

import { Loss } from "../../src/scan/loss.ts";

/** What `loss` is told at a moment, of probes that were begun then. */
function tell(loss: Loss, { answered = 0, lost = 0 }, begunAt = 0, now = begunAt): void {
  for (let told = 0; told < answered; told++) loss.answered(begunAt, now);
  for (let told = 0; told < lost; told++) loss.lost(begunAt, now);
}

function lossOf(): { loss: Loss; shrinks: () => number } {
  let shrinks = 0;
  return { loss: new Loss(() => void shrinks++), shrinks: () => shrinks };
}

describe("what is known of lost packets", () => {
  test("is nothing at first: silent ports of living hosts are asked twice, of others once", () => {
    const { loss, shrinks } = lossOf();
    tell(loss, { answered: 10_000, lost: 2 });
    expect(loss.tries).toEqual({ living: 2, silent: 1 });
    expect(shrinks()).toBe(0);
  });

  test("makes everybody worth another ask once three got lost", () => {
    const { loss, shrinks } = lossOf();
    tell(loss, { answered: 10_000, lost: 3 });
    expect(loss.tries).toEqual({ living: 4, silent: 4 });
    expect(shrinks()).toBe(0);
  });

  test("is chance up to a fifth of many", () => {
    const { loss, shrinks } = lossOf();
    for (let round = 0; round < 20; round++) tell(loss, { answered: 205, lost: 51 });
    expect(shrinks()).toBe(0);
    expect(loss.tries).toEqual({ living: 4, silent: 4 });
  });

  test("is too much where it is more than a fifth of many", () => {
    const { loss, shrinks } = lossOf();
    tell(loss, { answered: 203, lost: 52 });
    expect(shrinks()).toBe(0);
    tell(loss, { lost: 1 });
    expect(shrinks()).toBe(1);
    expect(loss.tries).toEqual({ living: 12, silent: 12 });
  });

  test("is too much at once where it is more than half of a few, and not of fewer", () => {
    const few = lossOf();
    tell(few.loss, { lost: 31 });
    expect(few.shrinks()).toBe(0);
    tell(few.loss, { lost: 1 });
    expect(few.shrinks()).toBe(1);
    const half = lossOf();
    tell(half.loss, { answered: 16, lost: 16 });
    expect(half.shrinks()).toBe(0);
  });

  test("begins anew after a change of pace: what was sent before says nothing of it", () => {
    const { loss, shrinks } = lossOf();
    tell(loss, { answered: 15, lost: 17 }, 50, 100);
    expect(shrinks()).toBe(1);
    tell(loss, { lost: 300 }, 99, 200);
    expect(shrinks()).toBe(1);
    // Nor do answers from then hide what is lost now.
    tell(loss, { answered: 300 }, 99, 200);
    tell(loss, { answered: 15, lost: 16 }, 100, 200);
    expect(shrinks()).toBe(1);
    tell(loss, { lost: 1 }, 100, 200);
    expect(shrinks()).toBe(2);
  });

  test("is judged 256 at a time: what went well before does not hide it", () => {
    const { loss, shrinks } = lossOf();
    tell(loss, { answered: 256 });
    tell(loss, { answered: 203, lost: 53 });
    expect(shrinks()).toBe(1);
  });
});
