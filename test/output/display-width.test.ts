import { describe, expect, test } from "vitest";

import { cut, displayWidth } from "../../src/output/table/display-width.ts";
import { PYTHON, foreign, testWith } from "./foreign.ts";

// Python's own copy of UAX #11: runs of assigned code points that are wide.
const WIDE_RUNS = `
import json, unicodedata as u
wide, known = [], []
for c in range(0x110000):
    if u.category(chr(c))[0] == 'C' or u.category(chr(c)) in ('Mn', 'Me'): continue
    known.append(c)
    if u.east_asian_width(chr(c)) in 'WF': wide.append(c)
json.dump({'known': known, 'wide': wide}, __import__('sys').stdout)
`;

// Narrow until Unicode 16 made them wide; terminals differ.
const DISPUTED = /[\u2630-\u2637\u268a-\u268f\u4dc0-\u4dff\u{1d300}-\u{1d376}]/u;

describe("the width of text on a terminal", () => {
  testWith(PYTHON, ["--version"])("is what Unicode's own table says of every character", () => {
    const told = foreign(PYTHON, ["-c", WIDE_RUNS], "");
    const { known, wide } = Object(told);
    const isWide = new Set<number>(wide);
    const off = Array.from<number>(known).filter((code) => {
      const character = String.fromCodePoint(code);
      if (/[\u1160-\u11ff\ud7b0-\ud7ff]/.test(character) || DISPUTED.test(character)) return false;
      return displayWidth(character) !== (isWide.has(code) ? 2 : 1);
    });
    expect(isWide.size).toBeGreaterThan(100_000);
    expect(off.map((code) => code.toString(16))).toEqual([]);
  });

  test.each([
    ["", 0],
    ["redis", 5],
    ["東京", 4],
    ["cafe\u0301", 4],
    ["\u1112\u1161\u11ab", 2],
    ["🦊", 2],
    ["ﾊﾝ", 2],
    ["🇨🇭", 2],
  ])("of %j is %i", (text, width) => {
    expect(displayWidth(text)).toBe(width);
  });

  test.each([
    ["redis", 5, "redis"],
    ["redis", 4, "red…"],
    ["東京都", 5, "東京…"],
    ["東京都", 4, "東…"],
    ["e\u0301e\u0301e\u0301", 2, "e\u0301…"],
    ["a b", 2, "a…"],
    ["abc", 0, ""],
  ])("cuts %j to %i columns as %j", (text, width, expected) => {
    expect(cut(text, width)).toBe(expected);
  });
});
