import { expect, test } from "vitest";

import { printable } from "../../src/output/printable.ts";

test.each([
  ["Büro 東京 🦊 cafe\u0301", "Büro 東京 🦊 cafe\u0301"],
  ["\u001b[2J\u0000\u007f\u009b", "\\x1b[2J\\x00\\x7f\\x9b"],
  ["a\r\n\tb", "a\\r\\n\\tb"],
  ["\u202egnp.exe\u2066", "\\u{202e}gnp.exe\\u{2066}"],
  ["\u2028\u00a0\u3000", "\\u{2028}\\xa0\\u{3000}"],
  ["\u200b\u3164\ufe0f\ufeff", "\\u{200b}\\u{3164}\\u{fe0f}\\u{feff}"],
  ["\ud800\u{e0041}\u{10ffff}", "\\u{d800}\\u{e0041}\\u{10ffff}"],
])("%j is printed as %s", (text, expected) => {
  expect(printable(text)).toBe(expected);
});
