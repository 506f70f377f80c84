import { readdir } from "node:fs/promises";

import { describe, expect, test } from "vitest";

import { loadCatalog } from "../../src/catalog/index.ts";
import { flagNames } from "../../src/cli/argv.ts";
import { COMMANDS } from "../../src/cli/commands/index.ts";
import { SETTING_LIST } from "../../src/cli/settings.ts";
import { discover } from "./fake-io.ts";

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

describe("--help", () => {
  test("shows each flag of the settings table once, and no other", async () => {
    const { stdout } = await discover(["--help"]);
    const options = stdout.slice(stdout.indexOf("Where to look:"), stdout.indexOf("Examples:"));
    const shown = [...options.matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm)].map(([, flag]) => flag);
    const wanted = SETTING_LIST.map(({ flag, shownNegated }) =>
      shownNegated ? `--no-${flag}` : `--${flag}`,
    );
    expect(new Set(shown)).toEqual(new Set([...wanted, "--help", "--version"]));
    expect(shown).toHaveLength(wanted.length + 2);
    for (const flag of shown) expect(flagNames()).toContain(flag);
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
    [["help", "nope"], "no such command nope; known are config, schema, catalog"],
    [["help", "nope", "--help"], "no such command nope; known are config, schema, catalog"],
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
