import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { publishedPorts } from "../../src/boot/compose.ts";
import { down } from "../../src/boot/down.ts";
import { startedServices } from "../../src/boot/started.ts";
import type { BootTools } from "../../src/boot/tools.ts";
import { type FakeDocker, fakeDocker } from "./fake-docker.ts";
import { SERVE, type Wanted, type World, createWorld, holdPort, resultOf, statuses, steps } from "./world.ts";

let world: World;
beforeEach(() => {
  world = createWorld();
  writeFileSync(join(world.folder, "compose.yml"), "services: {}\n");
});
afterEach(() => world.close());

const { signal } = new AbortController();

/** Real programs that the stand-in needs, and no Docker. */
function environment({ path }: Pick<FakeDocker, "path">): { PATH: string } {
  const tools = join(world.folder, "tools");
  mkdirSync(tools, { recursive: true });
  for (const [name, from] of Object.entries({
    cat: "/bin/cat",
    grep: "/bin/grep",
    mv: "/bin/mv",
    sh: "/bin/sh",
  }))
    try {
      symlinkSync(from, join(tools, name));
    } catch {
      // It is there already.
    }
  return { PATH: `${path}:${tools}` };
}

const composed = (name: string, more: Partial<Wanted> = {}): Wanted => ({
  name,
  start: { kind: "compose", file: "compose.yml", service: name },
  health: { timeoutMs: 3_000 },
  ...more,
});

function well(state: "healthy" | "unhealthy" = "healthy"): BootTools {
  const clock = { now: () => Date.now(), monotonic: () => performance.now() };
  return { clock, look: async () => ({ state, summary: `it is ${state}`, version: null, url: null }) };
}

describe("a compose service", () => {
  test.each(["docker", "docker-compose"] as const)("is started and ended by %s", async (as) => {
    const docker = fakeDocker(world.folder, { as, port: 8_105 });
    const env = environment(docker);
    const report = await world.boot([composed("db")], { env, tools: well() });
    expect(report.services).toMatchObject([
      {
        status: "started",
        port: 8_105,
        address: "127.0.0.1",
        pid: null,
        summary: "compose service db; it is healthy",
      },
    ]);
    expect(docker.asked()).toContain("up -d --no-deps db");
    const state = join(world.folder, "state");
    expect(await startedServices(state, { env, signal })).toMatchObject([
      { port: 8_105, by: "compose service db" },
    ]);

    const again = await world.boot([composed("db", { action: "nothing" })], { env, tools: well() });
    expect(again.services).toMatchObject([{ status: "adopted", port: 8_105 }]);
    expect(docker.asked().filter((line) => line.startsWith("up"))).toHaveLength(1);

    const stopped = await down(state, { env, signal, portsFolder: join(world.folder, "ports") });
    expect(stopped).toMatchObject({ ok: true, services: [{ service: "db", status: "stopped" }] });
    expect(docker.asked().slice(-2)).toEqual(["stop db", "rm -f db"]);
    expect(docker.running()).toEqual([]);
  });

  test("is where its compose file publishes it, whatever is usual for its type, and found there again", async () => {
    const docker = fakeDocker(world.folder, { port: 8_105 });
    const env = environment(docker);
    const decided = { port: 5_432 };
    const looked: number[] = [];
    const tools: BootTools = {
      ...well(),
      look: async ({ port }) => {
        looked.push(port);
        return { state: "healthy", summary: "it is healthy", version: null, url: null };
      },
    };
    const report = await world.boot([composed("db", { decided })], { env, tools });
    expect(report.services).toMatchObject([{ status: "started", port: 8_105 }]);
    const again = await world.boot([composed("db", { action: "nothing", decided })], { env, tools });
    expect(again.services).toMatchObject([{ status: "adopted", port: 8_105 }]);
    expect(new Set(looked)).toEqual(new Set([8_105]));
  });

  test("is where the stack says, though its compose file does not publish it there", async () => {
    const env = environment(fakeDocker(world.folder, { port: 8_105 }));
    const db = composed("db", { ports: { kind: "fixed", ports: [9_105] } });
    const report = await world.boot([db], { env, tools: well() });
    expect(report.services).toMatchObject([{ status: "started", port: 9_105 }]);
  });

  test("that ran before is adopted, and neither rolled back nor ended", async () => {
    const docker = fakeDocker(world.folder, { port: 8_105 });
    docker.run("db");
    const env = environment(docker);
    const failing = { name: "api", start: ["sh", "-c", "exit 1"], dependsOn: ["db"] };
    const report = await world.boot([composed("db"), failing], { env, tools: well() });
    expect(statuses(report)).toEqual({ db: "adopted", api: "failed" });
    expect(await world.down()).toMatchObject({ services: [] });
    expect(docker.running()).toEqual(["db"]);
  });

  test("is rolled back where something else fails", async () => {
    const docker = fakeDocker(world.folder, { port: 8_105 });
    const failing = { name: "api", start: ["sh", "-c", "exit 1"], dependsOn: ["db"] };
    const report = await world.boot([composed("db"), failing], { env: environment(docker), tools: well() });
    expect(report.services).toMatchObject([{ status: "skipped", rolledBack: true }, { status: "failed" }]);
    expect(docker.running()).toEqual([]);
  });

  test("that is never well is told with its log, and taken away", async () => {
    const docker = fakeDocker(world.folder, { port: 8_105 });
    const db = composed("db", { health: { timeoutMs: 300 } });
    const report = await world.boot([db], { env: environment(docker), tools: well("unhealthy") });
    expect(resultOf(report, "db")).toMatchObject({
      status: "failed",
      summary: "not well within 0.3 s: it is unhealthy",
      logTail: ["x_1 | said the container"],
    });
    expect(docker.running()).toEqual([]);
  });

  test("that Compose cannot start is told with what it said", async () => {
    const env = environment(fakeDocker(world.folder));
    const report = await world.boot([composed("bad")], { env, tools: well() });
    expect(resultOf(report, "bad").summary).toBe("docker compose up bad: exit status 18: pull access denied");
  });

  test("is ended with the project that the environment named when it was started", async () => {
    const docker = fakeDocker(world.folder, { port: 8_105 });
    const env = environment(docker);
    const project = { ...env, COMPOSE_PROJECT_NAME: "team" };
    await world.boot([composed("db")], { env: project, tools: well() });
    await down(join(world.folder, "state"), { env, signal, portsFolder: join(world.folder, "ports") });
    expect(docker.asked().slice(-2)).toEqual(["team stop db", "team rm -f db"]);
  });

  test("of a boot that was killed on the way is taken away, and started anew", async () => {
    const docker = fakeDocker(world.folder, { port: 8_105 });
    const env = environment(docker);
    const state = join(world.folder, "state");
    mkdirSync(state);
    const record = {
      kind: "compose",
      service: "db",
      instance: 1,
      token: "t",
      ports: [],
      startedAt: "2026-01-01T00:00:00Z",
      program: ["docker", "compose"],
      project: null,
      folder: world.folder,
      file: join(world.folder, "compose.yml"),
      container: "db",
      isUp: false,
    };
    writeFileSync(join(state, "state.json"), JSON.stringify({ version: 1, records: [record] }));
    const report = await world.boot([composed("db")], { env, tools: well() });
    expect(report.services).toMatchObject([{ status: "started" }]);
    expect(docker.asked().filter((line) => !line.startsWith("ps"))).toEqual([
      "stop db",
      "rm -f db",
      "up -d --no-deps db",
    ]);
    expect(docker.running()).toEqual(["db"]);
  });
});

