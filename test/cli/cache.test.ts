import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import type { Observation } from "../../src/model/observation.ts";
import { type FakeOptions, type Outcome, discover, finished, inventory, service } from "./fake-io.ts";

const ENDPOINT = { address: "127.0.0.1", port: 6379, transport: "tcp" } as const;
const CLAIM = { type: "redis", version: "7.2", confidence: 0.95, summary: "answered PONG" };

let home = "";
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "sonde-home-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function fileOf(): string {
  return join(home, ".cache", "sonde", "inventory.jsonl");
}

function met(more: Partial<Observation> = {}): Observation {
  return { strategy: "tcp", at: Date.now(), endpoint: ENDPOINT, outcome: "open", claim: CLAIM, ...more };
}

function cli(argv: readonly string[], given: FakeOptions = {}): Promise<Outcome> {
  return discover(argv, { home, ...given });
}

/** A scan that observes that, and finds what the fake inventory has. */
function scan(observed: readonly Observation[], argv: readonly string[] = [], given: FakeOptions = {}) {
  return cli(argv, {
    ...given,
    script: ({ onObservation }) => {
      for (const one of observed) onObservation?.(one);
      return [finished(inventory([service("redis")]))];
    },
  });
}

async function answerTo(...argv: string[]) {
  const { stdout, code, options } = await cli(["--cached", "--output=json", ...argv]);
  expect(options).toEqual([]);
  const { services, coverage, scan: facts } = JSON.parse(stdout);
  return { services, coverage, scan: facts, code };
}

describe("a scan", () => {
  test("keeps what it finds, once its document is printed, and says nothing of it", async () => {
    const { stdout, stderr, code } = await scan([met()], ["--output=json"]);
    expect({ stderr, code, services: JSON.parse(stdout).services }).toMatchObject({
      code: 0,
      stderr: expect.not.stringMatching(/cache/),
    });
    expect(readFileSync(fileOf(), "utf8").split("\n")).toHaveLength(3);
  });

  test.each([["--no-cache"], ["--no-identify"]])(
    "keeps nothing with %s, nor does it read what is kept",
    async (flag) => {
      await scan([met()]);
      const before = readFileSync(fileOf(), "utf8");
      const { options } = await scan([met({ at: Date.now() + 1_000 })], [flag]);
      expect(options[0]).not.toHaveProperty("known");
      expect(options[0]).not.toHaveProperty("onObservation");
      expect(readFileSync(fileOf(), "utf8")).toBe(before);
    },
  );

  test("keeps it in XDG_CACHE_HOME where that is set, and nowhere where there is no home", async () => {
    const folder = join(home, "elsewhere");
    await scan([met()], [], { env: { XDG_CACHE_HOME: folder } });
    expect(existsSync(join(folder, "sonde", "inventory.jsonl"))).toBe(true);
    expect(existsSync(fileOf())).toBe(false);
    const { code, stderr } = await scan([met()], ["--quiet"], { home: "" });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });

  test("is told what was open before", async () => {
    await scan([met(), met({ endpoint: { ...ENDPOINT, port: 6380 }, outcome: "closed" })]);
    const { options } = await scan([]);
    expect(options[0]?.known).toEqual([ENDPOINT]);
  });

  test("finds what it finds where nothing can be kept, and says why in one line", async () => {
    writeFileSync(join(home, ".cache"), "");
    const { stdout, stderr, code } = await scan([met()], ["--output=json"]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).warnings).toEqual([]);
    expect(stderr.match(/^warning: the cache .* is not written: .*$/gm)).toHaveLength(1);
    expect((await scan([met()], ["--output=json", "--quiet"])).stderr).toBe("");
  });

  test("sets a broken file aside, with one warning", async () => {
    await scan([met()]);
    writeFileSync(fileOf(), "{}\n");
    const { stderr, code } = await scan([met()]);
    expect(code).toBe(0);
    expect(stderr.match(/^warning: the cache .* is set aside as .*: it is broken$/gm)).toHaveLength(1);
    expect((await answerTo("--ports=6379", "127.0.0.1")).code).toBe(0);
  });
});

