import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { startedServices } from "../../src/boot/started.ts";
import { makeToken, readToken, tokenPrefix } from "../../src/boot/token.ts";
import { ownerOf, thisOwner } from "../../src/disk/owner.ts";
import { SERVE, type World, createWorld, isAlive, resultOf } from "./world.ts";

let world: World;
let state: string;
const strangers: ChildProcess[] = [];
beforeEach(() => {
  world = createWorld();
  state = join(world.folder, "state");
});
afterEach(async () => {
  for (const child of strangers.splice(0)) child.kill("SIGKILL");
  await world.close();
});

const AUTO = { kind: "auto", from: 21_000 } as const;
const API = [{ name: "api", start: SERVE, ports: AUTO }];
const context = { env: { PATH: process.env["PATH"] }, signal: new AbortController().signal };

function stateText(): string {
  return readFileSync(join(state, "state.json"), "utf8");
}

function writeState(records: readonly object[]): void {
  mkdirSync(state, { recursive: true });
  writeFileSync(join(state, "state.json"), JSON.stringify({ version: 1, records }));
}

function recordOf(token: string, owner: object | null): object {
  const startedAt = "2026-01-01T00:00:00.000Z";
  return { kind: "command", service: "api", instance: 1, token, ports: [], startedAt, owner, log: null };
}

/** A process that only sleeps, with a token in its environment or none; its pid, once it is there. */
async function sleeper(env: Record<string, string> = {}): Promise<number> {
  const child = spawn("sleep", ["300"], {
    env: { PATH: process.env["PATH"], ...env },
    detached: true,
    stdio: "ignore",
  });
  strangers.push(child);
  await new Promise((resolve) => child.once("spawn", resolve));
  return child.pid ?? 0;
}

describe("records", () => {
  test("say to the planner what runs, and only that", async () => {
    expect(await startedServices(state, context)).toEqual([]);
    const { pid, port } = resultOf(await world.boot(API), "api");
    const here = { service: "api", instance: 1, host: "localhost", address: "127.0.0.1" };
    expect(await startedServices(state, context)).toEqual([{ ...here, port, by: `pid ${pid}` }]);
    const gone = stateText();
    await world.down();
    writeFileSync(join(state, "state.json"), gone);
    expect(await startedServices(state, context)).toEqual([]);
  });

  test.each([
    ["no JSON", "{"],
    ["another version", JSON.stringify({ version: 99, records: [] })],
    ["no records", JSON.stringify({ version: 1 })],
    [
      "a record that is none",
      JSON.stringify({ version: 1, records: [{ kind: "command", owner: { pid: 1 } }] }),
    ],
  ])("that are corrupt (%s) are set aside, and what runs is found all the same", async (_what, text) => {
    const { pid, port } = resultOf(await world.boot(API), "api");
    writeFileSync(join(state, "state.json"), text);
    expect(await startedServices(state, context)).toMatchObject([{ service: "api", port, by: `pid ${pid}` }]);
    const report = await world.boot(API);
    expect(report.warnings).toEqual([expect.stringContaining("set aside")]);
    expect(readFileSync(join(state, "state.json.corrupt"), "utf8")).toBe(text);
    expect(resultOf(report, "api")).toMatchObject({ status: "adopted", pid, port });
    expect(await world.down()).toMatchObject({ services: [{ service: "api", status: "stopped" }] });
    expect(isAlive(pid)).toBe(false);
  });

  test("that are lost, and what runs is stopped all the same", async () => {
    const { pid } = resultOf(await world.boot(API), "api");
    writeFileSync(join(state, "state.json"), "");
    expect(await world.down()).toMatchObject({ ok: true, services: [{ service: "api", status: "stopped" }] });
    expect(isAlive(pid)).toBe(false);
  });

  test("of a start that came to nothing are void", async () => {
    writeState([recordOf(makeToken(tokenPrefix(state), { service: "api", instance: 1 }), null)]);
    expect(await startedServices(state, context)).toEqual([]);
    const { status, pid } = resultOf(await world.boot(API), "api");
    expect(status).toBe("started");
    expect(world.running()).toEqual([pid]);
  });

  test("of a start whose process was not written down are made good", async () => {
    const token = makeToken(tokenPrefix(state), { service: "api", instance: 1 });
    const pid = await sleeper({ SONDE_BOOT_TOKEN: token });
    writeState([recordOf(token, null)]);
    const report = await world.boot([{ name: "api", start: SERVE }]);
    expect(resultOf(report, "api")).toMatchObject({ status: "adopted", pid });
    expect(world.running()).toEqual([pid]);
  });

  test("of what is no longer in the stack are warned of", async () => {
    await world.boot(API);
    const report = await world.boot([{ name: "web", start: SERVE, ports: AUTO }]);
    expect(report.warnings).toEqual([expect.stringContaining("api was started by an earlier boot")]);
  });
});

