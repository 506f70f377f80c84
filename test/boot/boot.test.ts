import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import type { BootTools, Deployer, Look } from "../../src/boot/tools.ts";
import { systemClock } from "../../src/model/clock.ts";
import {
  DAEMONIZE,
  SERVE,
  type Wanted,
  type World,
  createWorld,
  freePort,
  holdPort,
  isAlive,
  look,
  resultOf,
  statuses,
  steps,
} from "./world.ts";

let world: World;
beforeEach(() => {
  world = createWorld();
});
afterEach(() => world.close());

const AUTO = { kind: "auto", from: 20_000 } as const;
const fails = (code: number): string[] => [
  process.execPath,
  "-e",
  `console.error("cannot open the database"); process.exitCode = ${code}`,
];

const serves = (name: string, dependsOn: string[] = []): Wanted => ({
  name,
  start: SERVE,
  ports: AUTO,
  dependsOn,
});
/** Each needs the one before it, and the third is that one. */
const chain = (third: readonly string[]): Wanted[] => [
  serves("db"),
  serves("queue", ["db"]),
  { ...serves("api", ["queue"]), start: third },
  serves("web", ["api"]),
];

describe("a boot", () => {
  test("starts a service in a session of its own, and says where it is", async () => {
    const report = await world.boot([{ name: "api", start: SERVE, ports: AUTO }]);
    const api = resultOf(report, "api");
    expect(report).toMatchObject({ ok: true, warnings: [], stack: "services.yaml", dryRun: false });
    expect(api).toMatchObject({
      status: "started",
      host: "localhost",
      address: "127.0.0.1",
      rolledBack: false,
    });
    expect(api.url).toBe(`http://127.0.0.1:${api.port}`);
    expect(api.summary).toContain(`pid ${api.pid}`);
    expect(world.running()).toEqual([api.pid]);
    const session = readFileSync(`/proc/${api.pid}/stat`, "utf8").split(") ")[1]?.split(" ")[3];
    expect(Number(session)).toBe(api.pid);
  });

  test("starts nothing a second time", async () => {
    const wanted = [{ name: "api", start: SERVE, ports: AUTO }];
    const first = resultOf(await world.boot(wanted), "api");
    const second = await world.boot(wanted);
    expect(resultOf(second, "api")).toMatchObject({ status: "adopted", pid: first.pid, port: first.port });
    expect(resultOf(second, "api").summary).toContain(`started by an earlier boot, pid ${first.pid}`);
    expect(world.running()).toEqual([first.pid]);
  });

  test("gives the program its arguments as they are, values filled in, and no shell", async () => {
    const argv = [...SERVE, "$(id)", "a b", "${db.port}", "$${port}", "; exit", "${db.url}"];
    const report = await world.boot([
      { name: "db", start: SERVE, ports: AUTO },
      { name: "api", start: argv, ports: AUTO, dependsOn: ["db"], env: { SAYS: "db at ${db.host}" } },
    ]);
    const [db, api] = [resultOf(report, "db"), resultOf(report, "api")];
    const said = readFileSync(api.log ?? "", "utf8");
    expect(said).toBe(`listening soon $(id) a b ${db.port} \${port} ; exit ${db.url}\n`);
    expect(await (await fetch(api.url ?? "")).text()).toBe("db at 127.0.0.1");
  });

  test("writes a log that only its user may read, and keeps the one before", async () => {
    const wanted = [{ name: "api", start: [...SERVE, "one"], ports: AUTO }];
    const { log } = resultOf(await world.boot(wanted), "api");
    await world.down();
    await world.boot([{ ...wanted[0], name: "api", start: [...SERVE, "two"] }]);
    expect(statSync(log ?? "").mode & 0o777).toBe(0o600);
    expect(readFileSync(log ?? "", "utf8")).toContain("two");
    expect(readFileSync(`${log}.1`, "utf8")).toContain("one");
  });

  test("has dependencies well before what needs them, and the rest beside each other", async () => {
    const both = ["starting db", "starting cache"];
    const tools: BootTools = {
      clock: systemClock,
      // Neither is well before both have been started.
      look: async (...args) => {
        if (both.every((step) => steps(world.events).includes(step))) return look(...args);
        return { state: "unhealthy", summary: "not yet", version: null, url: null };
      },
    };
    const stack = [serves("api", ["db", "cache"]), serves("db"), serves("cache"), serves("web", ["api"])];
    const report = await world.boot(stack, { tools });
    expect(report.ok).toBe(true);
    expect(report.services.map(({ service }) => service)).toEqual(["api", "db", "cache", "web"]);
    const seen = steps(world.events);
    const at = (step: string): number => seen.indexOf(step);
    expect(at("starting api")).toBeGreaterThan(Math.max(at("done db"), at("done cache")));
    expect(at("starting web")).toBeGreaterThan(at("done api"));
  });

  test("does no more at once than it may", async () => {
    const wanted = ["a", "b", "c"].map((name) => ({ name, start: SERVE, ports: AUTO }));
    await world.boot(wanted, { concurrency: 1 });
    expect(steps(world.events)).toEqual(
      ["a", "b", "c"].flatMap((name) => [`starting ${name}`, `done ${name}`]),
    );
  });

  test("goes on in a daemon that its program left behind", async () => {
    const report = await world.boot([{ name: "api", start: DAEMONIZE, ports: AUTO }]);
    const { pid, status } = resultOf(report, "api");
    expect(status).toBe("started");
    expect(world.running()).toEqual([pid]);
    expect((await world.down()).services).toMatchObject([{ service: "api", status: "stopped" }]);
    expect(isAlive(pid)).toBe(false);
  });

  test("knows a daemon again that has cleared its environment, as Redis and nginx do", async () => {
    const start = [...DAEMONIZE, "forgetful"];
    const { pid, port, status } = resultOf(await world.boot([{ name: "api", start, ports: AUTO }]), "api");
    expect(status).toBe("started");
    expect(readFileSync(`/proc/${pid}/environ`, "utf8")).toBe(`PORT=${port}\0`);
    // As though its starter had been killed before it was written down.
    const state = join(world.folder, "state", "state.json");
    writeFileSync(state, readFileSync(state, "utf8").replace(`"pid": ${pid}`, '"pid": 99999999'));
    const again = resultOf(await world.boot([{ name: "api", start, ports: AUTO }]), "api");
    expect(again).toMatchObject({ status: "adopted", pid, port });
    expect((await world.down()).services).toMatchObject([{ service: "api", status: "stopped" }]);
    expect(isAlive(pid)).toBe(false);
  });

  test("starts nothing when it is dry", async () => {
    const report = await world.boot([{ name: "api", start: SERVE, ports: AUTO }], { dryRun: true });
    expect(report).toMatchObject({
      dryRun: true,
      services: [{ status: "skipped", summary: "it would be started" }],
    });
    expect(world.running()).toEqual([]);
  });

  test("looks once at what an earlier boot started when it is dry, however long that may take to come up", async () => {
    await world.boot([{ name: "api", start: SERVE, ports: AUTO }]);
    let looks = 0;
    const look = async (): Promise<Look> => {
      looks++;
      return { state: "unhealthy", summary: "not yet", version: null, url: null };
    };
    const again = {
      name: "api",
      start: SERVE,
      ports: AUTO,
      action: "nothing",
      health: { timeoutMs: 60_000 },
    } as const;
    const report = await world.boot([again], { dryRun: true, tools: { clock: systemClock, look } });
    expect(looks).toBe(1);
    expect(resultOf(report, "api")).toMatchObject({
      status: "failed",
      summary: expect.stringContaining("not yet"),
    });
  });

  test("refuses a plan that was made for another stack file", async () => {
    const { boot } = await import("../../src/boot/boot.ts");
    const { planOf, stackOf } = await import("./world.ts");
    const stack = { ...stackOf(world.folder, []), digest: "other" };
    const options = { folder: join(world.folder, "state") };
    // @ts-expect-error: it does not come to the rest
    await expect(boot(stack, planOf([]), { ...options, tools: {} })).rejects.toMatchObject({
      code: "bad-option",
    });
  });
});