describe("--cached", () => {
  test("says what is known, and is complete where that is all that was asked for", async () => {
    await scan([met()]);
    const { services, coverage, code, scan: facts } = await answerTo("127.0.0.1", "--ports=6379");
    expect(services).toMatchObject([{ id: "redis@127.0.0.1:6379", version: "7.2", status: "unknown" }]);
    expect(services[0]).not.toHaveProperty("stale");
    expect(coverage).toMatchObject({
      addresses: 1,
      probes: 1,
      open: 1,
      closed: 0,
      unprobed: 0,
      complete: true,
    });
    expect(facts).toMatchObject({ cached: true, targets: ["127.0.0.1"], strategies: ["tcp", "http"] });
    expect(code).toBe(0);
  });

  test("does not know what it was never told, and says so by its status", async () => {
    await scan([met(), met({ endpoint: { ...ENDPOINT, port: 6380 }, outcome: "closed" })]);
    const { coverage, code } = await answerTo("127.0.0.1", "--ports=6379-6381");
    expect(coverage).toMatchObject({
      probes: 3,
      open: 1,
      closed: 1,
      filtered: 0,
      unprobed: 1,
      complete: false,
    });
    expect(code).toBe(3);
  });

  test("answers for the targets and ports that are asked for, and the types", async () => {
    await scan([met(), met({ endpoint: { ...ENDPOINT, address: "10.9.9.9" } })]);
    expect((await answerTo("127.0.0.1", "--ports=6380")).services).toEqual([]);
    expect((await answerTo("127.0.0.0/8", "--exclude=127.0.0.1")).services).toEqual([]);
    expect((await answerTo("127.0.0.1", "--type=postgresql")).services).toEqual([]);
    expect((await answerTo("10.0.0.0/8")).services).toMatchObject([{ host: "10.9.9.9" }]);
  });

  test("takes a name for the addresses that were met under it, and asks nobody for others", async () => {
    await scan([met({ endpoint: { ...ENDPOINT, address: "10.9.9.9" }, hostnames: ["db.example"] })]);
    expect((await answerTo("db.example", "--ports=6379")).services).toMatchObject([{ host: "10.9.9.9" }]);
    const { stderr, code } = await cli(["--cached", "no.example"]);
    expect({ stderr, code }).toEqual({
      stderr: expect.stringMatching(/no\.example \(argument 1\): look-up failed: the cache has no such name/),
      code: 2,
    });
  });

  test("shows what is announced to who asks for what is announced", async () => {
    const announcement = { name: "a", domain: "local", target: "a.local", ttlSeconds: 120 };
    const endpoint = { ...ENDPOINT, address: "10.9.9.9", port: 7 };
    await scan([met({ strategy: "mdns", outcome: "announced", endpoint, announcement })]);
    expect((await answerTo()).services).toEqual([]);
    expect((await answerTo("--strategy=mdns")).services).toMatchObject([{ port: 7, status: "unknown" }]);
    expect((await answerTo("--strategy=mdns", "10.8.0.0/16")).services).toEqual([]);
  });

  test("shows what is too old as stale, in every format, and does not count it", async () => {
    await scan([met({ at: Date.now() - 440_000 })]);
    const argv = ["127.0.0.1", "--ports=6379"];
    const { services, coverage, code } = await answerTo(...argv);
    expect(services).toMatchObject([{ type: "redis", stale: true }]);
    expect(coverage).toMatchObject({ open: 0, unprobed: 1, complete: false });
    expect(code).toBe(3);
    const table = await cli(["--cached", ...argv, "--color"]);
    expect(table.stdout).toContain("\u001b[2mstale, seen 7m ago\u001b[0m");
    expect(table.stdout).toContain("0 services, 1 stale · 1 probe: 0 open · from the cache");
    expect(table.stdout).toContain("incomplete: 1 endpoint not known");
    const csv = await cli(["--cached", ...argv, "--output=csv"]);
    expect(csv.stdout).toMatch(/,stale\r\n.*,true\r\n$/);
    const missing = await cli(["--cached", ...argv, "--expect=redis"]);
    expect(missing.code).toBe(1);
  });

  test("believes no more than --max-age allows", async () => {
    await scan([met({ at: Date.now() - 60_000 })]);
    const argv = ["127.0.0.1", "--ports=6379"];
    expect((await answerTo(...argv, "--max-age=2m")).code).toBe(0);
    expect((await answerTo(...argv, "--max-age=59s")).services).toMatchObject([{ stale: true }]);
    const env = { DISCOVERY_CACHED: "1", DISCOVERY_MAX_AGE: "59s" };
    expect((await cli(argv, { env })).code).toBe(3);
  });

  test("knows nothing where nothing was ever kept, makes no file, and reads no stranger's lines", async () => {
    const { stdout, code } = await cli(["--cached", "127.0.0.1", "--ports=1"]);
    expect(stdout).toContain("nothing known of 127.0.0.1 (1 address, 1 endpoint)");
    expect(code).toBe(3);
    expect(existsSync(join(home, ".cache"))).toBe(false);
  });

  test.each([
    [["--cached", "--no-cache"], /^discover: --cached asks the cache, and --no-cache leaves it alone/],
    [["--max-age=5s"], /^discover: --max-age means nothing to a scan — did you mean '--cached --max-age'\?/],
    [["--cached", "--max-age=5x"], /no such unit/],
    [["--cache=maybe"], /neither true nor false/],
    [["--cache-only"], /unknown option/],
  ])("%j is a mistake, and says so in one line", async (argv, line) => {
    const { stderr, stdout, code, options } = await cli(argv);
    expect({ stdout, code, options }).toEqual({ stdout: "", code: 2, options: [] });
    expect(stderr).toMatch(line);
    expect(stderr.trim().split("\n")).toHaveLength(1);
  });

  test("says where it would be where there is no home", async () => {
    const { stderr, code } = await cli(["--cached"], { home: "" });
    expect({ stderr, code }).toEqual({ stderr: expect.stringContaining("XDG_CACHE_HOME"), code: 2 });
  });

  test("leaves alone a variable that is there for other runs", async () => {
    expect((await scan([met()], [], { env: { DISCOVERY_MAX_AGE: "5s" } })).code).toBe(0);
  });
});

