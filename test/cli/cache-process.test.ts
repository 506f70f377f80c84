import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { type Finished, ended, start } from "./built.ts";

const CACHE = fileURLToPath(new URL("../../dist/src/inventory/cache/cache.js", import.meta.url));
const CHECK = fileURLToPath(new URL("../../dist/src/run/check-observation.js", import.meta.url));

let home = "";
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "sonde-home-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function cli(argv: readonly string[], env: Record<string, string> = {}): Promise<Finished> {
  return ended(start(argv, { cwd: home, env: { HOME: home, ...env } }));
}

/** A server that greets as SSH does. */
async function greeting() {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.write("SSH-2.0-OpenSSH_9.2p1\r\n");
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const close = (): Promise<void> => new Promise((resolve) => void server.close(() => resolve()));
  return { port, close };
}

async function knownAt(...ports: number[]) {
  const { stdout, code } = await cli([
    "--cached",
    "127.0.0.1",
    `--ports=${ports.join(",")}`,
    "--output=json",
  ]);
  const { services, coverage } = JSON.parse(stdout);
  return { types: services.map(({ type }: { type: string }) => type), coverage, code };
}

/** Puts so many endpoints one after the other, each written by itself. */
const WRITER = `
  const [cache, check, folder, subnet, count] = process.argv.slice(1);
  const { openCache } = await import(cache);
  const { observationFrom } = await import(check);
  const warn = (line) => { console.error(line); process.exitCode = 1; };
  const options = { folder, catalog: { entries: [], get: () => undefined, ports: [] }, isOwn: () => false,
    networkOf: () => "a1", check: observationFrom, warn };
  const mine = await openCache(options);
  for (let host = 1; host <= Number(count); host++) {
    const endpoint = { address: "10.0." + subnet + "." + host, port: 1, transport: "tcp" };
    mine.put([{ strategy: "tcp", at: Date.now(), endpoint, outcome: "open" }]);
    if (!(await mine.save())) process.exitCode = 1;
  }
  console.log((await openCache(options)).services(Date.now()).services.length);
`;

function writer(folder: string, subnet: number, count: number) {
  const argv = ["--input-type=module", "-e", WRITER, CACHE, CHECK, folder, String(subnet), String(count)];
  return spawn(process.execPath, argv);
}

describe("the command and its cache", () => {
  test("keeps what it found, answers from it, and learns that it is gone", async () => {
    const server = await greeting();
    const scan = ["127.0.0.1", `--ports=${server.port}`, "--output=json"];
    const before = await cli(scan);
    expect({ stderr: before.stderr, code: before.code }).toEqual({ stderr: "", code: 0 });
    expect(await knownAt(server.port)).toMatchObject({ types: ["ssh"], code: 0, coverage: { open: 1 } });
    expect(statSync(join(home, ".cache/sonde/inventory.jsonl")).mode & 0o777).toBe(0o600);

    await server.close();
    expect((await knownAt(server.port)).types).toEqual(["ssh"]); // nothing was sent
    const after = await cli(scan);
    const { coverage, services } = JSON.parse(after.stdout);
    expect({ services, code: after.code }).toEqual({ services: [], code: 0 });
    expect(coverage).toMatchObject({ probes: 1, open: 0, closed: 1, complete: true });
    expect(await knownAt(server.port)).toMatchObject({
      types: [],
      code: 0,
      coverage: { open: 0, closed: 1 },
    });
  });

  test("loses nothing where several run at once", async () => {
    const servers = await Promise.all([greeting(), greeting(), greeting(), greeting()]);
    try {
      const runs = servers.map(({ port }) => cli(["127.0.0.1", `--ports=${port}`, "--output=json"]));
      for (const { stderr, code } of await Promise.all(runs))
        expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
      const known = await knownAt(...servers.map(({ port }) => port));
      expect(known).toMatchObject({
        types: ["ssh", "ssh", "ssh", "ssh"],
        code: 0,
        coverage: { complete: true },
      });
    } finally {
      for (const server of servers) await server.close();
    }
  });

  test("scans all the same where no cache can be, and says so in one line", async () => {
    const server = await greeting();
    try {
      // Nobody can make a folder there, not even root.
      const env = { XDG_CACHE_HOME: "/proc/self" };
      const { stdout, stderr, code } = await cli(
        ["127.0.0.1", `--ports=${server.port}`, "--output=json"],
        env,
      );
      expect(JSON.parse(stdout)).toMatchObject({ services: [{ type: "ssh" }], warnings: [] });
      expect({ stderr, code }).toEqual({
        stderr: expect.stringMatching(/^warning: the cache .* is not written: [^\n]*\n$/),
        code: 0,
      });
    } finally {
      await server.close();
    }
  });
});

describe("several processes with one cache", () => {
  test("lose nothing of each other's, however they take turns", async () => {
    const folder = join(home, "shared");
    const all = await Promise.all([1, 2, 3].map((subnet) => ended(writer(folder, subnet, 25))));
    for (const { stderr, code } of all) expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
    expect(Math.max(...all.map(({ stdout }) => Number(stdout)))).toBe(75);
    expect(readdirSync(folder)).toEqual(["inventory.jsonl"]);
  });

  test("go on where one was killed in the middle of it", async () => {
    const folder = join(home, "shared");
    for (const afterMs of [80, 120, 160]) {
      const victim = writer(folder, 9, 200);
      const end = ended(victim);
      setTimeout(() => victim.kill("SIGKILL"), afterMs);
      await end;
    }
    const { stdout, stderr, code } = await ended(writer(folder, 1, 3));
    expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
    expect(Number(stdout)).toBeGreaterThanOrEqual(3);
  });
});
