import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { loadConfigFile } from "../../src/cli/settings/config-file.ts";
import type { SettingKey } from "../../src/cli/settings/settings.ts";
import { SETTINGS, SETTING_LIST } from "../../src/cli/settings/settings.ts";
import { durationText, parseDuration } from "../../src/model/duration.ts";
import { discover, finished, found, inventory, service } from "./fake-io.ts";

let directory = "";
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "sonde-cli-"));
  await writeFile(join(directory, "hosts"), "10.9.9.9\n");
  await writeFile(join(directory, "mine.mjs"), strategyModule("mine"));
  await writeFile(join(directory, "other.mjs"), strategyModule("other"));
});
afterAll(() => rm(directory, { recursive: true }));

function strategyModule(name: string): string {
  return `export default { name: "${name}", summary: "A test", async *observe() {} };\n`;
}

interface Sample {
  /** Three texts that differ from each other and from the default, and what each is shown as. */
  readonly texts: readonly [flag: string, environment: string, file: string];
  readonly shown: readonly [flag: unknown, environment: unknown, file: unknown];
  /** The file's value where text would be the wrong type. */
  readonly inFile?: unknown;
}

const lists = (a: string, b: string, c: string): Sample => ({ texts: [a, b, c], shown: [[a], [b], [c]] });
const words = (a: string, b: string, c: string): Sample => ({ texts: [a, b, c], shown: [a, b, c] });
const counts = (a: number, b: number, c: number): Sample => ({
  texts: [String(a), String(b), String(c)],
  shown: [a, b, c],
  inFile: c,
});
const on: Sample = { texts: ["true", "true", "true"], shown: [true, true, true], inFile: true };
const off: Sample = { texts: ["false", "false", "false"], shown: [false, false, false], inFile: false };

/** A setting that has no sample does not compile. */
const SAMPLES: { readonly [K in SettingKey]: Sample } = {
  range: lists("10.0.0.1", "10.0.0.2", "10.0.0.3"),
  targetsFile: { ...lists("hosts", "./hosts", ".//hosts") },
  exclude: lists("10.0.0.1", "10.0.0.2", "10.0.0.3"),
  ports: words("22", "23", "24"),
  httpPorts: words("8080", "8081", "8082"),
  strategy: lists("all", "tcp,tcp", "mine"),
  plugin: lists("mine.mjs", "./mine.mjs", "other.mjs"),
  domain: lists("a.test", "b.test", "c.test"),
  service: lists("_http._tcp", "_ssh._tcp", "web"),
  dnsServer: lists("10.0.0.2", "[::1]:5353", "10.0.0.4:5353"),
  interface: lists("eth0", "eth1", "wlan0"),
  servers: words("a.json", "./b.json", "c.json"),
  httpHeader: {
    texts: ["Authorization: Bearer a", "X-B: b, c", "X-C: d"],
    shown: [["Authorization: (hidden)"], ["X-B: (hidden)"], ["X-C: (hidden)"]],
  },
  timeout: words("500ms", "3s", "4s"),
  httpTimeout: words("1s", "3s", "4s"),
  deadline: words("1m", "3s", "4s"),
  interval: words("1m", "3s", "4s"),
  concurrency: counts(1, 2, 3),
  perHost: counts(1, 2, 3),
  rate: counts(1, 2, 3),
  sparse: on,
  threads: counts(1, 2, 3),
  direct: off,
  checkpoint: words("a.journal", "b.journal", "c.journal"),
  identify: off,
  yes: on,
  cache: off,
  cached: on,
  maxAge: words("1m", "3s", "4s"),
  output: words("json", "csv", "yaml"),
  save: lists("a.json", "b.csv", "c.yaml"),
  type: lists("redis", "postgresql", "ssh"),
  category: lists("database", "cache", "web"),
  expect: lists("redis", "postgresql", "ssh"),
  color: off,
  progress: off,
  quiet: on,
  debug: on,
  test: on,
  config: words("a.yaml", "b.yaml", "c.yaml"),
};

const KEYS = Object.keys(SAMPLES).filter((key): key is SettingKey => key in SETTINGS);

function raise(key: string): never {
  throw new Error(`no setting ${key}`);
}

/** Runs `discover config` with a setting made in some of the three places; resolves to its row. */
async function configured(key: SettingKey, places: { flag?: string; environment?: string; file?: unknown }) {
  const { flag, argument, environment } = SETTINGS[key];
  const typed = argument === undefined ? (places.flag === "false" ? `--no-${flag}` : `--${flag}`) : undefined;
  const argv = places.flag === undefined ? [] : [typed ?? `--${flag}=${places.flag}`];
  const name = environment[0]?.name ?? "";
  const cwd = await mkdtemp(join(directory, "config-"));
  if (places.file !== undefined) {
    await writeFile(join(cwd, "sonde.config.json"), JSON.stringify({ [key]: places.file }));
  }
  for (const path of ["a.yaml", "b.yaml"]) await writeFile(join(cwd, path), "");
  const env = places.environment === undefined ? {} : { [name]: places.environment };
  const { code, stdout, stderr } = await discover(["config", "--output=json", ...argv], { cwd, env });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const { settings }: { settings: { key: string; value: unknown; origin: string }[] } = JSON.parse(stdout);
  return settings.find((row) => row.key === key);
}

