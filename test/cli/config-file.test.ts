import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { parseConfigFile } from "../../src/cli/settings/config-file.ts";
import { discover } from "./fake-io.ts";

let cwd = "";
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "sonde-config-"));
});
afterEach(() => rm(cwd, { recursive: true }));

async function refusal(name: string, text: string): Promise<string> {
  await writeFile(join(cwd, name), text);
  const { code, stdout, stderr, options } = await discover([], { cwd });
  expect({ code, stdout, options }).toEqual({ code: 2, stdout: "", options: [] });
  return stderr;
}

describe("a config file", () => {
  test("is found in the working directory and sets the run", async () => {
    await writeFile(
      join(cwd, "sonde.config.yaml"),
      "ports: [22, 8000-8100]\ntimeout: 0.5\nidentify: false\n",
    );
    const { options } = await discover([], { cwd });
    expect(options).toEqual([
      expect.objectContaining({ ports: "22,8000-8100", timeoutMs: 500, identify: false }),
    ]);
  });

  test.each(["sonde.config.yml", "sonde.config.json"])("may be called %s", async (name) => {
    await writeFile(join(cwd, name), '{\n\t"ports": "22,23",\n\t"range": ["10.0.0.1"]\n}');
    const { options } = await discover([], { cwd });
    const where = `${name} line 3, range`;
    expect(options).toEqual([
      expect.objectContaining({ ports: "22,23", targets: [{ text: "10.0.0.1", where }] }),
    ]);
  });

  test("may be empty, or hold comments and unset settings alone", async () => {
    expect((await parseConfigFile("", "x")).entries.size).toBe(0);
    expect((await parseConfigFile("# nothing\n---\n", "x")).entries.size).toBe(0);
    expect((await parseConfigFile("rate:\nports: null\n", "x")).entries.size).toBe(0);
  });

  test("keeps the words of a list as they were written, also those that YAML takes for numbers", async () => {
    const text = "range: [10.10, &a 1.0, *a]\ntargetsFile: 007\nsave:\n  - 1e3\n  - 0x10\ntype: 022\n";
    const { entries } = await parseConfigFile(text, "x");
    expect([...entries].map(([key, { texts }]) => [key, texts])).toEqual([
      ["range", ["10.10", "1.0", "1.0"]],
      ["targetsFile", ["007"]],
      ["save", ["1e3", "0x10"]],
      ["type", ["022"]],
    ]);
  });

  test("has numbers, where a setting is one, as YAML 1.2 has them", async () => {
    const { entries } = await parseConfigFile("rate: 022\nperHost: 0x10\nconcurrency: 1e3\n", "x");
    expect([...entries.values()].map(({ texts }) => texts)).toEqual([["22"], ["16"], ["1000"]]);
  });

  test("that --config names takes the place of the one that is there", async () => {
    await writeFile(join(cwd, "sonde.config.yaml"), "ports: [\n");
    await writeFile(join(cwd, "mine.conf"), "ports: '22'\n");
    const { options } = await discover(["--config", "mine.conf"], { cwd });
    expect(options).toEqual([expect.objectContaining({ ports: "22" })]);
  });

  test("that is named and not there ends the run before it begins", async () => {
    const { code, stderr } = await discover(["--config=absent.yaml"], { cwd });
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: "discover: config file absent.yaml: no such file\n",
    });
  });

  test("must be the only one", async () => {
    await writeFile(join(cwd, "sonde.config.json"), "{}");
    expect(await refusal("sonde.config.yaml", "")).toBe(
      "discover: sonde.config.yaml and sonde.config.json: two config files; keep one, or say which with --config\n",
    );
  });
});

describe("a mistake in a config file is named with its place", () => {
  test.each([
    [
      "ports: 22\ntimeuot: 2\n",
      "timeuot (sonde.config.yaml line 2): no such setting — did you mean 'timeout'?",
    ],
    [
      "http-timeout: 2\n",
      "http-timeout (sonde.config.yaml line 1): no such setting — did you mean 'httpTimeout'?",
    ],
    ["config: x\n", "config (sonde.config.yaml line 1): no such setting"],
    ["\nidentify: 'no'\n", "identify (sonde.config.yaml line 2): must be true or false, not text"],
    ["rate: fast\n", "rate (sonde.config.yaml line 1): must be a number, not text"],
    ["rate: 1.5\n", "1.5 (sonde.config.yaml line 1, rate): not a whole number"],
    [
      "timeout: true\n",
      "timeout (sonde.config.yaml line 1): must be seconds or text such as 500ms, not a boolean",
    ],
    [
      "ports:\n  a: 1\n",
      "ports (sonde.config.yaml line 1): must be a list or text with commas, not a mapping",
    ],
    [
      "range: []\n",
      "range (sonde.config.yaml line 1): must be a list or text with commas, not an empty list",
    ],
    ["output: [json]\n", "output (sonde.config.yaml line 1): must be text, not a list"],
    ["timeout: 5x\n", "5x (sonde.config.yaml line 1, timeout): no such unit; known are ms, s, m, h"],
    ["- ports\n", "sonde.config.yaml line 1, column 1: not a mapping of settings to values"],
  ])("%j", async (text, message) => {
    expect(await refusal("sonde.config.yaml", text)).toBe(`discover: ${message}\n`);
  });

  test.each([
    [
      "sonde.config.yaml",
      "rate: 1\nports: [22\ntimeout: 2\n",
      /^discover: sonde\.config\.yaml line 3, column 1: /,
    ],
    ["sonde.config.yaml", "rate: 1\nrate: 2\n", /^discover: sonde\.config\.yaml line 2, column 1: .*unique/],
    [
      "sonde.config.json",
      '{\n  "rate": 1,\n  "ports": ]\n}',
      /^discover: sonde\.config\.json line 3, column \d+: /,
    ],
  ])("%s that cannot be read: %j", async (name, text, message) => {
    expect(await refusal(name, text)).toMatch(message);
  });

  test("such as a name that would move the cursor, harmlessly", async () => {
    expect(await refusal("sonde.config.yaml", '"\\e[2J": 1\n')).toMatch(/^discover: \\(x1b|u\{1b\})\[2J /);
  });
});

test("a config file that is a directory says so", async () => {
  expect((await discover(["--config=."], { cwd })).stderr).toBe("discover: config file .: is a directory\n");
});
