import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { Name } from "../../src/dns/message.ts";
import {
  isUnder,
  labelBytes,
  labelText,
  lengthFault,
  nameKey,
  nameText,
  parseName,
  sameName,
} from "../../src/dns/name.ts";
import { anyName } from "./arbitrary.ts";

const L63 = "x".repeat(63);

describe("a label", () => {
  test("comes back byte for byte, whatever the bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 63 }), (bytes) => {
        expect(labelBytes(labelText(bytes))).toStrictEqual(bytes);
      }),
    );
  });

  test("comes back byte for byte where UTF-8 is nearly right", () => {
    const byte = fc.constantFrom(
      0x41,
      0x80,
      0x8f,
      0x9f,
      0xa0,
      0xbf,
      0xc1,
      0xc3,
      0xe0,
      0xed,
      0xef,
      0xf0,
      0xf4,
      0xf5,
    );
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 12 }), (values) => {
        const bytes = Uint8Array.from(values);
        const text = labelText(bytes);
        expect(labelBytes(text)).toStrictEqual(bytes);
        expect(isUtf8(bytes)).toBe(!/\p{Cs}/u.test(text));
      }),
      { numRuns: 2000 },
    );
  });

  test("is the text of its UTF-8", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const bytes = new TextEncoder().encode(text);
        expect(labelText(bytes)).toBe(text);
        expect(labelBytes(text)).toStrictEqual(bytes);
      }),
    );
  });

  test.each([
    { what: "Latin-1", bytes: [0x44, 0xe9], text: "D\udce9" },
    { what: "a sequence cut short", bytes: [0xe6, 0x97], text: "\udce6\udc97" },
    { what: "a surrogate in UTF-8", bytes: [0xed, 0xa0, 0x80], text: "\udced\udca0\udc80" },
    { what: "a longer form than needed", bytes: [0xc0, 0xae], text: "\udcc0\udcae" },
    { what: "beyond Unicode", bytes: [0xf4, 0x90, 0x80, 0x80], text: "\udcf4\udc90\udc80\udc80" },
    { what: "a stray byte behind a pair", bytes: [0xf0, 0x9f, 0x98, 0x80, 0x80], text: "😀\udc80" },
    { what: "a byte order mark", bytes: [0xef, 0xbb, 0xbf], text: "\ufeff" },
  ])("holds $what as what it is", ({ bytes, text }) => {
    expect(labelText(Uint8Array.from(bytes))).toBe(text);
    expect(labelBytes(text)).toStrictEqual(Uint8Array.from(bytes));
  });

  test("takes other lone surrogates for the replacement character, since they stand for no byte", () => {
    expect(labelBytes("\ud800")).toStrictEqual(Uint8Array.of(0xef, 0xbf, 0xbd));
  });
});

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

