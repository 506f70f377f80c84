import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { fill, placeholdersIn } from "../../src/model/placeholders.ts";

const VALUES = new Map([
  ["port", "8100"],
  ["port.2", "8101"],
  ["my-redis.url", "redis://10.0.0.1:6379"],
  ["dollars", "$& $1 ${port}"],
]);
const filled = (text: string): string => fill(text, (name) => VALUES.get(name));

describe("placeholders", () => {
  test.each([
    ["--port=${port}", "--port=8100"],
    ["${port}${port.2}", "81008101"],
    ["${my-redis.url}/0", "redis://10.0.0.1:6379/0"],
    ["$${port}", "${port}"],
    ["$$${port}", "$${port}"],
    ["$port {port} $", "$port {port} $"],
    ["${nobody}", "${nobody}"],
    ["${port", "${port"],
    ["${a${port}", "${a8100"],
    ["${}", "${}"],
  ])("%s becomes %s", (text, expected) => {
    expect(filled(text)).toBe(expected);
  });

  test("are filled once: a value that looks like one stays, dollars and all", () => {
    expect(filled("${dollars}")).toBe("$& $1 ${port}");
  });

  test("are found in their order, those that do not end, too, and escaped ones not", () => {
    expect(placeholdersIn("${b} $${c} ${a} ${b} ${d")).toEqual([
      { text: "${b}", name: "b" },
      { text: "${a}", name: "a" },
      { text: "${b}", name: "b" },
      { text: "${d", name: undefined },
    ]);
  });
});

const TEXT = fc.array(fc.constantFrom("$", "{", "}", "${", "$${", "a", "port", "."), { maxLength: 40 });

describe("of any text", () => {
  test("exactly the placeholders that are found are filled, and what has none stays, but for escapes", () => {
    fc.assert(
      fc.property(TEXT, (pieces) => {
        const text = pieces.join("");
        const asked: string[] = [];
        fill(text, (name) => {
          asked.push(name);
          return "x";
        });
        const found = placeholdersIn(text);
        expect(asked).toEqual(found.flatMap(({ name }) => name ?? []));
        if (found.length === 0) expect(filled(text)).toBe(text.replaceAll("$${", () => "${"));
      }),
    );
  });

  test("escaped throughout, the text comes back as it was", () => {
    fc.assert(
      fc.property(TEXT, (pieces) => {
        // An escape reads from the left: where dollars stand before it, its first one is the leftmost of two.
        const text = pieces.join("").replaceAll(/\$+\{/g, "${");
        expect(filled(text.replaceAll("${", () => "$${"))).toBe(text);
      }),
    );
  });

  test("a megabyte of openings takes no time to speak of", () => {
    const text = "${".repeat(500_000);
    expect(fill(text, () => "x")).toBe(text);
    expect(placeholdersIn(text)).toHaveLength(500_000);
  });
});
