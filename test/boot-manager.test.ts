import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import type { Remembered } from "../src/assess/remembered.ts";
import { BootManager, type BootManagerOptions, stopStack } from "../src/boot-manager.ts";
import type { BootEvent } from "../src/model/boot.ts";
import type { Stack } from "../src/model/stack.ts";
import { readStackFile } from "../src/stack-file.ts";
import { httpWith, redisWith } from "./assess/servers.ts";
import { type Wanted, isAlive, stackOf } from "./boot/world.ts";
import { service } from "./cli/fake-io.ts";
import { SERVER } from "./lab/project.ts";
import { closedPort, during } from "./net/peers.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sonde-manager-"));
});
afterEach(async () => {
  await managerOf([]).stopServices();
  rmSync(folder, { recursive: true, force: true });
});

function managerOf(wanted: readonly Wanted[], more: Partial<BootManagerOptions> = {}): BootManager {
  return new BootManager({
    stack: stackOf(folder, wanted),
    // Nothing but what the stack names, so that what else this machine runs does not matter.
    options: { ports: [1] },
    stateFolder: join(folder, "state"),
    env: { PATH: process.env["PATH"] },
    ...more,
  });
}

const redis = (port: number): Wanted => ({
  name: "redis",
  type: "redis",
  placement: { kind: "discovered" },
  ports: { kind: "fixed", ports: [port] },
  health: { timeoutMs: 5_000 },
});

const api = (port: number, more: Partial<Wanted> = {}): Wanted => ({
  name: "api",
  ports: { kind: "fixed", ports: [port] },
  health: { path: "/health", timeoutMs: 20_000 },
  start: [process.execPath, SERVER, "--port", "${port}"],
  ...more,
});

function given() {
  const { signal } = new AbortController();
  return {
    stateFolder: join(folder, "state"),
    env: { PATH: process.env["PATH"] },
    signal,
    options: { ports: [1] },
  };
}

function remembering(port: number): { remembered: Remembered; forgotten: number[] } {
  const forgotten: number[] = [];
  const known = service("redis", { id: `redis@127.0.0.1:${port}`, port, version: "7.0.15" });
  return {
    forgotten,
    remembered: {
      services: async (isIn) => ({ services: [known].filter(({ host }) => isIn(host)), stale: [] }),
      forget: (endpoint) => forgotten.push(endpoint.port),
    },
  };
}

describe("a boot manager", () => {
  test("finds what is there, starts the rest, looks after it, and stops what it started", async () => {
    await during(redisWith("7.0.15"), async ({ port }) => {
      const wanted = [redis(port), api(await closedPort(), { dependsOn: ["redis"] })];
      const manager = managerOf(wanted);

      const { services, complete, isRecalled } = await manager.discoverServices();
      expect(services).toMatchObject([{ type: "redis", port }]);
      expect({ complete, isRecalled }).toEqual({ complete: true, isRecalled: false });
      const { verdict, order } = await manager.plan();
      expect({ verdict, order }).toEqual({ verdict: "changes", order: [["redis"], ["api"]] });
      const { present, missing } = await manager.filterDiscovered();
      expect(present).toMatchObject([{ service: "redis", action: "adopt", port }]);
      expect(missing).toMatchObject([{ service: "api", action: "start" }]);
      expect(await manager.healthCheckAll()).toMatchObject([
        { service: "redis", instance: 1, state: "healthy", version: "7.0.15" },
      ]);

      const events: BootEvent[] = [];
      const report = await manager.startServices({ onEvent: (event) => events.push(event) });
      expect(report).toMatchObject({
        ok: true,
        services: [{ status: "adopted" }, { service: "api", status: "started" }],
      });
      expect(events).toContainEqual(expect.objectContaining({ event: "starting", service: "api" }));
      const pid = report.services[1]?.pid ?? 0;
      expect(isAlive(pid)).toBe(true);

      const second = managerOf(wanted);
      expect((await second.plan()).verdict).toBe("nothing");
      expect((await second.healthCheckAll()).map(({ service: name, state }) => `${name} ${state}`)).toEqual([
        "redis healthy",
        "api healthy",
      ]);
      expect(await second.startServices()).toMatchObject({
        ok: true,
        services: [{ status: "adopted" }, { status: "adopted", pid }],
      });

      expect(await second.stopServices()).toMatchObject({
        ok: true,
        services: [{ service: "api", status: "stopped" }],
      });
      expect(isAlive(pid)).toBe(false);
      // What was adopted goes on.
      expect(await managerOf([redis(port)]).healthCheckAll()).toMatchObject([{ state: "healthy" }]);
    });
  });

  test("looks once, however often it is asked", async () => {
    let runs = 0;
    const run: BootManagerOptions["run"] = async (options) => {
      runs++;
      const { discover } = await import("../src/discover.ts");
      return discover(options).inventory();
    };
    const manager = managerOf([redis(await closedPort())], { run });
    await Promise.all([manager.plan(), manager.discoverServices(), manager.filterDiscovered()]);
    await manager.healthCheckAll();
    expect(runs).toBe(1);
  });

  test("starts nothing in a dry run", async () => {
    const manager = managerOf([api(await closedPort())]);
    expect(await manager.startServices({ dryRun: true })).toMatchObject({
      dryRun: true,
      services: [{ status: "skipped", pid: null }],
    });
    expect(await manager.stopServices()).toMatchObject({ services: [] });
  });

  test("tells a stranger at its port from its own by the health path", async () => {
    await during(httpWith({ "/health": 404 }), async ({ port }) => {
      const { verdict, decisions } = await managerOf([api(port)]).plan();
      expect(verdict).toBe("blocked");
      expect(decisions[0]?.rejected).toMatchObject([
        { reason: expect.stringContaining("GET /health answered 404") },
        { candidate: "localhost", reason: expect.stringContaining(`Port ${port} is already in use`) },
      ]);
    });
    await during(httpWith({ "/health": 200 }), async ({ port }) => {
      expect((await managerOf([api(port)]).plan()).decisions).toMatchObject([{ action: "adopt", port }]);
    });
  });

  test("notices that what it planned to adopt is gone by the time it boots", async () => {
    const server = await redisWith("7.0.15");
    const manager = managerOf([redis(server.port)]);
    await during(server, () => manager.plan());
    expect(await manager.startServices()).toMatchObject({
      ok: false,
      services: [{ service: "redis", status: "failed" }],
    });
    expect(await manager.healthCheckAll()).toMatchObject([{ service: "redis", state: "absent" }]);
  });

  test("rolls back what it started where something required fails", async () => {
    const fails: Wanted = {
      name: "worker",
      dependsOn: ["api"],
      health: { timeoutMs: 20_000 },
      start: [process.execPath, "-e", "process.exit(3)"],
    };
    const manager = managerOf([api(await closedPort()), fails]);
    const report = await manager.startServices();
    expect(report).toMatchObject({
      ok: false,
      services: [
        { service: "api", status: "skipped", rolledBack: true },
        { service: "worker", status: "failed" },
      ],
    });
    expect(await manager.stopServices()).toMatchObject({ services: [] });
  });

  test("ends early when it is told to, and leaves nothing running", async () => {
    const stop = new AbortController();
    const slow = api(await closedPort(), {
      start: [process.execPath, SERVER, "--port", "${port}", "--health-after", "600000"],
    });
    const manager = managerOf([slow], { signal: stop.signal });
    const report = await manager.startServices({
      onEvent: ({ event }) => void (event === "starting" && stop.abort()),
    });
    expect(report).toMatchObject({ ok: false, services: [{ status: "skipped" }] });
    expect(await managerOf([slow]).stopServices()).toMatchObject({ services: [] });
  });

  test.each(["startServices", "stopServices"] as const)(
    "%s says where it cannot remember what it starts",
    async (method) => {
      const manager = managerOf([api(await closedPort())], { stateFolder: "/sys/sonde" });
      await expect(manager[method]()).rejects.toMatchObject({
        name: "DiscoverError",
        code: "file",
        message: expect.stringMatching(/^what is started cannot be remembered in \/sys\/sonde: /),
      });
    },
  );
});