describe("what is there already", () => {
  test("is adopted after a look, wherever it is", async () => {
    const there = resultOf(await world.boot([{ name: "db", start: SERVE, ports: AUTO }]), "db");
    const other = createWorld();
    try {
      const decided = { port: there.port };
      const report = await other.boot([
        { name: "db", action: "adopt", decided },
        {
          name: "llm",
          action: "adopt",
          placement: { kind: "remote", host: "gpu" },
          decided: { ...decided, host: "gpu" },
        },
        { name: "search", action: "deploy", decided: { ...decided, host: "gpu" } },
      ]);
      expect(statuses(report)).toEqual({ db: "adopted", llm: "remote", search: "remote" });
      expect(await other.down()).toMatchObject({ ok: true, services: [] });
    } finally {
      await other.close();
    }
    expect(isAlive(there.pid)).toBe(true);
  });

  test("and died since the plan fails the boot before anything is started", async () => {
    const report = await world.boot([
      { name: "db", action: "adopt", decided: { port: await freePort() } },
      { name: "api", start: SERVE, ports: AUTO },
    ]);
    expect(report.ok).toBe(false);
    expect(statuses(report)).toEqual({ db: "failed", api: "skipped" });
    expect(resultOf(report, "db").summary).toContain("refused the connection");
    expect(resultOf(report, "db").remedy).not.toBeNull();
    expect(resultOf(report, "api").summary).toBe("not started: db cannot be had");
    expect(steps(world.events)).not.toContain("starting api");
  });

  test("and cannot be had fails the boot only where it is required", async () => {
    const decided = { port: await freePort(), host: "gpu" };
    const report = await world.boot([
      { name: "llm", action: "deploy", required: false, decided },
      { name: "search", action: "blocked", required: false, decided: { remedy: "mend it" } },
      { name: "chat", required: false, start: SERVE, ports: AUTO, dependsOn: ["llm"] },
      { name: "api", start: SERVE, ports: AUTO },
    ]);
    expect(report.ok).toBe(true);
    expect(statuses(report)).toEqual({ llm: "skipped", search: "skipped", chat: "skipped", api: "started" });
    expect(resultOf(report, "chat").summary).toBe("it needs llm, which is not there");
    expect(resultOf(report, "search")).toMatchObject({ summary: "the test says so", remedy: "mend it" });
    expect(resultOf(report, "llm").remedy).toContain("start llm on gpu");
  });

  test("and was sonde's own when the plan was made, and ended since, is missed", async () => {
    const report = await world.boot([{ name: "api", action: "nothing", start: SERVE, ports: AUTO }]);
    expect(resultOf(report, "api")).toMatchObject({
      status: "failed",
      summary: expect.stringContaining("runs no more"),
    });
  });
});