describe("parseName", () => {
  test.each<{ text: string; name: Name }>([
    { text: "", name: [] },
    { text: ".", name: [] },
    { text: "corp.test", name: ["corp", "test"] },
    { text: "corp.test.", name: ["corp", "test"] },
    { text: "Dr\\. Foo v1\\.2 é._http._tcp.local", name: ["Dr. Foo v1.2 é", "_http", "_tcp", "local"] },
    { text: "a\\\\.b", name: ["a\\", "b"] },
    { text: "a\\.", name: ["a."] },
    { text: "a\\..", name: ["a."] },
    { text: "\\.", name: ["."] },
    { text: "\\046\\032\\000", name: [". \0"] },
    { text: "\\195\\169", name: ["é"] },
    { text: "caf\\233", name: ["caf\udce9"] },
    { text: "\\é\\ \\😀", name: ["é 😀"] },
    { text: "\\0655", name: ["A5"] },
    { text: `${L63}.a`, name: [L63, "a"] },
    { text: `${L63}.${L63}.${L63}.${"y".repeat(61)}`, name: [L63, L63, L63, "y".repeat(61)] },
    { text: "a.".repeat(127), name: Array.from({ length: 127 }, () => "a") },
  ])("reads $text", ({ text, name }) => {
    expect(parseName(text)).toStrictEqual(name);
  });

  test.each([
    "..",
    ".a",
    "a..b",
    "a..",
    "\\",
    "a\\",
    "a.b\\",
    "\\1",
    "\\12",
    "\\12x",
    "a\\1.b",
    "\\256",
    "\\999",
    `${L63}x`,
    "é".repeat(32),
    `${L63}.${L63}.${L63}.${"y".repeat(62)}`,
    "a.".repeat(128),
    "a".repeat(1_000_000),
    "\\097".repeat(64),
  ])("refuses %#", (text) => {
    expect(parseName(text)).toBeUndefined();
  });

  test("takes what nameText writes, and gives the same name", () => {
    fc.assert(
      fc.property(anyName, (name) => {
        expect(parseName(nameText(name))).toStrictEqual(name);
        expect(parseName(name.length === 0 ? "" : `${nameText(name)}.`)).toStrictEqual(name);
      }),
      { numRuns: 500 },
    );
  });

  test("gives a name that fits the wire, or none, for any text", () => {
    const pieces = fc.array(fc.constantFrom("\\", ".", "0", "4", "9", "a", "é", "\ud800", "\udc80", " "), {
      maxLength: 300,
    });
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: "binary" }),
          pieces.map((all) => all.join("")),
        ),
        (text) => {
          const name = parseName(text);
          if (name === undefined) return;
          expect(lengthFault(name.map(labelBytes))).toBeUndefined();
          expect(parseName(nameText(name))).toStrictEqual(name);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe("nameText", () => {
  test.each<{ name: Name; text: string }>([
    { name: [], text: "." },
    { name: ["."], text: "\\." },
    { name: ["a.b", "c"], text: "a\\.b.c" },
    { name: ["a\\", "b"], text: "a\\\\.b" },
    { name: ["Dr. Foo v1.2 é", "local"], text: "Dr\\. Foo v1\\.2 é.local" },
    { name: ["\0\n\x1b\x7f"], text: "\\000\\010\\027\\127" },
    { name: ["\u009b"], text: "\\194\\155" },
    { name: ["a\udce9"], text: "a\\233" },
  ])("writes $text", ({ name, text }) => {
    expect(nameText(name)).toBe(text);
  });

  test("writes nothing that moves a terminal's cursor or is no Unicode", () => {
    fc.assert(
      fc.property(anyName, (name) => {
        expect(nameText(name)).not.toMatch(/[\p{Cc}\p{Cs}]/u);
      }),
    );
  });
});

describe("names are compared", () => {
  test("without regard to the case of ASCII letters, and only of those", () => {
    expect(sameName(["WWW", "Corp"], ["www", "corp"])).toBe(true);
    expect(nameKey(["WWW", "Corp"])).toBe(nameKey(["www", "corp"]));
    expect(sameName(["É"], ["é"])).toBe(false);
    expect(nameKey(["É"])).not.toBe(nameKey(["é"]));
    // The Kelvin sign is a k only to Unicode.
    expect(sameName(["\u212a"], ["k"])).toBe(false);
    expect(nameKey(["\u212a"])).not.toBe(nameKey(["k"]));
  });

  test("label by label, wherever the dots are", () => {
    expect(sameName(["a.b"], ["a", "b"])).toBe(false);
    expect(nameKey(["a.b"])).not.toBe(nameKey(["a", "b"]));
    expect(nameKey(["a\\", "b"])).not.toBe(nameKey(["a\\.b"]));
    expect(nameKey([])).not.toBe(nameKey(["."]));
  });

  test("by a key that is equal exactly where the names are", () => {
    const short = fc.array(fc.stringMatching(/^[aA.\\0]{1,2}$/), { maxLength: 3 });
    fc.assert(
      fc.property(short, short, (a, b) => {
        expect(nameKey(a) === nameKey(b)).toBe(sameName(a, b));
      }),
      { numRuns: 2000 },
    );
  });

  test.each<{ name: Name; zone: Name; under: boolean }>([
    { name: ["a", "corp", "test"], zone: ["Corp", "TEST"], under: true },
    { name: ["corp", "test"], zone: ["corp", "test"], under: true },
    { name: ["corp"], zone: [], under: true },
    { name: [], zone: [], under: true },
    { name: ["test"], zone: ["corp", "test"], under: false },
    { name: ["xcorp", "test"], zone: ["corp", "test"], under: false },
    { name: ["a.corp", "test"], zone: ["corp", "test"], under: false },
  ])("as under a zone: $name under $zone is $under", ({ name, zone, under }) => {
    expect(isUnder(name, zone)).toBe(under);
  });
});
