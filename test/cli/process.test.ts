import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { ended, start } from "./built.ts";
import { makeFifo, writerTo } from "./fifo.ts";

let cwd = "";
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), "sonde-process-"));
  await writeFile(
    join(cwd, "waits.mjs"),
    strategy("waits", `${ONE} process.stderr.write("ready\\n"); ${UNTIL_ABORT}`),
  );
  await writeFile(
    join(cwd, "stays.mjs"),
    strategy("stays", `${ONE} process.stderr.write("ready\\n"); ${FOR_EVER}`),
  );
  await writeFile(join(cwd, "stuck.mjs"), `${FOR_NOTHING} ${strategy("stuck", ONE)}`);
  await writeFile(join(cwd, "many.mjs"), strategy("many", MANY));
  await writeFile(join(cwd, "endless.mjs"), strategy("endless", ENDLESS));
  await writeFile(join(cwd, "lingers.mjs"), strategy("lingers", `${FOR_EVER_BESIDES} ${MANY}`));
});
afterAll(() => rm(cwd, { recursive: true }));

const MANY = "for (let port = 1; port <= 3000; port++) yield open(port);";
const FOR_EVER_BESIDES = "setInterval(() => {}, 1000);";
const ONE = "yield open(7);";
const UNTIL_ABORT = 'await new Promise((done) => signal.addEventListener("abort", done));';
const FOR_EVER = "await new Promise((done) => setTimeout(done, 2 ** 30));";
const FOR_NOTHING = "await new Promise(() => {});";
const ENDLESS = `for (let port = 1; !signal.aborted; port = port % 65535 + 1) {
  yield open(port);
  await new Promise((done) => setImmediate(done));
}`;

/** A strategy that dials nothing and says that ports of this machine are open. */
function strategy(name: string, body: string): string {
  return `const open = (port) => ({
    strategy: "${name}", at: Date.now(), outcome: "open",
    endpoint: { address: "127.0.0.1", port, transport: "tcp" },
  });
  export default { name: "${name}", summary: "A test", async *observe(scope, { signal }) { ${body} } };\n`;
}

function startWith(name: string, ...argv: string[]): ChildProcessWithoutNullStreams {
  const plugin = [`--strategy=${name}`, `--plugin=${name}.mjs`];
  return start(["127.0.0.1", "--ports=7", "--no-identify", ...plugin, ...argv], { cwd });
}

/** Resolves when the strategy has said what it has to say. */
function ready(child: ChildProcessWithoutNullStreams): Promise<void> {
  return new Promise((resolve) => {
    let text = "";
    child.stderr.on("data", (chunk: Buffer) => {
      text += String(chunk);
      if (text.includes("ready\n")) resolve();
    });
  });
}

