import { describe, expect, test } from "vitest";

import { parseTargetsFile } from "../../src/targets/file.ts";
import { splitTokens } from "../../src/targets/token.ts";

function texts(text: string): string[] {
  return splitTokens(text, "--range").map((token) => token.text);
}

describe("a targets file", () => {
  test("has any number of tokens on a line, each with its origin", () => {
    expect(parseTargetsFile("10.0.0.1 db.test\n\n10.0.0.0/24,::1\n", "targets.txt")).toEqual([
      { text: "10.0.0.1", where: "targets.txt line 1" },
      { text: "db.test", where: "targets.txt line 1" },
      { text: "10.0.0.0/24", where: "targets.txt line 3" },
      { text: "::1", where: "targets.txt line 3" },
    ]);
  });

  test("may have comments, a byte order mark and the line ends of any system", () => {
    const text = "\u{feff}# all of them\r\na.test # the first\r\n\tb.test#the second\rc.test\n#10.0.0.1";
    expect(parseTargetsFile(text, "-")).toEqual([
      { text: "a.test", where: "- line 2" },
      { text: "b.test", where: "- line 3" },
      { text: "c.test", where: "- line 4" },
    ]);
  });

  test.each(["", "\n\n", "# nothing", " , ,\r\n"])("%j holds none", (text) => {
    expect(parseTargetsFile(text, "f")).toEqual([]);
  });
});

describe("tokens", () => {
  test.each([
    ["192.168.1.0/24,10.0.0.0/8", ["192.168.1.0/24", "10.0.0.0/8"]],
    ["10.0.0.1,10.0.0.2", ["10.0.0.1", "10.0.0.2"]],
    ["192.168.1,3.*", ["192.168.1,3.*"]],
    ["192.168.1,3.*,10.0.0.1", ["192.168.1,3.*", "10.0.0.1"]],
    ["10.0.0.1,3,5-9,10.0.1.1", ["10.0.0.1,3,5-9", "10.0.1.1"]],
    ["1,2.0.0.1,2", ["1,2.0.0.1,2"]],
    ["10.0.0.1,2.3", ["10.0.0.1", "2.3"]],
    ["10.0.0.1-10.0.0.5,10.0.0.9", ["10.0.0.1-10.0.0.5", "10.0.0.9"]],
    ["a.test, b.test ,,local", ["a.test", "b.test", "local"]],
    ["  ", []],
  ])("%j", (text, expected) => {
    expect(texts(text)).toEqual(expected);
  });
});