describe("what earlier runs found", () => {
  test("is enough where it is still there: nothing else is looked at", async () => {
    await during(redisWith("7.0.15"), async ({ port }) => {
      const { remembered, forgotten } = remembering(port);
      const manager = managerOf([redis(port)], {
        remembered,
        run: () => Promise.reject(new Error("nobody should look")),
      });
      expect(await manager.discoverServices()).toMatchObject({ isRecalled: true, services: [{ port }] });
      expect((await manager.plan()).verdict).toBe("nothing");
      expect(forgotten).toEqual([]);
    });
  });

  test("is looked for anew where it is gone", async () => {
    const port = await closedPort();
    const { remembered, forgotten } = remembering(port);
    const manager = managerOf([redis(port)], { remembered });
    expect(await manager.discoverServices()).toMatchObject({ isRecalled: false, services: [] });
    expect((await manager.plan()).verdict).toBe("blocked");
    expect(forgotten).toEqual([port]);
  });
});

describe("a stack that is stopped without being read", () => {
  test("is known by where its file lies", async () => {
    const stack: Stack = stackOf(folder, [api(await closedPort())]);
    expect(await new BootManager({ stack, ...given() }).startServices()).toMatchObject({ ok: true });
    const elsewhere = { file: "other.yaml", folder };
    expect((await stopStack(elsewhere, given())).services).toEqual([]);
    const events: BootEvent[] = [];
    const stopped = await stopStack(
      { file: "services.yaml", folder },
      { ...given(), onEvent: (event) => events.push(event) },
    );
    expect(stopped).toMatchObject({ ok: true, services: [{ service: "api", status: "stopped" }] });
    expect(events).toMatchObject([{ event: "stopping", service: "api" }]);
  });
});

describe("a stack file that is read by the library", () => {
  test("becomes a stack, in the folder where it really lies", async () => {
    const text =
      "discovery: { ranges: [192.0.2.0/30], timeout: 2s }\nservices: { redis: auto, llm: discovered }\n";
    writeFileSync(join(folder, "services.yaml"), text);
    symlinkSync(join(folder, "services.yaml"), join(folder, "link.yaml"));
    for (const name of ["services.yaml", "link.yaml"]) {
      const stack = await readStackFile(join(folder, name));
      expect(stack).toMatchObject({ file: join(folder, name), folder, strategy: "local-first" });
      expect(stack.services.map(({ name: key, type }) => [key, type])).toEqual([
        ["redis", "redis"],
        ["llm", "llm"],
      ]);
      expect(stack.discovery.get("range")?.texts).toEqual(["192.0.2.0/30"]);
      expect(stack.discovery.get("timeout")?.texts).toEqual(["2s"]);
    }
  });

  test("is told with what is wrong, and where", async () => {
    const file = join(folder, "services.yaml");
    await expect(readStackFile(file)).rejects.toMatchObject({
      code: "file",
      message: `stack file ${file}: no such file`,
    });
    await expect(readStackFile(folder)).rejects.toMatchObject({ code: "file" });
    writeFileSync(file, "services:\n  redis: { placemnt: auto }\n");
    await expect(readStackFile(file)).rejects.toMatchObject({
      code: "bad-stack",
      message: `${file} line 2, column 12: services.redis.placemnt: no such key — did you mean 'placement'?`,
    });
    expect(readdirSync(folder)).toEqual(["services.yaml"]);
  });
});