describe("a service for another host, where somebody deploys", () => {
  const calls: string[] = [];
  const deployer: Deployer = {
    deploy: async ({ service }) => {
      calls.push(`deploy ${service}`);
      return { host: "gpu", address: "10.99.0.12", port: 8_000, summary: "deployed" };
    },
    remove: async ({ service }) => void calls.push(`remove ${service}`),
  };
  const tools = { clock: systemClock, look, deployer };
  const llm: Wanted = { name: "llm", action: "deploy", decided: { host: "gpu" } };
  const talk = "llm at ${llm.host}:${llm.port}";
  const api: Wanted = { name: "api", dependsOn: ["llm"], ports: AUTO, start: SERVE, env: { SAYS: talk } };
  beforeEach(() => void calls.splice(0));

  test("is deployed before what needs it", async () => {
    const report = await world.boot([api, llm], { tools });
    expect(statuses(report)).toEqual({ api: "started", llm: "remote" });
    const said = await fetch(resultOf(report, "api").url ?? "");
    expect(await said.text()).toBe("llm at 10.99.0.12:8000");
    expect(calls).toEqual(["deploy llm"]);
  });

  test("is taken away again where something required fails", async () => {
    const report = await world.boot([llm, { ...api, start: fails(1) }], { tools });
    expect(resultOf(report, "llm")).toMatchObject({ status: "skipped", rolledBack: true });
    expect(calls).toEqual(["deploy llm", "remove llm"]);
  });

  test("that cannot be deployed fails the boot", async () => {
    const refusing: Deployer = { ...deployer, deploy: () => Promise.reject(new Error("no room there")) };
    const report = await world.boot([llm, api], { tools: { ...tools, deployer: refusing } });
    expect(resultOf(report, "llm")).toMatchObject({ status: "failed", summary: "no room there" });
    expect(calls).toEqual([]);
  });
});