describe.each(KEYS.filter((key) => key !== "output"))("%s", (key) => {
  const setting = SETTING_LIST.find(({ flag }) => flag === SETTINGS[key].flag) ?? raise(key);
  const { texts, shown, inFile } = SAMPLES[key];
  const [flag, environment, file] = [texts[0], texts[1], inFile ?? texts[2]];
  const variable = setting.environment[0]?.name;

  test("comes from its flag before all else, and says so", async () => {
    const places = setting.shape === undefined ? { flag, environment } : { flag, environment, file };
    const typed = SAMPLES[key] === off ? `--no-${setting.flag}` : `--${setting.flag}`;
    expect(await configured(key, places)).toEqual({ key, value: shown[0], origin: typed });
  });

  if (variable !== undefined) {
    test("comes from its variable before a file", async () => {
      const places = setting.shape === undefined ? { environment } : { environment, file };
      const value = key === "strategy" ? ["tcp", "tcp"] : shown[1];
      expect(await configured(key, places)).toEqual({ key, value, origin: variable });
    });
  }

  if (setting.shape !== undefined) {
    test("comes from the file before its default", async () => {
      const origin = `sonde.config.json line 1, ${key}`;
      expect(await configured(key, { file })).toEqual({ key, value: shown[2], origin });
    });
  }

  test("is its default where nobody set it, and an empty variable sets nothing", async () => {
    const value = setting.fallback === undefined ? null : setting.show(setting.fallback);
    expect(await configured(key, { environment: "" })).toEqual({ key, value, origin: "default" });
  });
});

test("output comes from flag, variable, file, default, in this order", async () => {
  const cwd = await mkdtemp(join(directory, "output-"));
  const env = { DISCOVERY_OUTPUT: "csv" };
  const first = async (argv: string[], given: Record<string, string>): Promise<string> =>
    (await discover(argv, { cwd, env: given })).stdout.slice(0, 4);
  const [csv, yaml] = ["id,n", "sche"];
  expect(await first([], {})).toBe("noth");
  await writeFile(join(cwd, "sonde.config.yaml"), "output: yaml\n");
  expect(await first([], {})).toBe(yaml);
  expect((await first([], env)).slice(0, 2)).toBe(csv.slice(0, 2));
  expect(await first(["--output=json"], env)).toBe("{\n  ");
});

/** All that a run with this setting lets be seen, from the options of the library to the files it writes. */
async function seen(argv: readonly string[]) {
  const cwd = await mkdtemp(join(directory, "seen-"));
  for (const name of ["hosts", "mine.mjs"]) {
    await writeFile(join(cwd, name), name === "hosts" ? "10.9.9.9\n" : strategyModule("mine"));
  }
  await writeFile(join(cwd, "a.yaml"), "ports: '7'\n");
  let time = 0;
  const size = { addresses: 70_000, probes: 70_000, fastestMs: 1, slowestMs: 2 };
  const { code, stdout, stderr, options } = await discover(argv, {
    cwd,
    terminals: ["stdout", "stderr"],
    now: () => (time += 1000),
    async *script({ allowLarge, onDebug }) {
      onDebug?.("inside");
      if (typeof allowLarge === "function") await allowLarge(size);
      const whole = inventory([service("mysql")], { warnings: ["beware"] });
      yield { event: "warning", warning: "beware" };
      yield { event: "progress", coverage: whole.coverage, elapsedMs: 5, services: 1 };
      yield found(whole.services[0] ?? service("mysql"));
      yield finished(whole);
    },
  });
  const saved = await loadConfigFile(undefined, cwd, new AbortController().signal);
  return JSON.stringify([code, stdout, stderr, options, saved, (await readdir(cwd)).toSorted()]);
}

describe("no setting is one that nothing reads", () => {
  test.each(KEYS)("%s", async (key) => {
    const { flag, argument } = SETTINGS[key];
    const text = SAMPLES[key].texts[0];
    const typed =
      argument === undefined ? (text === "false" ? `--no-${flag}` : `--${flag}`) : `--${flag}=${text}`;
    // `all` is `tcp` as long as there is only one.
    const value = key === "strategy" ? ["--strategy=mine", "--plugin=mine.mjs"] : [typed];
    const base = key === "strategy" ? ["--plugin=mine.mjs"] : [];
    // Without --yes the run is refused; only then the difference that it makes shows.
    const yes = key === "yes" ? [] : ["--yes"];
    expect(await seen([...yes, ...value])).not.toBe(await seen([...yes, ...base]));
  });
});

