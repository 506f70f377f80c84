import * as fc from "fast-check";
import { expect, test } from "vitest";

import { SIZE_PATTERN, parseSize, sizeText } from "../../src/model/size.ts";

test.each([
  ["0", 0],
  ["1", 1],
  ["1024", 1024],
  ["64Gi", 64 * 2 ** 30],
  ["512Mi", 512 * 2 ** 20],
  ["1.5G", 1.5e9],
  [".5Ki", 512],
  ["2k", 2000],
  ["2 TiB", 2 * 2 ** 40],
  ["3MB", 3e6],
  ["100B", 100],
])("%s is so many bytes", (text, bytes) => {
  expect(parseSize(text)).toBe(bytes);
});

test.each([
  ["", "not a size"],
  ["-1", "not a size"],
  ["1,5G", "not a size"],
  ["1e3", "not a size"],
  ["Gi", "not a size"],
  ["64Gj", "no such unit; known are Ki, Mi, Gi, Ti, Pi and K, M, G, T, P — did you mean 'Gi'?"],
  ["64x", "no such unit"],
  ["9000Pi", "more bytes than there are"],
  ["9".repeat(400), "more bytes than there are"],
])("%s is none", (text, fault) => {
  expect(parseSize(text)).toEqual({ fault: expect.stringContaining(fault) });
});

const BYTES = fc.oneof(
  fc.maxSafeNat(),
  fc.nat(2000).map((count) => count * 2 ** 30),
  fc.nat(2000).map((count) => count * 1e6),
);

test("what is written of a size reads back as the same, and fits the schema", () => {
  fc.assert(
    fc.property(BYTES, (bytes) => {
      expect(parseSize(sizeText(bytes))).toBe(bytes);
      expect(sizeText(bytes)).toMatch(SIZE_PATTERN);
    }),
  );
});

test("any text is a whole number of bytes or a fault, and the schema takes what is a size", () => {
  const texts = fc.oneof(fc.string(), fc.stringMatching(/^[\d.]{1,8} ?[kmgtpKMGTPiIbB]{0,3}$/));
  fc.assert(
    fc.property(texts, (text) => {
      const read = parseSize(text);
      const isSize = typeof read === "number";
      expect(isSize ? read : read.fault).toEqual(isSize ? Math.abs(Math.trunc(read)) : expect.any(String));
      if (isSize) expect(text).toMatch(SIZE_PATTERN);
    }),
  );
});
