import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { pathOf, placeText, readJson } from "../../src/servers/json-places.ts";

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe("JSON with places", () => {
  test("has the value that JSON.parse has, however it is indented", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), fc.constantFrom(undefined, 1, "\t"), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(readJson(text)).toMatchObject({ value: JSON.parse(text) });
      }),
    );
  });

  test("knows of each part where it stands", () => {
    const text = '{\n  "a": 1,\n  "b": [ {"c": true}, 7 ]\n}';
    const read = readJson(text);
    if ("fault" in read) throw new Error(read.fault);
    const places = [...read.offsets].map(([path, offset]) => [path, text.slice(offset, offset + 3)]);
    expect(places).toEqual([
      ["", "{\n "],
      ["a", '"a"'],
      ["b", '"b"'],
      ["b[0]", '{"c'],
      ["b[0].c", '"c"'],
      ["b[1]", "7 ]"],
    ]);
    expect(placeText(text, read.offsets.get("b[0].c") ?? 0)).toBe("line 3, column 11");
  });

  test("finds a fault exactly where JSON.parse does, in any text", () => {
    const piece = fc.constantFrom(
      "{",
      "}",
      "[",
      "]",
      ",",
      ":",
      '"a"',
      '"b"',
      "1",
      "-",
      "01",
      "1.5e3",
      "true",
      " ",
      "\\",
      '"',
      "\u0007",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join("");
        const read = readJson(text);
        const isTwice = "fault" in read && read.fault.endsWith("is given twice");
        if (!isTwice) expect("value" in read).toBe(isJson(text));
        if ("fault" in read) expect(read.offset).toBeLessThanOrEqual(text.length);
      }),
      { numRuns: 2_000 },
    );
  });

  test("takes any text, and never throws", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 60 }), (text) => {
        expect("value" in readJson(text)).toBe(isJson(text));
      }),
    );
  });

  test.each([
    ["[".repeat(100_000), "nested too deeply"],
    ['{"a": 1,}', "expected a key in double quotes, found }"],
    ["[1 2]", "expected ',' or ']', found 2"],
    ['{"a" 1}', "expected ':', found 1"],
    ["{} {}", "expected nothing more, found {"],
    ["", "expected a value, found the end"],
    ['{"a": 1, "a": 2}', "a: is given twice"],
    ['"a\nb"', '"\\"": a text that does not end, or has an unknown escape'],
  ])("says what is wrong with %.20s", (text, fault) => {
    expect(readJson(text)).toMatchObject({ fault });
  });

  test("reads a long text", () => {
    const text = JSON.stringify({ a: "x".repeat(1_000_000), b: '\\"\n'.repeat(100_000) });
    expect("value" in readJson(text)).toBe(true);
  });

  test("writes a path as people do", () => {
    expect(["remote_servers", 1, "port"].reduce<string>(pathOf, "")).toBe("remote_servers[1].port");
  });
});