describe("durations", () => {
  test.each([
    ["500ms", 500],
    ["2s", 2000],
    ["2", 2000],
    ["0.5", 500],
    [".5", 500],
    ["1m", 60_000],
    ["1.5h", 5_400_000],
    [" 2 S ", 2000],
    ["0.0001ms", 1],
  ])("%j is %d ms", (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  test.each([
    ["", "not a duration"],
    ["abc", "not a duration"],
    ["-1", "not a duration"],
    ["1e3", "not a duration"],
    ["1,5s", "not a duration"],
    ["Infinity", "not a duration"],
    ["2sec", "no such unit; known are ms, s, m, h"],
    ["2µs", "no such unit"],
    ["5mss", "did you mean 'ms'?"],
    ["0", "must be more than 0"],
    ["0ms", "must be more than 0"],
    ["25000000", "too long"],
  ])("%j is refused: %s", (text, fault) => {
    expect(parseDuration(text)).toEqual({ fault: expect.stringContaining(fault) });
  });

  test("are shown as text that reads back as the same", () => {
    for (const ms of [1, 999, 1000, 1500, 60_000, 90_000, 3_600_000, 2 ** 31 - 1]) {
      expect(parseDuration(durationText(ms))).toBe(ms);
    }
  });
});

describe("values that cannot be", () => {
  test.each([
    [["--timeout=5x"], "discover: 5x (--timeout): no such unit; known are ms, s, m, h\n"],
    [["--rate", "-5"], "discover: -5 (--rate): not a whole number\n"],
    [["--rate=0"], "discover: 0 (--rate): must be from 1 to 10000000\n"],
    [["--per-host=1e3"], "discover: 1e3 (--per-host): not a whole number\n"],
    [["--concurrency=70000"], "discover: 70000 (--concurrency): must be from 1 to 65535\n"],
    [["--category=databse"], "discover: databse (--category): no such category — did you mean 'database'?\n"],
    [["--type=,"], "discover: nothing (--type): an item of the list is empty\n"],
    [["--type=postgres"], "— did you mean 'postgresql'?\n"],
    [["--expect=rediss"], "discover: rediss (--expect): no such type — did you mean 'redis'?\n"],
    [["--strategy=tpc"], "discover: tpc (--strategy): no such strategy — did you mean 'tcp'?\n"],
    [["--output=jsn"], "did you mean 'json'?\n"],
    [["--ports=70000"], "(--ports): a port is 1 to 65535\n"],
    [["--quiet=maybe"], "discover: maybe (--quiet): neither true nor false\n"],
    [[""], "discover: argument 1 is empty: give a target, or nothing\n"],
  ])("are one line that names what and where, and nothing is scanned: %j", async (argv, line) => {
    const { code, stdout, stderr, options } = await discover(argv);
    expect({ code, stdout, options }).toEqual({ code: 2, stdout: "", options: [] });
    expect(stderr).toContain(line);
    expect(stderr.split("\n")).toHaveLength(2);
  });

  test("are named with the variable they came from", async () => {
    const { code, stderr } = await discover([], { env: { DISCOVERY_TCP_TIMEOUT: "soon" } });
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: "discover: soon (DISCOVERY_TCP_TIMEOUT): not a duration; 500ms, 2s, 1m and plain seconds are\n",
    });
  });
});

test("a variable that is almost one of ours is pointed out; others are none of our business", async () => {
  const env = { DISCOVERY_TCP_PORT: "22", DISCOVERY_CHANNEL: "yes" };
  const { code, stderr } = await discover(["--quiet=no", "10.0.0.1"], { env });
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: "warning: DISCOVERY_TCP_PORT is not a setting — did you mean 'DISCOVERY_TCP_PORTS'?\n",
  });
});

describe("names of services", () => {
  const at = { source: "flag", where: "--service" } as const;

  test.each([
    "web",
    "_http._tcp",
    "Dr\\. Foo._http._tcp",
    "Kürzel 1\\032x._ipp._tcp.local.",
    "\\\\._http._tcp",
  ])("may be %s", (name) => expect(SETTINGS.service.parse([name], at)).toEqual([name]));

  test("are no longer than DNS has room for", () => {
    const label = "x".repeat(63);
    const longest = [label, label, label, "x".repeat(61)].join(".");
    expect(SETTINGS.service.parse([longest], at)).toEqual([longest]);
    expect(SETTINGS.service.parse([`${"\\.".repeat(63)}._tcp`], at)).toHaveLength(1);
    for (const long of [`${longest}x`, `${label}x`, `${"ü".repeat(32)}._tcp`])
      expect(() => SETTINGS.service.parse([long], at)).toThrow("longer than a domain name may be");
  });
});