describe("down", () => {
  test("stops the last first, and the second time there is nothing", async () => {
    await world.boot([...API, { name: "web", start: SERVE, ports: AUTO, dependsOn: ["api"] }]);
    const report = await world.down();
    expect(report).toMatchObject({ ok: true, schemaVersion: 1, warnings: [] });
    expect(report.services.map(({ service, status }) => `${service} ${status}`)).toEqual([
      "web stopped",
      "api stopped",
    ]);
    expect(world.running()).toEqual([]);
    expect(await world.down()).toMatchObject({ ok: true, services: [] });
  });

  test("gives ports back", async () => {
    const { port } = resultOf(await world.boot(API), "api");
    const lease = join(world.folder, "ports", `${port}.json`);
    expect(existsSync(lease)).toBe(true);
    await world.down();
    expect(existsSync(lease)).toBe(false);
  });

  test("tells of what ended by itself", async () => {
    const { pid } = resultOf(await world.boot(API), "api");
    process.kill(pid ?? 0, "SIGKILL");
    await expect.poll(() => isAlive(pid)).toBe(false);
    expect((await world.down()).services).toEqual([
      { service: "api", instance: 1, status: "gone", summary: `pid ${pid} ran no more` },
    ]);
  });

  test("leaves a process alone that has come by the number of one it started", async () => {
    const pid = await sleeper();
    const owner = { pid, since: String(Number(ownerOf(pid)?.since) - 1) };
    writeState([recordOf(makeToken(tokenPrefix(state), { service: "api", instance: 1 }), owner)]);
    expect((await world.down()).services).toMatchObject([{ service: "api", status: "gone" }]);
    expect(isAlive(pid)).toBe(true);
  });

  test.skipIf(process.getuid?.() !== 0)(
    "takes nobody else's process for its own, whatever token and mark he gives himself",
    async () => {
      await world.boot(API);
      const token = makeToken(tokenPrefix(state), { service: "forged", instance: 1 });
      const env = { PATH: process.env["PATH"], SONDE_BOOT_TOKEN: token, SONDE_BOOT_PORTS: "8399" };
      const forger = spawn("sleep", ["600"], { env, uid: 65_534, gid: 65_534, cwd: "/" });
      strangers.push(forger);
      await new Promise((resolve) => forger.once("spawn", resolve));
      expect((await startedServices(state, context)).map(({ service }) => service)).toEqual(["api"]);
      expect((await world.down()).services.map(({ service }) => service)).toEqual(["api"]);
      expect(isAlive(forger.pid ?? 0)).toBe(true);
    },
  );

  test("leaves what carries another stack's token alone, and itself", async () => {
    const name = { service: "api", instance: 1 };
    const other = await sleeper({ SONDE_BOOT_TOKEN: makeToken(tokenPrefix(`${state}2`), name) });
    writeState([recordOf(makeToken(tokenPrefix(state), name), thisOwner())]);
    expect((await world.down()).services).toMatchObject([{ service: "api", status: "gone" }]);
    expect(isAlive(other)).toBe(true);
  });

  test("kills what does not heed it, and children that have a session of their own", async () => {
    const script = `
      const { spawn } = require("node:child_process");
      process.on("SIGTERM", () => {});
      spawn("setsid", ["sleep", "300"], { stdio: "ignore" });
      require("./server.cjs");`;
    writeFileSync(join(world.folder, "stubborn.cjs"), script);
    const argv = [process.execPath, "stubborn.cjs"];
    const { pid } = resultOf(await world.boot([{ name: "api", start: argv, ports: AUTO }]), "api");
    await expect.poll(() => world.running().length).toBe(2);
    expect((await world.down({ graceMs: 200 })).services).toMatchObject([
      { summary: `pid ${pid} had to be killed` },
    ]);
    expect(world.running()).toEqual([]);
  });

  test("waits for a boot of the same stack that is under way", async () => {
    const events: string[] = [];
    const booting = world.boot([{ name: "api", start: SERVE, ports: AUTO, env: { SICK: "500" } }]);
    const second = world.boot(API, { onEvent: ({ event }) => events.push(event) });
    const pid = resultOf(await booting, "api").pid;
    expect(resultOf(await second, "api")).toMatchObject({ status: "adopted", pid });
    expect(events[0]).toBe("waiting");
  });
});

describe("a token", () => {
  test.each(["api", "a/b", "ä %", "..", "a\nb"])("names service %j", (service) => {
    const token = makeToken(tokenPrefix("/nowhere"), { service, instance: 3 });
    expect(readToken(token)).toEqual({ service, instance: 3 });
  });

  test.each(["", "x", "a/b/c/d", "a/b/0/d", "a/%/1/d"])("is not %j", (token) => {
    expect(readToken(token)).toBeUndefined();
  });
});