describe("a signal", () => {
  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("%s prints and saves what was found, and exits with %d", async (signal, code) => {
    const file = `${signal}.json`;
    const child = startWith("waits", "--output=json", `--save=${file}`);
    const end = ended(child);
    await ready(child);
    child.kill(signal);
    const outcome = await end;
    expect(outcome).toMatchObject({ code, signal: null, stderr: expect.stringContaining("interrupted: ") });
    const document = JSON.parse(outcome.stdout);
    expect(document).toMatchObject({ services: [{ port: 7 }], coverage: { complete: false } });
    expect(JSON.parse(await readFile(join(cwd, file), "utf8"))).toEqual(document);
    expect((await readdir(cwd)).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  test("that comes twice ends it at once, whatever still runs", async () => {
    const child = startWith("stays", "--output=json");
    const end = ended(child);
    await ready(child);
    child.kill("SIGINT");
    await new Promise<void>((resolve) => {
      child.stderr.on("data", (text: string) => text.includes("interrupted: ") && resolve());
    });
    child.kill("SIGINT");
    expect(await end).toMatchObject({ code: 130, signal: null });
  });
});

describe("a pipe", () => {
  test("gets everything, however late it reads and however much it is", async () => {
    const child = startWith("many", "--output=json");
    child.stdout.pause();
    await new Promise((resolve) => child.stdout.once("readable", resolve));
    const { code, stdout } = await ended(child);
    expect(code).toBe(0);
    // More than any pipe holds: 64 KiB on Linux.
    expect(stdout.length).toBeGreaterThan(200_000);
    expect(JSON.parse(stdout).services).toHaveLength(3000);
  });

  test("that is read slowly gets everything, though the process is about to leave for good", async () => {
    const child = startWith("lingers", "--output=json");
    let text = "";
    const end = new Promise((resolve) => child.once("close", resolve));
    for await (const chunk of child.stdout.setEncoding("utf8")) {
      text += String(chunk);
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    expect(await end).toBe(0);
    expect(JSON.parse(text).services).toHaveLength(3000);
  });

  test("that nobody reads any more ends the run without a word", async () => {
    const child = startWith("endless", "--output=ndjson");
    const end = ended(child);
    child.stdout.once("data", () => child.stdout.destroy());
    expect(await end).toMatchObject({ code: 0, signal: null, stderr: "" });
  });

  test.each([["schema"], ["catalog"], ["--help"]])(
    "closed before %s prints is no error either",
    async (word) => {
      const child = start([word], { cwd });
      const end = ended(child);
      child.stdout.destroy();
      expect(await end).toMatchObject({ code: 0, signal: null, stderr: "" });
    },
  );
});

test("a plug-in that never gets loaded ends the process with a fault, and says so", async () => {
  const { code, stdout, stderr } = await ended(startWith("stuck"));
  expect({ code, stdout, stderr }).toEqual({
    code: 70,
    stdout: "",
    stderr: "discover: internal error: the run came to a standstill, and has no result\n",
  });
});

describe("a plug-in's timer that never ends", () => {
  test("does not hold the process once all is printed", async () => {
    const { code, stdout } = await ended(startWith("lingers", "--output=json"));
    expect(code).toBe(0);
    expect(JSON.parse(stdout).services).toHaveLength(3000);
  });
});

/** Whether this Node can give the process away, threads and all: from 22.15 on. */
const CAN_REPLACE_ITSELF = "execve" in process;

const FIFO_READERS = [
  ["--config=FIFO"],
  ["config", "--config=FIFO"],
  ["--targets-file=FIFO", "--quiet"],
] as const;

describe.skipIf(process.platform === "win32")("a FIFO", () => {
  let fifo = "";
  beforeEach(async () => {
    fifo = join(await mkdtemp(join(cwd, "fifo-")), "words");
    makeFifo(fifo);
  });
  const startReading = (argv: readonly string[]) =>
    start(
      argv.map((word) => word.replace("FIFO", fifo)),
      { cwd },
    );
  const startHolding = async (name: string, rest: string) => {
    const hold = `import("node:fs/promises").then(({ readFile }) => readFile(${JSON.stringify(fifo)}));`;
    await writeFile(join(cwd, `${name}.mjs`), strategy(name, `${ONE} ${hold} ${rest}`));
    return startWith(name, "--output=json");
  };

  test.each(
    FIFO_READERS.flatMap((argv) => [["SIGINT", 130, argv] as const, ["SIGTERM", 143, argv] as const]),
  )("whose writer never writes is left on one %s with %d: %j", async (signal, code, argv) => {
    const child = startReading(argv);
    const end = ended(child);
    const close = await writerTo(fifo);
    child.kill(signal);
    expect(await end).toEqual({ code, signal: null, stdout: "", stderr: "" });
    close();
  });

  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("that a plug-in has a thread wait for holds nobody who sends %s", async (name, status) => {
    const child = await startHolding("holds", `process.stderr.write("ready\\n"); ${UNTIL_ABORT}`);
    const end = ended(child);
    await ready(child);
    child.kill(name);
    const { code, signal, stdout } = await end;
    // A shell has the same number for either.
    expect({ code, signal }).toEqual(
      CAN_REPLACE_ITSELF ? { code: status, signal: null } : { code: null, signal: name },
    );
    expect(JSON.parse(stdout)).toMatchObject({ services: [{ port: 7 }], coverage: { complete: false } });
  });

  test.runIf(CAN_REPLACE_ITSELF)(
    "that a plug-in has a thread wait for holds no process that is done",
    async () => {
      const { code, signal, stdout } = await ended(await startHolding("holds-on", ""));
      expect({ code, signal }).toEqual({ code: 0, signal: null });
      expect(JSON.parse(stdout)).toMatchObject({ services: [{ port: 7 }] });
    },
  );

  test("is read to its end", async () => {
    const [child, write] = [
      startReading(["config", "--config=FIFO", "--output=json"]),
      writeFile(fifo, "rate: 7\n"),
    ];
    const { code, stdout } = await ended(child);
    await write;
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining(`${fifo} line 1, rate`) });
  });
});

describe("--help and --version", () => {
  test.each(["--help", "--version"])("%s loads nothing but what it needs", async (word) => {
    const coverage = await mkdtemp(join(cwd, "coverage-"));
    // Node.js then writes down, among other things, which modules it loaded.
    await ended(start([word], { cwd, env: { NODE_V8_COVERAGE: coverage } }));
    const [file = ""] = await readdir(coverage);
    const { result }: { result: { url: string }[] } = JSON.parse(
      await readFile(join(coverage, file), "utf8"),
    );
    const loaded = result.map(({ url }) => url).filter((url) => url.startsWith("file:"));
    const texts = await Promise.all(loaded.map((url) => readFile(new URL(url), "utf8")));
    const packed = texts.flatMap((text) => text.match(/^\/\/ (?:dist|node_modules)\/.*/gm) ?? []);
    expect(packed).toContain("// dist/src/cli/run.js");
    expect(
      packed.filter((one) => /node_modules|\/src\/(?:output|net|scan|catalog|inventory)\//.test(one)),
    ).toEqual([]);
    expect(loaded.length).toBeLessThan(10);
  });
});
