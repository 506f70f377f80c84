import { readdir } from "node:fs/promises";

import { describe, expect, test } from "vitest";

import { loadCatalog } from "../../src/catalog/index.ts";
import { flagNames } from "../../src/cli/argv.ts";
import { COMMANDS } from "../../src/cli/commands/index.ts";
import { settingsOf } from "../../src/cli/settings/command-settings.ts";
import { FLAG_LIST } from "../../src/cli/settings/flags.ts";
import { SETTING_LIST } from "../../src/cli/settings/settings.ts";
import { discover } from "./fake-io.ts";

const NAMES = COMMANDS.flatMap(({ name }) => (name === "" ? [] : [name])).join(", ");

const typesIn = async (...argv: string[]) =>
  JSON.parse((await discover(["catalog", "--output=json", ...argv])).stdout).map(
    ({ type }: { type: string }) => type,
  );

describe("the registry", () => {
  test("has every file of the folder, and no other", async () => {
    const files = await readdir(new URL("../../src/cli/commands", import.meta.url));
    const names = COMMANDS.map(({ name }) => `${name === "" ? "scan" : name}.ts`);
    expect(files.filter((file) => file !== "index.ts").toSorted()).toEqual(names.toSorted());
    await Promise.all(COMMANDS.map((row) => row.load()));
  });
});

function takenBy(command: string) {
  return COMMANDS.filter(({ name }) => name === command).flatMap(settingsOf);
}

describe("--help", () => {
  test.each(["", "watch"])("of '%s' shows each flag that it takes once, and no other", async (name) => {
    const { stdout } = await discover([name, "--help"].filter((word) => word !== ""));
    const options = stdout.slice(stdout.indexOf("Where to look:"), stdout.indexOf("Examples:"));
    const shown = [...options.matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm)].map(([, flag]) => flag);
    const wanted = takenBy(name).map(({ flag, shownNegated }) =>
      shownNegated ? `--no-${flag}` : `--${flag}`,
    );
    expect(new Set(shown)).toEqual(new Set([...wanted, "--help", "--version"]));
    expect(shown).toHaveLength(wanted.length + 2);
    for (const flag of shown) expect(flagNames()).toContain(flag);
  });

  test("shows every setting with the command that it is for", () => {
    // That of `config` shows none: it takes them all.
    const shown = COMMANDS.filter(({ name }) => name !== "config").flatMap(settingsOf);
    const all = [...SETTING_LIST, ...FLAG_LIST].map(({ key }) => key);
    expect(new Set(shown.map(({ key }) => key))).toEqual(new Set(all));
  });

  test.each(COMMANDS.map(({ name }) => name))(
    "of '%s' fits a terminal and goes to standard output",
    async (name) => {
      for (const argv of [
        [name, "--help"],
        ["-h", name],
        ["--ports=1", name, "--help"],
      ]) {
        const { code, stdout, stderr, options } = await discover(argv.filter((word) => word !== ""));
        expect({ code, stderr, options }).toEqual({ code: 0, stderr: "", options: [] });
        expect(stdout).toContain(`Usage: discover ${name}`);
        expect(stdout.split("\n").filter((line) => line.length > 80 || line.endsWith(" "))).toEqual([]);
      }
    },
  );

  test.each([
    [["help", "catlog"], "no such command catlog — did you mean 'catalog'?"],
    [["help", "nope"], `no such command nope; known are ${NAMES}`],
    [["help", "nope", "--help"], `no such command nope; known are ${NAMES}`],
  ])("does not make up a command: %j", async (argv, message) => {
    const { code, stdout, stderr } = await discover(argv);
    expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: "", stderr: `discover: ${message}\n` });
  });

  test.each([[["help"]], [["help", "help"]], [["10.0.0.1", "--help"]], [["nope", "--help"]]])(
    "is the scan's where a target may be meant, or nothing: %j",
    async (argv) => {
      const { code, stdout } = await discover(argv);
      expect({ code, stdout }).toEqual({ code: 0, stdout: (await discover(["--help"])).stdout });
    },
  );

  test("and --version do not read what is set, so that a broken setting keeps nobody from help", async () => {
    const env = { DISCOVERY_RATE: "fast" };
    expect((await discover(["--help"], { env })).code).toBe(0);
    expect(await discover(["--version"], { env })).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^discover \d+\.\d+\.\d+\n$/),
    });
  });
});

describe("every setting's names", () => {
  test("belong to it alone, and follow from each other", () => {
    const flags = SETTING_LIST.map(({ flag }) => flag);
    const variables = SETTING_LIST.flatMap(({ environment }) => environment.map(({ name }) => name));
    expect(new Set(flags).size).toBe(flags.length);
    expect(new Set(variables).size).toBe(variables.length);
    for (const { key, flag } of SETTING_LIST)
      expect(key.replaceAll(/[A-Z]/g, (x) => `-${x.toLowerCase()}`)).toBe(flag);
  });
});

describe("discover schema", () => {
  test("prints a JSON Schema", async () => {
    const { code, stdout } = await discover(["schema"]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ $schema: "https://json-schema.org/draft/2020-12/schema" });
  });
});

describe("the schema of another document", () => {
  test.each([
    ["wait", "urn:sonde:wait:1"],
    ["check", "urn:sonde:check:1"],
    ["report", "urn:sonde:report:1"],
    ["scan", "urn:sonde:inventory:1"],
    ["stack", "urn:sonde:stack:1"],
  ])("is that of %s", async (name, id) => {
    const { code, stdout } = await discover(["schema", name]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ $id: id });
  });

  test.each([
    [["schema", "wiat"], "wiat (argument): no such document — did you mean 'wait'?"],
    [["schema", "wait", "check"], "one document at a time, not check"],
  ])("is none: %j", async (argv, message) => {
    expect(await discover(argv)).toMatchObject({ code: 2, stdout: "", stderr: `discover: ${message}\n` });
  });
});

describe("a flag that means something else to a command", () => {
  test("is shown with its own meaning and default, and only there", async () => {
    const { stdout } = await discover(["wait", "--help"]);
    expect(stdout).toMatch(/--timeout <time> +How long to wait for all of it[^-]*\(default: 30s\)/);
    expect((await discover(["check", "--help"])).stdout).toMatch(
      /--timeout <time> +How long a connect may take/,
    );
  });
});

describe("discover catalog", () => {
  test("has a line for every entry, in the order of their types", async () => {
    const { entries } = await loadCatalog();
    const { stdout } = await discover(["catalog"]);
    const [header, ...rows] = stdout.trimEnd().split("\n");
    expect(header).toMatch(/^TYPE +CATEGORY +PORTS +SUMMARY$/);
    expect(rows.map((row) => row.split(" ", 1)[0])).toEqual(entries.map(({ type }) => type).toSorted());
  });

  test("shows the entries that are named, by type or product, and those of a category", async () => {
    expect(await typesIn("valkey,Postgresql")).toEqual(["redis", "postgresql"]);
    expect(await typesIn("--category=llm")).toContain("ollama");
    expect(await typesIn("--category=llm")).not.toContain("redis");
  });

  test("does not know a type that is none", async () => {
    const { code, stdout, stderr } = await discover(["catalog", "rediss"]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toBe("discover: rediss (argument): no such type — did you mean 'redis'?\n");
    expect((await discover(["catalog", "unknown"])).code).toBe(2);
  });
});
