import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { down } from "../../src/boot/down.ts";
import { processesOf } from "../../src/boot/process-table.ts";
import { readToken, tokenPrefix } from "../../src/boot/token.ts";
import type { BootReport } from "../../src/model/boot.ts";
import { type Wanted, isAlive, planOf, stackOf } from "../boot/world.ts";

const DRIVER = fileURLToPath(new URL("boot-driver.js", import.meta.url));

/** Writes down that it was started, and answers after a moment. */
const SERVER = `
const { appendFileSync } = require("node:fs");
appendFileSync(__dirname + "/born", process.pid + "\\n");
setTimeout(() => require("node:http").createServer((q, r) => r.end("well")).listen(process.env.PORT, "127.0.0.1"), 60);
`;
/** Leaves one behind, and ends. */
const DAEMON = `
require("node:child_process").spawn(process.execPath, [__dirname + "/server.cjs"], { detached: true, stdio: "ignore" }).unref();
`;
const COUNT = 10;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sonde-killed-"));
  writeFileSync(join(folder, "server.cjs"), SERVER);
  writeFileSync(join(folder, "daemon.cjs"), DAEMON);
  writeFileSync(join(folder, "born"), "");
});
afterEach(async () => {
  for (const name of ["state", "other"]) await down(join(folder, name), { ...context(), graceMs: 0 });
  rmSync(folder, { recursive: true, force: true });
});

function context(): Parameters<typeof down>[1] {
  const env = { PATH: process.env["PATH"] };
  return { portsFolder: join(folder, "ports"), env, signal: new AbortController().signal };
}

const service = (name: string, from: number, dependsOn: string[] = [], program = "server.cjs"): Wanted => ({
  name,
  start: [process.execPath, program],
  ports: { kind: "auto", from },
  dependsOn,
});

/** Boots in a process of its own. */
function startBoot(
  wanted: readonly Wanted[],
  name = "state",
): { child: ChildProcess; report: Promise<BootReport> } {
  const job = join(folder, `${name}.json`);
  const portsFolder = join(folder, "ports");
  const task = {
    stack: stackOf(folder, wanted),
    plan: planOf(wanted),
    folder: join(folder, name),
    portsFolder,
  };
  writeFileSync(job, JSON.stringify(task));
  const child = spawn(process.execPath, [DRIVER, job], { stdio: ["ignore", "pipe", "inherit"] });
  const report = new Promise<BootReport>((resolve, reject) => {
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (more: string) => (text += more));
    child.once("error", reject);
    child.once("close", (code) =>
      code === 0 ? resolve(JSON.parse(text)) : reject(new Error(`status ${code}`)),
    );
  });
  return { child, report };
}

/** Names of services of which something runs, once for each process. */
function running(name = "state"): string[] {
  return processesOf(tokenPrefix(join(folder, name)))
    .map(({ token }) => readToken(token)?.service ?? "?")
    .toSorted();
}

/** Process ids of all servers that ever came up and run still, whatever the records say. */
function survivors(): number[] {
  return readFileSync(join(folder, "born"), "utf8").split("\n").filter(Boolean).map(Number).filter(isAlive);
}

function pids(report: BootReport | undefined): (number | null)[] {
  return report?.services.map(({ pid }) => pid) ?? [];
}

describe("a boot that is killed", () => {
  const wanted = [
    service("db", 23_000),
    service("cache", 23_000, [], "daemon.cjs"),
    service("api", 23_000, ["db", "cache"]),
  ];

  test("at any moment leaves what the next one understands", { timeout: 120_000 }, async () => {
    const begun = performance.now();
    await startBoot(wanted).report;
    const whole = performance.now() - begun;
    await down(join(folder, "state"), context());

    for (let round = 0; round < COUNT; round++) {
      // Spread over the whole, each at random within its part: the beginning is a process that starts.
      const moment = whole * (0.2 + (0.8 * (round + Math.random())) / COUNT);
      const { child, report } = startBoot(wanted);
      report.catch(() => {});
      await sleep(moment);
      child.kill("SIGKILL");
      await report.catch(() => {});

      const next = await startBoot(wanted).report;
      const moments = `killed after ${moment.toFixed(0)} of ${whole.toFixed(0)} ms: ${JSON.stringify(next.services)}`;
      expect(next.ok, moments).toBe(true);
      expect(running(), moments).toEqual(["api", "cache", "db"]);
      expect(new Set(survivors()), moments).toEqual(new Set(pids(next)));

      const stopped = await down(join(folder, "state"), context());
      expect(stopped.services, moments).toHaveLength(3);
      expect([...running(), ...survivors()], moments).toEqual([]);
    }
  });
});

describe("a program whose starter is killed before it is written down", () => {
  test("is never run, and nothing of it is left", async () => {
    const launcher = new URL("../../dist/src/boot/launch.js", import.meta.url).href;
    const file = join(folder, "was-run");
    const script = `
      const { launch } = await import(${JSON.stringify(launcher)});
      const options = { cwd: "/", env: { PATH: process.env.PATH }, output: 1, mark: 2 ** 48 + 1 };
      const { owner } = await launch(["touch", ${JSON.stringify(file)}], options);
      (await import("node:fs")).writeSync(1, String(owner.pid));
      process.kill(process.pid, "SIGKILL");`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", script]);
    let said = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (said += text));
    // Closed once nobody can write to it any more: the one who waited has it, too.
    const signal = await new Promise((resolve) => child.once("close", (_code, by) => resolve(by)));
    expect(signal).toBe("SIGKILL");
    expect(Number(said)).toBeGreaterThan(1);
    // Its end of the pipe is closed a moment before it is gone.
    await expect.poll(() => isAlive(Number(said)), { timeout: 10_000 }).toBe(false);
    expect(existsSync(file)).toBe(false);
  });
});

describe("two boots at once", () => {
  test("of one stack start everything once", async () => {
    const wanted = [service("db", 24_000), service("api", 24_000, ["db"])];
    const [one, two] = await Promise.all([startBoot(wanted).report, startBoot(wanted).report]);
    expect([one?.ok, two?.ok]).toEqual([true, true]);
    expect(running()).toEqual(["api", "db"]);
    expect(pids(one)).toEqual(pids(two));
  });

  test("of two stacks never take the same port", async () => {
    const wanted = ["a", "b", "c"].map((name) => service(name, 25_000));
    const [one, two] = await Promise.all([startBoot(wanted).report, startBoot(wanted, "other").report]);
    expect([one?.ok, two?.ok]).toEqual([true, true]);
    const ports = [one, two].flatMap((report) => report?.services.map(({ port }) => port) ?? []);
    expect(new Set(ports).size).toBe(6);
  });
});
