import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";

import type { DocumentNode } from "../../src/document/node.ts";
import { plainValue, reach } from "../../src/document/node.ts";
import { readDocument } from "../../src/document/read.ts";

async function nodeOf(text: string): Promise<DocumentNode> {
  const read = await readDocument(text);
  if ("fault" in read) throw new Error(`${read.line}:${read.column} ${read.fault}`);
  return read;
}

async function faultOf(text: string): Promise<string | undefined> {
  const read = await readDocument(text);
  return "fault" in read ? `${read.line}:${read.column} ${read.fault}` : undefined;
}

describe("a document", () => {
  test("is the value that it says", async () => {
    const text = 'a: 1\nb: [x, true, null, 1.5]\nc: { "d e": "f" }\n? g\n';
    expect(plainValue(await nodeOf(text))).toEqual({
      a: 1,
      b: ["x", true, null, 1.5],
      c: { "d e": "f" },
      g: null,
    });
  });

  test("that is empty is null", async () => {
    for (const text of ["", "# nothing\n", "---\n", "~"]) expect(plainValue(await nodeOf(text))).toBeNull();
  });

  test("knows where its keys and values stand, from 1", async () => {
    const top = await nodeOf("# first\na:\n  - x\n  -   {b: 'y'}\n");
    const where = (...path: (string | number)[]) => {
      const { keyAt, node } = reach(top, path);
      return [keyAt.line, keyAt.column, node.at.line, node.at.column];
    };
    expect(where("a")).toEqual([2, 1, 3, 3]);
    expect(where("a", 0)).toEqual([3, 5, 3, 5]);
    expect(where("a", 1, "b")).toEqual([4, 8, 4, 11]);
  });

  test("leads down a path as far as there is something", async () => {
    const top = await nodeOf("a: {b: 1}");
    expect(reach(top, ["a", "c", "d"]).path).toEqual(["a"]);
    expect(reach(top, ["a", "b", "d"]).path).toEqual(["a", "b"]);
    expect(reach(top, ["a", 0]).path).toEqual(["a"]);
  });

  test("may keep numbers as they were written, keys always", async () => {
    const top = await nodeOf("1.0: 15.10\nb: [0x10, 1e3]\n");
    expect(plainValue(top, () => true)).toEqual({ "1.0": "15.10", b: ["0x10", "1e3"] });
    expect(plainValue(top, ([key]) => key === "b")).toEqual({ "1.0": 15.1, b: ["0x10", "1e3"] });
  });

  test("is YAML 1.2 whatever it says of itself", async () => {
    const value = plainValue(await nodeOf("%YAML 1.1\n---\na: yes\nb: 1:30\nc: 010\n<<: {d: 1}\n"));
    expect(value).toEqual({ a: "yes", b: "1:30", c: 10, "<<": { d: 1 } });
  });

  test("has the same value as JSON as it has as YAML", async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue({ maxDepth: 4 }), async (value) => {
        fc.pre(!JSON.stringify(value).includes("__proto__"));
        // A negative nought is none in JSON.
        const plain: unknown = JSON.parse(JSON.stringify(value));
        expect(plainValue(await nodeOf(JSON.stringify(value, null, 2)))).toEqual(plain);
        expect(plainValue(await nodeOf(stringify(plain)))).toEqual(parse(stringify(plain)));
      }),
      { numRuns: 200 },
    );
  });
});

describe("aliases", () => {
  test("stand for what their anchor has, the last one before them", async () => {
    const text = "a: &x [1, &y {b: 2}]\nc: *x\nd: *y\n&k e: *k\nf: &x 3\ng: *x\n";
    expect(plainValue(await nodeOf(text))).toEqual({
      a: [1, { b: 2 }],
      c: [1, { b: 2 }],
      d: { b: 2 },
      e: "e",
      f: 3,
      g: 3,
    });
  });

  test.each([
    ["a: *x", "1:4 the alias *x has no anchor before it"],
    ["a: *x\nb: &x 1\n", "1:4 the alias *x has no anchor before it"],
    ["a: &x [*x]", "1:8 the alias *x stands inside of what it stands for"],
  ])("without an anchor to stand for are named: %j", async (text, fault) => {
    expect(await faultOf(text)).toBe(fault);
  });

  test("may not multiply without measure", async () => {
    const lines = Array.from({ length: 40 }, (_, at) =>
      at === 0 ? "l0: &l0 [x, x]" : `l${at}: &l${at} [*l${at - 1}, *l${at - 1}]`,
    );
    expect(await faultOf(lines.join("\n"))).toMatch(/^\d+:\d+ aliases stand for more than 10,000 values$/);
  });
});

describe("what is no document is named with its place", () => {
  test.each([
    ["a: 1\nb: 2\na: 3\n", "3:1 keys must be unique, and a is there in line 1 already"],
    ['{"a": 1, "a": 2}', "1:10 keys must be unique, and a is there in line 1 already"],
    ["? [a]\n: 1\n", "1:3 a key must be text"],
    ["__proto__: 1", "1:1 __proto__ cannot be a key"],
    ["a: !secret b", "1:4 Unresolved tag: !secret"],
    ["a: !!binary aGk=", "1:4 Unresolved tag: tag:yaml.org,2002:binary"],
    ["a: 1\n---\nb: 2\n", "2:1 a second document; a file has one"],
    [`a: ${"x".repeat(1024 * 1024)}`, "1:1 longer than 1 MiB"],
    [`${"[".repeat(101)}${"]".repeat(101)}`, "1:101 nested more than 100 deep"],
  ])("%#", async (text, fault) => {
    expect(await faultOf(text)).toBe(fault);
  });

  // What composes documents would not throw there: Node ends the process (out of stack inside of a regular expression).
  test.each(["[", "{", "- ", "? ", "a: ", "[{a: ", "!a [", "&a ["])(
    "nesting with %j has its end",
    async (piece) => {
      for (const times of [1000, 100_000]) expect(await faultOf(piece.repeat(times))).toMatch(/^\d+:\d+ /);
    },
  );

  test("as deep as may be is still read", async () => {
    const deep = `${"[".repeat(90)}${"]".repeat(90)}`;
    expect(JSON.stringify(plainValue(await nodeOf(deep)))).toBe(deep);
  });
});

describe("any text at all", () => {
  const pieces = fc.constantFrom(
    ...Array.from("[]{}:,-?!&*|>%@`#'\"\\\t\n a1~<é\u{1f980}\0\u202e"),
    "a: ",
    "*a",
    "&a ",
    "---\n",
  );

  test("is a document or a fault with a place", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(pieces, { maxLength: 60 }), async (some) => {
        const text = some.join("");
        const read = await readDocument(text);
        if (!("fault" in read)) return void JSON.stringify(plainValue(read));
        expect(read.fault).toMatch(/^.+$/);
        expect(read.line).toBeGreaterThan(0);
        expect(read.line).toBeLessThanOrEqual(text.split("\n").length + 1);
        expect(read.column).toBeGreaterThan(0);
      }),
      { numRuns: 1000 },
    );
  });
});