describe("discover cache", () => {
  test("shows each endpoint, how long it counts, and where the file is", async () => {
    await scan([
      met({ at: Date.now() - 60_500 }),
      met({ endpoint: { ...ENDPOINT, port: 6380 }, outcome: "closed" }),
      met({ endpoint: { ...ENDPOINT, port: 6381 }, at: Date.now() - 7_200_500 }),
    ]);
    const { stdout, code } = await cli(["cache", "show"]);
    expect(code).toBe(0);
    const rows = stdout.split("\n").map((line) => line.split(/\s{2,}/));
    expect(rows[0]).toEqual(["ENDPOINT", "STATE", "TYPE", "AGE", "LEFT", "NETWORK"]);
    expect(rows).toContainEqual(["127.0.0.1:6379", "open", "redis", "1m", "3m", "this"]);
    expect(rows).toContainEqual(["127.0.0.1:6381", "open", "redis", "2h", "stale", "this"]);
    // Those where nobody is are counted: a scan meets hundreds of them.
    expect(rows.flat()).not.toContain("127.0.0.1:6380");
    expect(stdout).toContain(`2 endpoints and 1 where nobody was, in ${fileOf()}`);
  });

  test("shows the same to programs", async () => {
    await scan([met()]);
    const { file, endpoints } = JSON.parse((await cli(["cache", "show", "--output=json"])).stdout);
    expect(file).toBe(fileOf());
    expect(endpoints).toEqual([
      {
        ...ENDPOINT,
        state: "open",
        types: ["redis"],
        seenAt: expect.stringMatching(/^\d{4}-.*Z$/),
        ageMs: expect.any(Number),
        leftMs: expect.any(Number),
        stale: false,
        network: "this",
      },
    ]);
  });

  test("clears it and says how many there were", async () => {
    await scan([met()]);
    expect(await cli(["cache", "clear"])).toMatchObject({
      stdout: "forgot 1 endpoint\n",
      stderr: "",
      code: 0,
    });
    expect(existsSync(fileOf())).toBe(false);
    expect(await cli(["cache", "clear"])).toMatchObject({ stdout: "nothing was kept\n", code: 0 });
    const json = await cli(["cache", "clear", "--output=json"]);
    expect(JSON.parse(json.stdout)).toEqual({ file: fileOf(), cleared: 0 });
    expect((await cli(["cache", "show"])).stdout).toBe(`0 endpoints in ${fileOf()}\n`);
  });

  test.each([
    [[], "discover: 'discover cache' takes show or clear\n"],
    [["shwo"], "discover: no such thing to do with the cache: shwo — did you mean 'show'?\n"],
    [["list"], "discover: no such thing to do with the cache: list; it takes show or clear\n"],
    [["clear", "all"], "discover: 'discover cache clear' takes no arguments, not all\n"],
    [["show", "--output=csv"], expect.stringContaining("no such format here")],
    [["show", "--type=redis"], "discover: --type means nothing to 'discover cache'\n"],
  ])("%j is a mistake", async (argv, stderr) => {
    expect(await cli(["cache", ...argv])).toMatchObject({ code: 2, stdout: "", stderr });
  });
});
