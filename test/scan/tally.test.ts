import { describe, expect, test } from "vitest";

import { Tally, addCounts, noCounts } from "../../src/scan/tally.ts";

const SOME = { open: 1, closed: 20, filtered: 300, unreachable: 4_000, failed: 50_000, skipped: 600_000 };

describe("a tally", () => {
  test("adds what others counted to its own, and takes it back", () => {
    const tally = new Tally();
    tally.expect(10, 700_000);
    tally.count("open");
    tally.count("skipped");
    tally.add(SOME);
    expect(tally.coverage).toEqual({
      addresses: 10,
      probes: 700_000,
      ...SOME,
      open: 2,
      skipped: 600_001,
      unprobed: 45_677,
      complete: false,
    });
    tally.add(SOME, -1);
    expect(tally.coverage).toMatchObject({ open: 1, closed: 0, failed: 0, skipped: 1, unprobed: 699_998 });
  });

  test("is complete when each came to an end, and none was skipped, failed or left undone besides", () => {
    const tally = new Tally();
    expect(tally.coverage.complete).toBe(true);
    tally.expect(1, 4);
    expect(tally.coverage.complete).toBe(false);
    for (const outcome of ["open", "closed", "filtered", "unreachable"] as const) tally.count(outcome);
    expect(tally.coverage).toMatchObject({ unprobed: 0, complete: true });
    expect(tally.coverage).not.toHaveProperty("skipped");
    tally.cutShort();
    expect(tally.coverage.complete).toBe(false);
  });

  test.each(["failed", "skipped"] as const)("is not complete where one %s", (outcome) => {
    const tally = new Tally();
    tally.expect(1, 1);
    tally.count(outcome);
    expect(tally.coverage).toMatchObject({ [outcome]: 1, unprobed: 0, complete: false });
  });
});

test("counts are added end by end, and nothing given is changed", () => {
  const none = noCounts();
  expect(addCounts(none, SOME)).toEqual(SOME);
  expect(addCounts(SOME, SOME, -1)).toEqual(none);
  expect(none).toEqual(noCounts());
});