describe("a required service that fails", () => {
  test("by exiting at once is told with its log, and what was started is stopped, the last first", async () => {
    const report = await world.boot(chain(fails(3)));
    expect(report.ok).toBe(false);
    expect(statuses(report)).toEqual({ db: "skipped", queue: "skipped", api: "failed", web: "skipped" });
    const api = resultOf(report, "api");
    expect(api.summary).toMatch(/^exited with status 3 after \d+\.\d s: cannot open the database$/);
    expect(api.logTail).toEqual(["cannot open the database"]);
    expect(api.port).toBeGreaterThanOrEqual(AUTO.from);
    expect(api.log).toBe(join(world.folder, "state", "logs", "api-1.log"));
    expect(api.remedy).toContain(join(world.folder, "state", "logs", "api-1.log"));
    expect(steps(world.events).filter((step) => step.startsWith("stopping"))).toEqual([
      "stopping api",
      "stopping queue",
      "stopping db",
    ]);
    expect(report.services.map(({ rolledBack }) => rolledBack)).toEqual([true, true, true, false]);
    expect(world.running()).toEqual([]);
    expect(await world.down()).toMatchObject({ services: [] });
  });

  test("leaves what was started where it is to be kept", async () => {
    const report = await world.boot(chain(fails(1)), { keep: true });
    expect(report.ok).toBe(false);
    expect(statuses(report)).toEqual({ db: "started", queue: "started", api: "failed", web: "skipped" });
    expect(new Set(world.running())).toEqual(
      new Set([resultOf(report, "db").pid, resultOf(report, "queue").pid]),
    );
  });

  test("by a signal is told so", async () => {
    const report = await world.boot([{ name: "api", start: ["sh", "-c", "kill -KILL $$"], ports: AUTO }]);
    expect(resultOf(report, "api").summary).toContain("was ended by SIGKILL");
  });

  test("by never being well is ended when its time is over", async () => {
    const report = await world.boot([
      {
        name: "api",
        start: SERVE,
        ports: AUTO,
        env: { SICK: "60000" },
        health: { path: "/", timeoutMs: 1_500 },
      },
    ]);
    expect(resultOf(report, "api").summary).toBe("not well within 1.5 s: GET /: 503");
    expect(world.running()).toEqual([]);
  });

  test("since there is no such program is told so, and nothing was begun", async () => {
    const report = await world.boot([{ name: "api", start: ["no-such-program"], ports: AUTO }]);
    expect(resultOf(report, "api")).toMatchObject({
      status: "failed",
      summary: "no program 'no-such-program' in PATH",
      rolledBack: false,
    });
    expect(await world.down()).toMatchObject({ services: [] });
  });

  test("since a value is missing is told so", async () => {
    const report = await world.boot([{ name: "api", start: [...SERVE, "${dp.port}"], ports: AUTO }]);
    expect(resultOf(report, "api").summary).toBe("${dp.port} has no value");
  });

  test("that is optional is stopped, and passed over", async () => {
    const slow = { path: "/", timeoutMs: 500 };
    const report = await world.boot([
      { name: "extra", required: false, start: SERVE, ports: AUTO, env: { SICK: "60000" }, health: slow },
      { name: "api", start: SERVE, ports: AUTO },
    ]);
    expect(report.ok).toBe(true);
    expect(statuses(report)).toEqual({ extra: "failed", api: "started" });
    expect(resultOf(report, "extra").rolledBack).toBe(true);
    expect(world.running()).toEqual([resultOf(report, "api").pid]);
  });
});

