import {
  chmod,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  readlink,
  realpath,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { run } from "../../src/cli/run.ts";
import { DiscoverError } from "../../src/model/errors.ts";
import type { DiscoveryEvent } from "../../src/model/event.ts";
import type { DiscoverOptions } from "../../src/model/options.ts";
import { discover, fakeIo, finished, found, incomplete, inventory, service } from "./fake-io.ts";

let cwd = "";
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "sonde-scan-"));
});
afterEach(() => rm(cwd, { recursive: true }));

const redis = service("redis", { id: "redis@h:1", product: "Valkey" });
const mysql = service("mysql", { id: "mysql@h:2", category: "database", product: "MySQL" });
const both = (): DiscoveryEvent[] => [found(redis), found(mysql), finished(inventory([redis, mysql]))];

function lines(text: string): { event: string; service?: { type: string } }[] {
  return text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

function throwing(error: Error): () => never {
  return () => {
    throw error;
  };
}

function talking({ onDebug }: DiscoverOptions): DiscoveryEvent[] {
  onDebug?.("inside\n");
  return [finished(inventory())];
}

function warningAndTalking(options: DiscoverOptions): DiscoveryEvent[] {
  return [{ event: "warning", warning: "beware" }, ...talking(options)];
}

async function targetsOf(argv: string[], more: Parameters<typeof discover>[1] = {}) {
  const { options, stderr, code } = await discover(argv, { cwd, ...more });
  return (
    options[0]?.targets?.map((target) => (typeof target === "string" ? target : target.text)) ?? {
      code,
      stderr,
    }
  );
}

const portsOf = async (argv: string[], given: Record<string, string>) =>
  (await discover(argv, { cwd, env: given })).options[0]?.ports;

const load = async (source: string, ...argv: string[]) => {
  const path = join(cwd, `${Math.random().toString(36).slice(2)}.mjs`);
  await writeFile(path, source);
  const { options, stderr } = await discover([`--plugin=${path}`, ...argv], { cwd });
  const strategies = options[0]?.strategies?.map((one) => (typeof one === "string" ? one : one.name));
  return strategies ?? stderr.replace(path, "FILE");
};

const typesShown = async (...argv: string[]) => {
  const { stdout } = await discover(["--output=json", ...argv], { cwd, script: both });
  return JSON.parse(stdout).services.map(({ type }: { type: string }) => type);
};

const colored = async (env: Record<string, string>, terminals: "stdout"[], ...argv: string[]) =>
  (await discover(argv, { cwd, env, terminals, script: both })).stdout.includes("\u001B[");

const codeOf = async (argv: string[], script: () => DiscoveryEvent[]) =>
  (await discover(argv, { cwd, script })).code;

/** Finds a service, is interrupted, and ends as a run does that is told to. */
function interrupted(signals: readonly ("SIGINT" | "SIGTERM")[]) {
  const fake = fakeIo({
    cwd,
    async *script({ signal }) {
      yield found(redis);
      for (const one of signals) fake.interrupt(one);
      expect(signal?.aborted).toBe(true);
      yield finished(incomplete(inventory([redis])));
    },
  });
  return fake;
}

describe("targets", () => {
  const env = { DISCOVERY_NETWORK_RANGES: "10.1.0.0/24,10.2.0.0/24" };

  test("are nobody's where nobody says any: the library's default, and a line how to look further", async () => {
    const { options, stderr } = await discover([], { cwd });
    expect(options[0]).not.toHaveProperty("targets");
    expect(stderr).toMatch(/^This machine only\. .*discover local.*\n$/);
    expect((await discover(["--quiet"], { cwd })).stderr).toBe("");
    expect((await discover(["10.0.0.1"], { cwd })).stderr).toBe("");
    expect((await discover(["--strategy=all"], { cwd })).stderr).toBe("");
  });

  test("come from the environment where none is typed", async () => {
    expect(await targetsOf([], { env })).toEqual(["10.1.0.0/24", "10.2.0.0/24"]);
    expect(await targetsOf(["10.0.0.1"], { env })).toEqual(["10.0.0.1"]);
    expect(await targetsOf(["--range=10.3.0.0/24"], { env })).toEqual(["10.3.0.0/24"]);
  });

  test("add up where they are typed, commas inside octets left alone", async () => {
    await writeFile(join(cwd, "hosts"), "10.0.0.7 # the printer\n\n10.0.0.8,10.0.0.9\n");
    const argv = ["192.168.1,3.*", "a.example,b.example", "--range=10.5.0.0/24", "--targets-file=hosts"];
    expect(await targetsOf(argv, { env })).toEqual([
      "192.168.1,3.*",
      "a.example",
      "b.example",
      "10.5.0.0/24",
      "10.0.0.7",
      "10.0.0.8",
      "10.0.0.9",
    ]);
  });

  test("say where they were written", async () => {
    await writeFile(join(cwd, "hosts"), "\n10.0.0.7\n");
    const { options } = await discover(["-", "x", "--targets-file=hosts"], { cwd, stdin: "y" });
    expect(options[0]?.targets).toEqual([
      { text: "x", where: "argument 2" },
      { text: "y", where: "standard input line 1" },
      { text: "10.0.0.7", where: "hosts line 2" },
    ]);
  });

  test("come from standard input, once, whichever way it is named", async () => {
    expect(await targetsOf(["-", "--targets-file=-"], { stdin: "10.0.0.1\n" })).toEqual(["10.0.0.1"]);
  });

  test("that come to nothing are an error, not a scan of this machine", async () => {
    const stderr = "discover: no target in standard input: nothing was scanned\n";
    expect(await targetsOf(["-"], { stdin: "# none\n" })).toEqual({ code: 2, stderr });
  });

  test("from a file that is not there are an error", async () => {
    const stderr = "discover: targets file absent: no such file\n";
    expect(await targetsOf(["--targets-file=absent"])).toEqual({ code: 2, stderr });
  });
});

describe("options", () => {
  test("are those of the library", async () => {
    const argv =
      "--exclude=10.0.0.1 --timeout=1 --http-timeout=2 --deadline=3 --concurrency=4 --rate=5 --per-host=6 " +
      "--domain=corp.test. --service=_http._tcp --dns-server=10.0.0.2,::1 --interface=eth0 --http-header=X-A:1 " +
      "--threads=3 --checkpoint=run.journal --sparse --no-direct";
    const { options } = await discover([...argv.split(" "), "--no-identify", "--strategy=all"], { cwd });
    expect(options).toEqual([
      {
        exclude: [{ text: "10.0.0.1", where: "--exclude" }],
        ports: "common",
        timeoutMs: 1000,
        httpTimeoutMs: 2000,
        deadlineMs: 3000,
        concurrency: 4,
        rate: 5,
        perHost: 6,
        sparse: true,
        direct: false,
        threads: 3,
        checkpoint: "run.journal",
        identify: false,
        domains: ["corp.test"],
        services: ["_http._tcp"],
        dnsServers: ["10.0.0.2", "::1"],
        interfaces: ["eth0"],
        httpHeaders: { "x-a": "1" },
        strategies: ["tcp", "http", "dns", "mdns"],
        signal: expect.any(AbortSignal),
        allowLarge: expect.any(Function),
        onDebug: expect.any(Function),
      },
    ]);
  });

  test("add HTTP ports to the others, unless those were set more strongly", async () => {
    const env = { DISCOVERY_HTTP_PORTS: "8080", DISCOVERY_TCP_PORTS: "22" };
    expect(await portsOf([], env)).toBe("22,8080");
    expect(await portsOf([], { DISCOVERY_HTTP_PORTS: "8080" })).toBe("common,8080");
    expect(await portsOf(["--ports=5"], env)).toBe("5");
    expect(await portsOf(["--ports=5", "--http-ports=6"], env)).toBe("5,6");
  });

  test("sweep HTTP ports alone where HTTP alone is looked for", async () => {
    const env = { DISCOVERY_HTTP_PORTS: "8080", DISCOVERY_TCP_PORTS: "22" };
    expect(await portsOf(["--strategy=http"], env)).toBe("8080");
    expect(await portsOf(["--strategy=http,mdns", "--http-ports=6"], env)).toBe("6");
    expect(await portsOf(["--strategy=http", "--ports=5"], env)).toBe("5");
    expect(await portsOf(["--strategy=tcp,http"], env)).toBe("22,8080");
  });

  test.each([
    ["--domain=a..b", "a..b (--domain): a label of the name is empty"],
    ["--domain=http://x", "http://x (--domain): not a domain name"],
    ["--service=..", ".. (--service): a label of the name is empty"],
    ["--service=.web", ".web (--service): a label of the name is empty"],
    ["--service=a\\.b..c", "a\\.b..c (--service): a label of the name is empty"],
    ["--service=a\u0007", "a\\u{7} (--service): no name has control characters"],
    ["--service=a\\007b", "a\\007b (--service): no name has control characters"],
    [
      "--service=a\\25",
      "a\\25 (--service): a backslash stands before a character, or before the three digits of a byte",
    ],
    [
      "--service=a\\999",
      "a\\999 (--service): a backslash stands before a character, or before the three digits of a byte",
    ],
    [`--domain=${"x".repeat(64)}.test`, "longer than a domain name may be"],
    ["--dns-server=ns.test", "ns.test (--dns-server): not an IP address, or address:port"],
    ["--dns-server=10.0.0.2:0", "10.0.0.2:0 (--dns-server): the port must be 1 to 65535"],
    ["--http-header=nonsense", "a header (--http-header): must be 'Name: value'"],
    [
      "--http-header=Content-Length: 5",
      "Content-Length (--http-header): this header belongs to the request itself",
    ],
    ["--http-header=B@d: secret", "a header (--http-header): its name holds what no header's name may"],
    ["--http-header=X-A: se\u0007cret", "X-A (--http-header): its value holds what no header may"],
  ])("that the network could not have are refused: %s", async (flag, message) => {
    const { code, stderr, options } = await discover([flag], { cwd });
    expect({ code, options }).toEqual({ code: 2, options: [] });
    expect(stderr).toContain(message);
    expect(stderr).not.toContain("cret");
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  });

  test("never show what a header holds", async () => {
    const { stdout } = await discover(
      ["config", "--output=json", "--http-header=Authorization: Bearer hush"],
      { cwd },
    );
    expect(stdout).toContain("Authorization: (hidden)");
    expect(stdout).not.toContain("hush");
  });
});

describe("plug-ins", () => {
  const good = "export default { name: 'mine', summary: 'x', async *observe() {} }";

  test("run beside the named strategies, or alone where they alone are named", async () => {
    expect(await load(good)).toEqual(["tcp", "http", "mine"]);
    expect(await load(good, "--strategy=mine")).toEqual(["mine"]);
    expect(await load(good, "--strategy=tcp,mine")).toEqual(["tcp", "mine"]);
  });

  test.each([
    ["export const x = 1", "its default export is not a strategy object"],
    ["export default { summary: 'x', observe() {} }", "its strategy has no name"],
    [
      "export default { name: 'Mine', summary: 'x', observe() {} }",
      "its strategy's name 'Mine' is not in kebab-case",
    ],
    ["export default { name: 'mine', observe() {} }", "its strategy has no summary"],
    ["export default { name: 'mine', summary: 'x' }", "its strategy has no observe function"],
    ["export default { name: 'tcp', summary: 'x', observe() {} }", "there is a strategy 'tcp' already"],
    ["throw new Error('no\\nway')", "cannot be loaded: no"],
  ])("that are none are named with what is wrong: %s", async (source, fault) => {
    expect(await load(source)).toBe(`discover: plug-in FILE: ${fault}\n`);
  });
});

describe("results", () => {
  test("of a stream come as they are found, and of a document at the end", async () => {
    const seen: string[] = [];
    const script = (fake: () => string) =>
      function* (): Generator<DiscoveryEvent> {
        yield found(redis);
        seen.push(fake());
        yield finished(inventory([redis]));
      };
    for (const format of ["ndjson", "json"]) {
      const fake = fakeIo({ cwd, script: script(() => fake.outcome(0).stdout) });
      await run([`--output=${format}`], fake.io);
    }
    expect(seen).toEqual([expect.stringContaining('"redis"'), ""]);
  });

  test("show only what --type and --category ask for; coverage is the whole run's", async () => {
    expect(await typesShown()).toEqual(["redis", "mysql"]);
    expect(await typesShown("--type=Redis")).toEqual(["redis"]);
    expect(await typesShown("--type=valkey")).toEqual(["redis"]);
    expect(await typesShown("--type=keydb")).toEqual([]);
    expect(await typesShown("--category=database")).toEqual(["mysql"]);
    expect(await typesShown("--category=database", "--type=redis")).toEqual([]);
  });

  test("that take the place of shown ones are shown, whatever the filter", async () => {
    const unknown = service("unknown", { id: "unknown@h:1" });
    const script = () => [found(unknown), found(redis, ["unknown@h:1"]), found(mysql), finished(inventory())];
    const { stdout } = await discover(["--output=ndjson", "--type=unknown"], { cwd, script });
    expect(lines(stdout).map((line) => line.service?.type ?? line.event)).toEqual([
      "unknown",
      "redis",
      "finished",
    ]);
  });

  test("are coloured where a terminal shows them and nobody minds", async () => {
    expect(await colored({}, ["stdout"])).toBe(true);
    expect(await colored({}, [])).toBe(false);
    expect(await colored({ NO_COLOR: "1" }, ["stdout"])).toBe(false);
    expect(await colored({ NO_COLOR: "" }, ["stdout"])).toBe(true);
    expect(await colored({ NO_COLOR: "1", FORCE_COLOR: "1" }, ["stdout"])).toBe(false);
    expect(await colored({ FORCE_COLOR: "1" }, [])).toBe(true);
    expect(await colored({ FORCE_COLOR: "0" }, ["stdout"])).toBe(false);
    expect(await colored({ TERM: "dumb" }, ["stdout"])).toBe(false);
    expect(await colored({ NO_COLOR: "1" }, [], "--color")).toBe(true);
    expect(await colored({}, ["stdout"], "--no-color")).toBe(false);
  });
});

describe("exit status", () => {
  test("is 0 where all was looked at, 3 where not", async () => {
    expect(await codeOf([], both)).toBe(0);
    expect(await codeOf([], () => [finished(incomplete(inventory()))])).toBe(3);
  });

  test("is 1 where an expectation is not met, with one line that names it, whatever the filter shows", async () => {
    expect(await codeOf(["--expect=redis,Valkey", "--type=ssh"], both)).toBe(0);
    const missing = await discover(["--quiet", "--expect=redis,ssh,http"], { cwd, script: both });
    expect(missing).toMatchObject({ code: 1, stderr: "discover: expected and not found: ssh, http\n" });
    const partial = await discover(["--quiet", "--expect=ssh"], {
      cwd,
      script: () => [finished(incomplete(inventory()))],
    });
    expect(partial).toMatchObject({
      code: 1,
      stderr: "discover: expected and not found: ssh (not everything was looked at)\n",
    });
    expect(await codeOf(["--expect=redis"], () => [finished(incomplete(inventory([redis])))])).toBe(3);
  });

  test("is 2 for an error of the library that the user can mend", async () => {
    const script = throwing(new DiscoverError("bad-target", "x (argument 1): no"));
    expect(await discover(["x"], { cwd, script })).toMatchObject({
      code: 2,
      stderr: "discover: x (argument 1): no\n",
    });
  });

  test("is 3 where this machine ran out of descriptors", async () => {
    const script = throwing(Object.assign(new Error("EMFILE: too many open files"), { code: "EMFILE" }));
    expect(await discover([], { cwd, script })).toMatchObject({
      code: 3,
      stdout: "",
      stderr: "discover: too many open files: raise the limit (ulimit -n)\n",
    });
  });

  test("is 70 for a fault of our own, and only --debug shows where", async () => {
    const script = throwing(new Error("oops\u001B[2J\nmore"));
    const plain = await discover([], { cwd, script });
    expect(plain).toMatchObject({ code: 70, stdout: "" });
    expect(plain.stderr).toMatch(
      /^discover: internal error: oops\\(x1b|u\{1b\})\[2J; --debug shows where\n$/,
    );
    expect((await discover(["--debug"], { cwd, script })).stderr).toContain("    at ");
  });

  test("is 70 where the run ends without its last event", async () => {
    expect(await codeOf([], () => [])).toBe(70);
  });
});

describe("standard error", () => {
  test("has each warning once, escaped, and none with --quiet", async () => {
    const warning: DiscoveryEvent = { event: "warning", warning: "a\u001B[2Jb" };
    const script = () => [warning, warning, finished(inventory())];
    expect((await discover(["x"], { cwd, script })).stderr).toBe("warning: a\\x1b[2Jb\n");
    expect((await discover(["x", "--quiet"], { cwd, script })).stderr).toBe("");
  });

  test("has no warning that the table shows on the same screen", async () => {
    const whole = inventory([], { warnings: ["beware"] });
    const script = (): DiscoveryEvent[] => [{ event: "warning", warning: "beware" }, finished(whole)];
    const outcome = await discover(["x"], { cwd, script, terminals: ["stdout", "stderr"] });
    expect(outcome.stderr).toBe("");
    expect(outcome.stdout).toContain("beware");
  });

  test("has what happens inside with --debug alone", async () => {
    expect((await discover(["x", "--debug"], { cwd, script: talking })).stderr).toBe("debug: inside\\n\n");
    expect((await discover(["x"], { cwd, script: talking })).stderr).toBe("");
  });

  test("has that alone with --quiet besides", async () => {
    const { stderr } = await discover(["--debug", "--quiet"], { cwd, script: warningAndTalking });
    expect(stderr).toBe("debug: inside\\n\n");
  });

  test("has a hint where a mistyped command was taken for a host", async () => {
    const whole = inventory([], { warnings: ["confg: no such host"] });
    const script = () => [finished(whole)];
    expect((await discover(["confg"], { cwd, script })).stderr).toContain("did you mean 'discover config'?");
    expect((await discover(["confg", "x"], { cwd, script })).stderr).toBe("");
    expect((await discover(["confg"], { cwd })).stderr).toBe("");
  });
});

describe("a large range", () => {
  const size = { addresses: 16_777_216, probes: 33_554_432, fastestMs: 60_000, slowestMs: 7_200_000 };
  async function* script({ allowLarge }: DiscoverOptions): AsyncGenerator<DiscoveryEvent> {
    if (typeof allowLarge !== "function" || !(await allowLarge(size))) throw new Error("not allowed");
    yield finished(inventory());
  }
  const large =
    "a large range: 16,777,216 addresses, 33,554,432 probes: from 1 min 0 s if all answer to 2 h 0 min";

  test("is said how big it is, and goes on with --yes", async () => {
    const { code, stderr } = await discover(["10.0.0.0/8", "--yes"], { cwd, script });
    expect({ code, stderr }).toEqual({ code: 0, stderr: `${large} if none does\n` });
    expect((await discover(["10.0.0.0/8", "--yes", "--quiet"], { cwd, script })).stderr).toBe("");
  });

  test("is refused without a terminal, with what to add", async () => {
    for (const terminals of [[], ["stdin"], ["stderr"]] as const) {
      const { code, stderr } = await discover(["10.0.0.0/8"], { cwd, script, terminals });
      expect({ code, stderr }).toEqual({
        code: 2,
        stderr: `discover: ${large} if none does; add --yes to scan it\n`,
      });
    }
  });

  test.each([
    ["y\n", 0],
    ["YES\n", 0],
    ["n\n", 2],
    ["\n", 2],
    ["", 2],
    ["yesterday\n", 2],
  ])("asks on a terminal, and takes %j for an answer", async (stdin, code) => {
    const outcome = await discover(["10.0.0.0/8"], { cwd, script, stdin, terminals: ["stdin", "stderr"] });
    expect(outcome.code).toBe(code);
    expect(outcome.stderr).toContain(`${large} if none does\nScan 16,777,216 addresses? [y/N] `);
  });
});

describe("an interrupt", () => {
  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("by %s ends with a whole document, saved too, and %d", async (signal, code) => {
    const fake = interrupted([signal]);
    const outcome = fake.outcome(await run(["--output=json", "--save=a.json"], fake.io));
    const document = JSON.parse(outcome.stdout);
    expect(outcome).toMatchObject({ code, left: [] });
    expect(outcome.stderr).toMatch(/^interrupted: /);
    expect(document).toMatchObject({ coverage: { complete: false }, services: [{ type: "redis" }] });
    expect(JSON.parse(await readFile(join(cwd, "a.json"), "utf8"))).toEqual(document);
  });

  test("that comes twice leaves at once", async () => {
    const fake = interrupted(["SIGINT", "SIGINT"]);
    expect(fake.outcome(await run([], fake.io)).left).toEqual([130]);
  });

  test("is listened for no longer than the run lasts", async () => {
    const fake = interrupted(["SIGINT"]);
    await run([], fake.io);
    expect(fake.listening()).toBe(0);
  });

  test("while targets are read from standard input ends the run before it begins", async () => {
    const stdin = {
      async *[Symbol.asyncIterator]() {
        fake.interrupt("SIGINT");
        yield* [];
      },
    };
    const fake = fakeIo({ cwd, stdin });
    expect(fake.outcome(await run(["-"], fake.io))).toMatchObject({ code: 130, stdout: "", options: [] });
  });
});

describe("a reader that leaves", () => {
  test("ends the run quietly", async () => {
    const fake = fakeIo({
      cwd,
      async *script({ signal }) {
        yield found(redis);
        fake.closeStdout("EPIPE");
        expect(signal?.aborted).toBe(true);
        yield finished(incomplete(inventory([redis])));
      },
    });
    const outcome = fake.outcome(await run(["--output=ndjson", "x"], fake.io));
    expect(outcome).toMatchObject({ code: 0, stderr: "" });
  });

  test("is not the same as a disk that is full", async () => {
    const fake = fakeIo({ cwd });
    fake.closeStdout("ENOSPC");
    const stderr = "discover: cannot write to standard output: no space left on the device\n";
    expect(fake.outcome(await run(["x"], fake.io))).toMatchObject({ code: 2, stderr });
  });
});

describe("--save", () => {
  test("writes each file in the format of its extension, beside what --output prints", async () => {
    const argv = ["--output=csv", "--save=a.json", "--save=b.ndjson", "--save=c.yaml"];
    const { stdout } = await discover(argv, { cwd, script: both });
    expect(stdout).toContain("mysql@h:2");
    expect(JSON.parse(await readFile(join(cwd, "a.json"), "utf8")).services).toHaveLength(2);
    expect(lines(await readFile(join(cwd, "b.ndjson"), "utf8")).map(({ event }) => event)).toEqual([
      "service",
      "service",
      "finished",
    ]);
    expect(await readFile(join(cwd, "c.yaml"), "utf8")).toMatch(/^schemaVersion: 1\n/);
    expect((await readdir(cwd)).toSorted()).toEqual(["a.json", "b.ndjson", "c.yaml"]);
  });

  test("replaces a file whole, keeps its permissions, and follows a link to it", async () => {
    await writeFile(join(cwd, "a.json"), "old");
    await chmod(join(cwd, "a.json"), 0o600);
    await symlink("a.json", join(cwd, "link.json"));
    await discover(["--save=link.json"], { cwd, script: both });
    expect(JSON.parse(await readFile(join(cwd, "a.json"), "utf8")).services).toHaveLength(2);
    expect((await stat(join(cwd, "a.json"))).mode & 0o777).toBe(0o600);
    expect((await readdir(cwd)).toSorted()).toEqual(["a.json", "link.json"]);
  });

  test("makes the file that a link points to, however many links there are, and leaves these", async () => {
    await mkdir(join(cwd, "deep", "er"), { recursive: true });
    await symlink("deep/er", join(cwd, "short"));
    await symlink("short/../first.json", join(cwd, "link.json"));
    await symlink(join(cwd, "second.json"), join(cwd, "deep", "first.json"));
    const { code } = await discover(["--save=link.json"], { cwd, script: both });
    expect(code).toBe(0);
    expect(JSON.parse(await readFile(join(cwd, "second.json"), "utf8")).services).toHaveLength(2);
    expect(await readlink(join(cwd, "link.json"))).toBe("short/../first.json");
    expect(await readlink(join(cwd, "deep", "first.json"))).toBe(join(cwd, "second.json"));
    expect((await readdir(cwd)).toSorted()).toEqual(["deep", "link.json", "second.json", "short"]);
  });

  test("by a link that leads nowhere is refused", async () => {
    await symlink("no/where/a.json", join(cwd, "link.json"));
    await symlink("b.json", join(cwd, "a.json"));
    await symlink("a.json", join(cwd, "b.json"));
    const folder = join(await realpath(cwd), "no", "where");
    expect(await discover(["--save=link.json"], { cwd })).toMatchObject({
      code: 2,
      options: [],
      stderr: `discover: cannot save to link.json: there is no directory ${folder}\n`,
    });
    expect(await discover(["--save=a.json"], { cwd })).toMatchObject({
      code: 2,
      options: [],
      stderr: "discover: cannot save to a.json: links in a circle, or too many\n",
    });
  });

  test.each([
    ["no/where/a.json", "cannot save to no/where/a.json"],
    ["file/a.json", "is not a directory"],
    ["folder.json", "there is something that is not a file"],
    ["a.doc", "no format for '.doc'"],
    ["a", "no extension"],
  ])("that cannot be is an error before the run: %s", async (path, message) => {
    await writeFile(join(cwd, "file"), "");
    await mkdir(join(cwd, "folder.json"));
    const { code, stderr, options } = await discover([`--save=${path}`], { cwd });
    expect({ code, options }).toEqual({ code: 2, options: [] });
    expect(stderr).toContain(message);
    expect(stderr.split("\n")).toHaveLength(2);
  });

  test("that fails at the end leaves the old file and nothing else, and the result is printed still", async () => {
    await writeFile(join(cwd, "a.json"), "old");
    await writeFile(join(cwd, "b.json"), "old");
    const script = async function* (): AsyncGenerator<DiscoveryEvent> {
      // What had the name is not a file any more when its turn comes.
      await rm(join(cwd, "b.json"));
      await mkdir(join(cwd, "b.json"));
      yield* both();
    };
    const outcome = await discover(["--output=json", "--save=b.json", "--save=c.json"], { cwd, script });
    expect(outcome).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/cannot save to b\.json: is a directory/),
    });
    expect(JSON.parse(outcome.stdout).services).toHaveLength(2);
    expect(await readFile(join(cwd, "a.json"), "utf8")).toBe("old");
    expect((await readdir(cwd)).toSorted()).toEqual(["a.json", "b.json", "c.json"]);
  });

  test("writes nothing where the run fails", async () => {
    await discover(["--save=a.json"], { cwd, script: () => [found(redis)] });
    expect(await readdir(cwd)).toEqual([]);
  });
});
