import { describe, expect, test } from "vitest";

import { age, count, counted, duration } from "../../src/output/table/quantity.ts";

describe("quantities for people", () => {
  test.each([
    [0, "0"],
    [999, "999"],
    [1000, "1,000"],
    [16_777_216, "16,777,216"],
  ])("%i is written %s", (value, expected) => {
    expect(count(value)).toBe(expected);
  });

  test.each([
    [-5, "0s"],
    [999, "0s"],
    [59_999, "59s"],
    [60_000, "1m"],
    [3_599_999, "59m"],
    [3_600_000, "1h"],
    [86_400_000, "24h"],
  ])("%i ms ago is written %s", (ms, expected) => {
    expect(age(ms)).toBe(expected);
  });

  test("one of a thing is not many", () => {
    expect([0, 1, 2].map((value) => counted(value, "address", "addresses"))).toEqual([
      "0 addresses",
      "1 address",
      "2 addresses",
    ]);
  });

  test.each([
    [0, "0 ms"],
    [4.4, "4 ms"],
    [99.4, "99 ms"],
    [99.6, "0.1 s"],
    [812, "0.8 s"],
    [59_940, "59.9 s"],
    [59_960, "1 min 0 s"],
    [185_000, "3 min 5 s"],
    [3_599_600, "1 h 0 min"],
    [7_800_000, "2 h 10 min"],
  ])("%d ms is written %s", (ms, expected) => {
    expect(duration(ms)).toBe(expected);
  });
});