describe("a service that was well and ends while others come up", () => {
  test("is not reported as there", async () => {
    const tools: BootTools = {
      clock: systemClock,
      // The second is well once the first has been ended.
      look: async (at, wanted, signal) => {
        const first = world.events.find((event) => event.event === "done" && event.result.service === "db");
        const pid = first?.event === "done" ? first.result.pid : null;
        if (pid !== null) {
          if (isAlive(pid)) process.kill(pid, "SIGKILL");
          await expect.poll(() => isAlive(pid)).toBe(false);
        }
        return look(at, wanted, signal);
      },
    };
    const report = await world.boot([serves("db"), serves("api", ["db"])], { tools });
    expect(report.ok).toBe(false);
    expect(statuses(report)).toEqual({ db: "failed", api: "skipped" });
    expect(resultOf(report, "db").summary).toBe("it was well, and ended while others came up");
    expect(world.running()).toEqual([]);
  });
});

describe("a boot that is called off", () => {
  test("stops again what it started, and says why", async () => {
    const controller = new AbortController();
    const report = await world.boot(
      [
        { name: "db", start: SERVE, ports: AUTO },
        { name: "api", start: SERVE, ports: AUTO, dependsOn: ["db"], env: { SICK: "60000" } },
        { name: "web", start: SERVE, ports: AUTO, dependsOn: ["api"] },
      ],
      {
        signal: controller.signal,
        onEvent: (event) => {
          if (event.event === "starting" && event.service === "api") controller.abort();
        },
      },
    );
    expect(report.ok).toBe(false);
    expect(statuses(report)).toEqual({ db: "skipped", api: "skipped", web: "skipped" });
    expect(report.services.map(({ rolledBack }) => rolledBack)).toEqual([true, true, false]);
    expect(resultOf(report, "db").summary).toContain("the boot was interrupted");
    expect(world.running()).toEqual([]);
  });

  test("by its deadline does so, too", async () => {
    const wanted = [{ name: "api", start: SERVE, ports: AUTO, env: { SICK: "60000" } }];
    const report = await world.boot(wanted, { deadlineMs: 700 });
    expect(resultOf(report, "api").summary).toContain("the boot took longer than 0.7 s");
    expect(world.running()).toEqual([]);
  });

  test("before it began has done nothing", async () => {
    const signal = AbortSignal.abort();
    const report = await world.boot([{ name: "api", start: SERVE, ports: AUTO }], { signal });
    expect(statuses(report)).toEqual({ api: "skipped" });
    expect(report.ok).toBe(false);
  });
});

describe("ports", () => {
  test("that are fixed and taken are the exact fault, with who has them", async () => {
    const holder = await holdPort(0);
    try {
      const ports = { kind: "fixed", ports: [holder.port] } as const;
      const { summary } = resultOf(await world.boot([{ name: "api", start: SERVE, ports }]), "api");
      expect(summary).toMatch(
        new RegExp(
          `^Port ${holder.port} is already in use and auto-discovery is disabled: .* \\(pid ${process.pid}\\) has it$`,
        ),
      );
    } finally {
      await holder.close();
    }
  });

  test("that are looked for pass over one that is taken, and it is said", async () => {
    const holder = await holdPort(0);
    try {
      const ports = { kind: "auto", from: holder.port } as const;
      const api = resultOf(await world.boot([{ name: "api", start: SERVE, ports }]), "api");
      expect(api.status).toBe("started");
      expect(api.port).toBeGreaterThan(holder.port);
      expect(api.summary).toMatch(/(is|are) taken: on \d+/);
      expect(api.summary).toContain(`taken: on ${api.port}`);
    } finally {
      await holder.close();
    }
  });

  test("of several services that begin at once differ", async () => {
    const wanted = ["a", "b", "c", "d"].map((name) => ({ name, start: SERVE, ports: AUTO }));
    const report = await world.boot(wanted);
    expect(new Set(report.services.map(({ port }) => port)).size).toBe(4);
  });

  test("may be several", async () => {
    const ports = { kind: "fixed", ports: [await freePort(), await freePort()] } as const;
    const start = [...SERVE, "${port}", "${port.1}", "${port.2}"];
    const api = resultOf(await world.boot([{ name: "api", start, ports }]), "api");
    const [one, two] = ports.ports;
    expect(readFileSync(api.log ?? "", "utf8")).toBe(`listening soon ${one} ${one} ${two}\n`);
  });
});
