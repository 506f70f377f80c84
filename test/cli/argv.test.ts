import { array, assert, constantFrom, property, string } from "fast-check";
import { describe, expect, test } from "vitest";

import { readArguments } from "../../src/cli/argv.ts";
import { readRequest } from "../../src/cli/program.ts";
import { SETTING_LIST } from "../../src/cli/settings/settings.ts";

function request(...argv: string[]) {
  const { command, args, flags } = readRequest(readArguments(argv));
  return { command: command.name, args, flags: Object.fromEntries(flags) };
}

describe("values", () => {
  test.each([
    "007",
    "1.0",
    "1e3",
    "0x10",
    "true",
    "false",
    "NaN",
    "-5",
    "-",
    " ",
    "=",
    "a=b",
    "__proto__",
    "null",
  ])("stay the text that was typed: %j", (text) => {
    expect(request("--type", text).flags).toEqual({ type: [text] });
    expect(request(`--type=${text}`).flags).toEqual({ type: [text] });
  });

  test("stay the text that was typed, whatever it is", () => {
    assert(
      property(array(string({ minLength: 1, unit: "binary" }), { minLength: 1 }), (texts) => {
        expect(request(...texts.map((text) => `--type=${text}`)).flags).toEqual({ type: texts });
      }),
    );
  });

  test("may follow the flag or an equals sign, for every setting that has one", () => {
    for (const { flag, key, argument } of SETTING_LIST) {
      if (argument === undefined) continue;
      // The one command that takes them all.
      expect(request("config", `--${flag}`, "1e3").flags).toEqual({ [key]: ["1e3"] });
      expect(request("config", `--${flag}=1e3`).flags).toEqual({ [key]: ["1e3"] });
    }
  });

  test.each([
    [["--ports"], "--ports needs a value: --ports=<ports>"],
    [["--ports="], "--ports needs a value: --ports=<ports>"],
    [["--ports", "--quiet"], "--ports needs a value: --ports=<ports>"],
    [["--ports", "--", "22"], "--ports needs a value: --ports=<ports>"],
    [["--no-quiet=1"], "--no-quiet takes no value"],
    [["--help=1"], "--help takes no value"],
    [["--timeout=1", "--timeout=2"], "--timeout is given twice, as 1 and 2: give it once"],
  ])("are missed, not wanted, or too many: %j", (argv, message) => {
    expect(() => request(...argv)).toThrow(message);
  });
});

describe("flags", () => {
  test.each([
    ["--prots", "unknown option --prots — did you mean '--ports'?"],
    ["--prots=22", "unknown option --prots — did you mean '--ports'?"],
    ["-ports", "unknown option -ports — did you mean '--ports'?"],
    ["--perHost", "unknown option --perHost — did you mean '--per-host'?"],
    ["--no-identfy", "unknown option --no-identfy — did you mean '--no-identify'?"],
    ["--no-ports", "unknown option --no-ports — did you mean '--ports'?"],
    ["-x", "unknown option -x"],
    ["-hv", "unknown option -hv"],
    ["---", "unknown option ---"],
    ["--__proto__", "unknown option --__proto__"],
    ["--constructor=1", "unknown option --constructor"],
    ["--a.b=1", "unknown option --a.b"],
  ])("that nobody knows are named, with the nearest: %s", (word, message) => {
    expect(() => request(word)).toThrow(expect.objectContaining({ message }));
  });

  test("that stand alone are turned off by --no-, and the last word counts", () => {
    expect(request("--quiet").flags).toEqual({ quiet: ["true"] });
    expect(request("--no-quiet").flags).toEqual({ quiet: ["false"] });
    expect(request("--quiet", "--no-quiet").flags["quiet"]?.at(-1)).toBe("false");
    expect(request("--quiet", "redis.example").args).toEqual(["redis.example"]);
  });

  test("that mean nothing to a command are refused there", () => {
    expect(() => request("catalog", "--ports=22")).toThrow("--ports means nothing to 'discover catalog'");
  });
});

describe("words", () => {
  test("are targets, unless the first names a command", () => {
    expect(request("10.0.0.1", "config")).toMatchObject({ command: "", args: ["10.0.0.1", "config"] });
    expect(request("config")).toMatchObject({ command: "config", args: [] });
    expect(request("--ports", "22", "config")).toMatchObject({ command: "config", args: [] });
    expect(request("catalog", "redis", "-")).toMatchObject({ command: "catalog", args: ["redis", "-"] });
  });

  test("behind -- are never commands and never flags", () => {
    expect(request("--", "config", "--ports", "-")).toMatchObject({
      command: "",
      args: ["config", "--ports", "-"],
      flags: {},
    });
  });

  test("keep their order, the dash that means standard input among them", () => {
    assert(
      property(array(constantFrom("-", "a", "10.0.0.1", "007", "1e3", "")), (args) => {
        expect(request(...args).args).toEqual(args);
      }),
    );
  });
});
