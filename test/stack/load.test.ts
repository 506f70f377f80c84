import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { originText } from "../../src/cli/settings/setting.ts";
import { SETTINGS } from "../../src/cli/settings/settings.ts";
import { readSettings } from "../../src/cli/settings/sources.ts";
import { loadStack } from "../../src/cli/stack/load.ts";

let cwd = "";
beforeEach(async () => {
  cwd = await realpath(await mkdtemp(join(tmpdir(), "sonde-stack-")));
});
afterEach(() => rm(cwd, { recursive: true }));

const never = new AbortController().signal;
const load = (named?: string) => loadStack(named, cwd, never);

describe("a stack file", () => {
  test.each(["services.yaml", "services.yml", "services.json"])("called %s is found", async (name) => {
    await writeFile(join(cwd, name), '{ "services": { "redis": "auto" } }');
    expect((await load()).stack).toMatchObject({ file: name, folder: cwd, services: [{ name: "redis" }] });
  });

  test("that is named is called so, and has its real folder", async () => {
    await mkdir(join(cwd, "real"));
    await writeFile(join(cwd, "real", "mine.yaml"), "services: { redis: auto }");
    await symlink("real/mine.yaml", join(cwd, "link.yaml"));
    expect((await load("link.yaml")).stack).toMatchObject({ file: "link.yaml", folder: join(cwd, "real") });
  });

  test("that is not there is told with what to write", async () => {
    await expect(load()).rejects.toMatchObject({
      code: "file",
      message:
        "no stack file: name one, or write services.yaml; one says 'services: { redis: auto }', for a start, and 'discover schema stack' has the rest",
    });
    await expect(load("absent.yaml")).rejects.toMatchObject({
      code: "file",
      message: expect.stringMatching(/^stack file absent\.yaml: no such file; one says 'services: /),
    });
    await expect(load(".")).rejects.toMatchObject({ code: "file", message: "stack file .: is a directory" });
  });

  test("must be the only one", async () => {
    await writeFile(join(cwd, "services.yml"), "");
    await writeFile(join(cwd, "services.json"), "");
    await expect(load()).rejects.toMatchObject({
      code: "file",
      message: "services.yml and services.json: two stack files; keep one, or name it",
    });
  });

  test("is called as it was named where it is wrong, too", async () => {
    await writeFile(join(cwd, "a\nb.yaml"), "services: { redsi: auto }");
    await expect(load("a\nb.yaml")).rejects.toMatchObject({
      code: "bad-stack",
      message: expect.stringMatching(/^a\\u\{a\}b\.yaml line 1, column 13: services\.redsi: /),
    });
  });
});

const entry = (texts: string, line: number) => ({ texts: [texts], line });

describe("its settings", () => {
  const text =
    "services: { redis: auto }\ndiscovery:\n  ranges: [10.0.0.1]\n  timeout: 3\n  ports: 1,2\n  rate:\n";
  const file = {
    path: "sonde.config.yaml",
    entries: new Map([
      ["timeout", entry("9", 1)],
      ["range", entry("10.0.0.9", 2)],
      ["rate", entry("99", 3)],
    ]),
  };

  test("go before the config file's, and after flags and environment", async () => {
    await writeFile(join(cwd, "services.yaml"), text);
    const { settings } = await load();
    const flags = new Map([["ports", ["3"]]]);
    const read = readSettings({ flags, env: { DISCOVERY_TCP_TIMEOUT: "7" }, file, stackFile: settings });
    const told = (key: "range" | "timeout" | "ports" | "rate" | "perHost") => {
      const { value, origin } = read<unknown>(SETTINGS[key]);
      return [value, originText(origin)];
    };
    expect(told("range")).toEqual([["10.0.0.1"], "services.yaml line 3, discovery.ranges"]);
    expect(told("timeout")).toEqual([7000, "DISCOVERY_TCP_TIMEOUT"]);
    expect(told("ports")).toEqual(["3", "--ports"]);
    // Null says nothing.
    expect(told("rate")).toEqual([99, "sonde.config.yaml line 3, rate"]);
    expect(told("perHost")[1]).toBe("default");
  });

  test("are refused with their place where their values cannot be", async () => {
    await writeFile(join(cwd, "services.yaml"), text.replace("1,2", "http"));
    const { settings } = await load();
    expect(() => readSettings({ flags: new Map(), env: {}, file: undefined, stackFile: settings })).toThrow(
      /\(services\.yaml line 5, discovery\.ports\)|services\.yaml line 5, discovery\.ports/,
    );
  });
});