test("a compose file that is not there is said at once, before anything is started", async () => {
  const docker = fakeDocker(world.folder, { as: "docker", port: 8_105 });
  const env = environment(docker);
  const start = { kind: "compose", file: "elsewhere.yml", service: "db" } as const;
  const report = await world.boot(
    [
      { ...composed("db"), start },
      { name: "api", start: SERVE },
    ],
    { env },
  );
  expect(statuses(report)).toEqual({ db: "failed", api: "skipped" });
  expect(resultOf(report, "db")).toMatchObject({
    summary: "there is no compose file elsewhere.yml",
    remedy: "write it, or say in services.yaml where it is",
  });
});

describe("without Docker", () => {
  test("nothing is started, and those that need it are named", async () => {
    const env = environment({ path: world.folder });
    const api = { name: "api", start: SERVE };
    const report = await world.boot([api, composed("db"), composed("cache", { required: false })], { env });
    expect(report.ok).toBe(false);
    expect(statuses(report)).toEqual({ api: "skipped", db: "failed", cache: "failed" });
    expect(resultOf(report, "db").summary).toContain(
      "Docker Compose is not there, and db, cache cannot be started",
    );
    expect(steps(world.events)).not.toContain("starting api");
  });

  test.each([
    "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?",
    "permission denied while trying to connect: dial unix /var/run/docker.sock: connect: permission denied",
    // docker-compose 1.29.2, the last line of many
    "docker.errors.DockerException: Error while fetching server API version: (Connection aborted.)",
  ])("it is said that its daemon is not there: %s", async (broken) => {
    const env = environment(fakeDocker(world.folder, { broken }));
    const report = await world.boot([composed("db")], { env });
    expect(resultOf(report, "db")).toMatchObject({
      summary: "the Docker daemon does not answer, and db cannot be started without",
      remedy: expect.stringContaining("start Docker"),
    });
  });

  test("a stack that needs none of it does not ask for it", async () => {
    const holder = await holdPort(0);
    const docker = fakeDocker(world.folder);
    const env = { PATH: `${docker.path}:${process.env["PATH"]}` };
    await world.boot([{ name: "api", start: SERVE, ports: { kind: "auto", from: holder.port } }], { env });
    await holder.close();
    expect(docker.asked()).toEqual([]);
  });
});

describe("published ports", () => {
  test.each([
    ["0.0.0.0:8080->80/tcp, :::8080->80/tcp", [8080]],
    ["127.0.0.1:6380->6379/tcp, 6390/tcp", [6380]],
    ["0.0.0.0:8000-8001->8000-8001/tcp", [8000]],
    ["[::]:53->53/udp", []],
    ["Name  Command  State  Ports", []],
  ])("are read from %j", (listing, ports) => {
    expect(publishedPorts(listing)).toEqual(ports);
  });
});
