import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { ended, start } from "./built.ts";

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
  await writeFile(
    join(cwd, "many.mjs"),
    strategy("many", "for (let port = 1; port <= 3000; port++) yield open(port);"),
  );
  await writeFile(join(cwd, "endless.mjs"), strategy("endless", ENDLESS));
});
afterAll(() => rm(cwd, { recursive: true }));

const ONE = "yield open(7);";
const UNTIL_ABORT = 'await new Promise((done) => signal.addEventListener("abort", done));';
const FOR_EVER = "await new Promise((done) => setTimeout(done, 2 ** 30));";
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
    expect(loaded.some((url) => url.endsWith("/cli/run.js"))).toBe(true);
    expect(
      loaded.filter((url) => /node_modules|\/src\/(?:output|net|scan|catalog|inventory)\//.test(url)),
    ).toEqual([]);
    expect(loaded.length).toBeLessThan(30);
  });
});
