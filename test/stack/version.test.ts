import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { loadVersions } from "../../src/stack/version.ts";

const { isRange, satisfies } = await loadVersions();

describe("a version as servers tell it", () => {
  test.each([
    ["15.18", ">=15", true],
    ["15.18", ">=15.2 <16", true],
    ["15.18", "16", false],
    ["15.18", "15.18.0", true],
    ["7.0.15", "^7.0.0", true],
    ["7.0.15", "<7.0.15", false],
    ["9.2p1", ">=9.2", true],
    ["9.2p1", ">=9.3", false],
    ["v1.2.3", "1.2.x", true],
    ["10.11.6-MariaDB", ">=10.11.6", true],
    ["8.0.36-0ubuntu0.22.04.1", "~8.0.36", true],
    ["2024-01-31", ">=2024", true],
    ["2024-01-31", ">=2024.2", false],
    ["RELEASE.2024-01-31T20-20-33Z", ">=2024.1.31", true],
    ["3.12.1+build.5", "3.12.1", true],
    ["1.2.3.4", ">=1.2.3", true],
    ["16", "*", true],
  ])("%s lies in %s: %s", (version, range, expected) => {
    expect(satisfies(version, range)).toBe(expected);
  });

  test.each([
    ["v1.2.3-rc1", ">=1.2.3"],
    ["16beta2", ">=16"],
    ["1.2.3-alpha.1", "^1.2.0"],
  ])("that is a prerelease counts as the release that it comes before: %s in %s", (version, range) => {
    expect(satisfies(version, range)).toBe(true);
  });

  test("that is a major one alone lies in a range, outside of it, or nobody knows", () => {
    expect(satisfies("15", ">=14")).toBe(true);
    expect(satisfies("15", "<15")).toBe(false);
    expect(satisfies("15", ">=15.2")).toBeUndefined();
  });

  test.each(["", "unknown", "latest", "-1", "x.y", "99999999999999999999.1", "1".repeat(300)])(
    "that cannot be read lies nowhere: %j",
    (version) => {
      expect(satisfies(version, ">=1")).toBeUndefined();
    },
  );

  test("is held against no range that cannot be read", () => {
    expect(satisfies("1.2.3", "latest")).toBeUndefined();
  });
});

test.each([">=6", ">=6 <8", "^1.2", "~1.2.3", "1 || 2", "1.x", "*", "15.18", "1.0 - 2.0"])(
  "%s is a range",
  (range) => {
    expect(isRange(range)).toBe(true);
  },
);

test.each(["latest", ">=six", "9.2p1", ">= 6 and < 8", ">=1 ".repeat(200)])("%s is none", (range) => {
  expect(isRange(range)).toBe(false);
});

test("three numbers lie in their own range, and in one or the other beside any other number", () => {
  const part = fc.nat(10_000);
  fc.assert(
    fc.property(
      part,
      part,
      part,
      fc.constantFrom("", "-rc1", "p1", "+x", "-MariaDB-log"),
      (a, b, c, rest) => {
        const numbers = `${a}.${b}.${c}`;
        expect(satisfies(`${numbers}${rest}`, numbers)).toBe(true);
        expect(satisfies(`${numbers}${rest}`, `<${numbers} || >${numbers}`)).toBe(false);
      },
    ),
  );
});

test("anything at all has an answer", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (version, range) => {
      expect([true, false, undefined]).toContain(satisfies(version, range));
    }),
  );
});
