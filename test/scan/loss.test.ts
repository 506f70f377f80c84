import { describe, expect, test } from "vitest";

import { Loss } from "../../src/scan/loss.ts";

/** What `loss` is told at a moment, of probes that were begun then. */
function tell(loss: Loss, { answered = 0, lost = 0 }, begunAt = 0, now = begunAt): void {
  for (let told = 0; told < answered; told++) loss.answered(begunAt, now);
  for (let told = 0; told < lost; told++) loss.lost(begunAt, now);
}

function lossOf(): { loss: Loss; shrinks: () => number } {
  let shrinks = 0;
  return { loss: new Loss(() => ++shrinks > 0), shrinks: () => shrinks };
}

describe("what is known of lost packets", () => {
  test("is nothing at first: silent ports of living hosts are asked twice, of others once", () => {
    const { loss, shrinks } = lossOf();
    tell(loss, { answered: 10_000, lost: 2 });
    expect(loss.tries).toEqual({ living: 2, silent: 1 });
    expect(shrinks()).toBe(0);
  });

  test.each([
    [0.001, 2],
    [0.01, 2],
    [0.03, 3],
    [0.1, 4],
    [0.19, 6],
  ])(
    "makes silent hosts worth so many asks that hardly any port is missed: of %d lost, %i",
    (share, silent) => {
      const { loss, shrinks } = lossOf();
      tell(loss, { answered: 10_000 * (1 - share), lost: 10_000 * share });
      expect(loss.tries).toEqual({ living: Math.max(4, silent), silent });
      expect(share ** silent).toBeLessThanOrEqual(1 / 5_000);
      expect(shrinks()).toBe(0);
    },
  );

  test("takes three lost packets for the first that are no accident", () => {
    const { loss } = lossOf();
    tell(loss, { answered: 10, lost: 2 });
    expect(loss.tries).toEqual({ living: 2, silent: 1 });
    tell(loss, { lost: 1 });
    expect(loss.tries.silent).toBe(6);
  });

  test("is chance up to a fifth of many that were begun together", () => {
    const { loss, shrinks } = lossOf();
    for (let round = 0; round < 20; round++) tell(loss, { answered: 205, lost: 51 }, round * 100);
    expect(shrinks()).toBe(0);
  });

  test("is chance though those that were lost answer in a crowd, after all others", () => {
    const { loss, shrinks } = lossOf();
    for (let ms = 0; ms < 1_000; ms += 100) tell(loss, { answered: 450 }, ms);
    // Each has answered its second ask, and lost its first.
    for (let ms = 0; ms < 1_000; ms += 100)
      for (let count = 0; count < 50; count++) {
        tell(loss, { lost: 1 }, ms, 1_200);
        tell(loss, { answered: 1 }, 1_100, 1_200);
      }
    expect(shrinks()).toBe(0);
    expect(loss.tries.silent).toBe(4);
  });

  test("is too much where it is more than a fifth of many", () => {
    const { loss, shrinks } = lossOf();
    tell(loss, { answered: 203, lost: 52 });
    expect(shrinks()).toBe(0);
    tell(loss, { lost: 1 });
    expect(shrinks()).toBe(1);
    expect(loss.tries).toEqual({ living: 6, silent: 6 });
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

  test("is judged by those that were begun together: what went well before does not hide it", () => {
    const { loss, shrinks } = lossOf();
    tell(loss, { answered: 10_000 }, 0);
    tell(loss, { answered: 203, lost: 53 }, 100);
    expect(shrinks()).toBe(1);
  });

  test("is judged by the nearest, where few are begun at a time", () => {
    const { loss, shrinks } = lossOf();
    for (let ms = 0; ms < 3_200; ms += 100) tell(loss, { answered: 1, lost: 3 }, ms);
    expect(shrinks()).toBeGreaterThan(0);
  });

  test("forgets what is long past", () => {
    const { loss, shrinks } = lossOf();
    for (let ms = 0; ms < 100_000; ms += 100) tell(loss, { answered: 100 }, ms);
    tell(loss, { lost: 20 }, 0, 100_000);
    expect(shrinks()).toBe(0);
  });
});
