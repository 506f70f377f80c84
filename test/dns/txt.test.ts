import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { txtPairs } from "../../src/dns/txt.ts";
import { latin1 } from "../../src/model/bytes.ts";

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("txtPairs", () => {
  test.each([
    { strings: ["path=/a"], pairs: { path: "/a" } },
    { strings: ["flag"], pairs: { flag: true } },
    { strings: ["empty="], pairs: { empty: "" } },
    { strings: ["sum=1+1=2"], pairs: { sum: "1+1=2" } },
    { strings: ["=x", "", "="], pairs: {} },
    { strings: ["Path=1", "path=2", "PATH"], pairs: { Path: "1" } },
    { strings: ["flag", "FLAG=1"], pairs: { flag: true } },
    { strings: ["two words= kept "], pairs: { "two words": " kept " } },
    { strings: ["näme=x", "a\tb=x", "na\u007fme"], pairs: {} },
    { strings: ["v=é 😀\ufeff"], pairs: { v: "é 😀\ufeff" } },
    { strings: ["v=\ufeffx"], pairs: { v: "\ufeffx" } },
    { strings: ["2=b", "1=a"], pairs: { 2: "b", 1: "a" } },
  ])("reads $strings", ({ strings, pairs }) => {
    expect(txtPairs(strings.map(utf8))).toStrictEqual(pairs);
  });

  test("keeps a value that is no UTF-8 as base64", () => {
    expect(txtPairs([latin1("bin=\x00\xff\xfe"), latin1("cut=\xe6\x97")])).toStrictEqual({
      bin: { base64: "AP/+" },
      cut: { base64: "5pc=" },
    });
  });

  test("takes names from JavaScript's own world for keys like others", () => {
    const pairs = txtPairs(["__proto__=1", "constructor=2", "toString", "hasOwnProperty=3"].map(utf8));
    expect(Object.entries(pairs)).toStrictEqual([
      ["__proto__", "1"],
      ["constructor", "2"],
      ["toString", true],
      ["hasOwnProperty", "3"],
    ]);
    expect(Object.getPrototypeOf(pairs)).toBe(Object.prototype);
    expect("polluted" in {}).toBe(false);
    expect(JSON.parse(JSON.stringify(pairs))).toHaveProperty("toString", true);
  });

  test("has 256 pairs at most", () => {
    const strings = Array.from({ length: 65_000 }, (_, at) => utf8(`k${at}=${at}`));
    const pairs = txtPairs(strings);
    expect(Object.keys(pairs)).toHaveLength(256);
    expect(pairs).toMatchObject({ k0: "0", k255: "255" });
  });

  test("keeps the bytes of every value, whatever they are", () => {
    const values = fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 20 });
    fc.assert(
      fc.property(values, (values) => {
        const pairs = txtPairs(values.map((value, at) => Uint8Array.from([...utf8(`k${at}=`), ...value])));
        const back = Object.values(pairs).map((value) => {
          if (value === true) return [];
          return [...(typeof value === "string" ? utf8(value) : Buffer.from(value.base64, "base64"))];
        });
        expect(back).toStrictEqual(values.map((value) => [...value]));
      }),
    );
  });

  test("has printable keys without =, no two alike but for case, for any strings", () => {
    const key = fc.stringMatching(/^[aAbB=]{0,3}$/).map(utf8);
    const strings = fc.array(fc.oneof(key, fc.uint8Array({ maxLength: 255 })));
    fc.assert(
      fc.property(strings, (strings) => {
        const keys = Object.keys(txtPairs(strings));
        expect(keys.every((key) => /^[ -<>-~]+$/.test(key))).toBe(true);
        expect(new Set(keys.map((key) => key.toLowerCase())).size).toBe(keys.length);
      }),
    );
  });
});
