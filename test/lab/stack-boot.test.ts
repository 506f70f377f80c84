import net from "node:net";
import { setTimeout as pause } from "node:timers/promises";

import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";

import { arrayAt, asObject, stringAt } from "../../src/model/json.ts";
import { run } from "./command.ts";
import { type Lab, createLab } from "./lab.ts";
import { Project, SERVER, processesOf } from "./project.ts";
import { answers } from "./starters.ts";

let lab: Lab;
const projects: Project[] = [];
beforeAll(async () => {
  lab = await createLab({ hosts: 3 });
});
afterAll(() => lab?.close());
afterEach(async () => {
  const ended = projects.splice(0);
  for (const project of ended) await project.discover("down");
  for (const project of ended) project.remove();
  await Promise.all([lab.local, ...lab.hosts].map((host) => host.powerOff()));
  for (const host of lab.hosts) await host.heal();
});

function layOut(text: string, env: Record<string, string> = {}): Project {
  const project = new Project(text, env);
  projects.push(project);
  return project;
}

/** A decision of a plan, or a service of a boot. */
function of(document: unknown, name: string): unknown {
  const list = arrayAt(document, "decisions") ?? arrayAt(document, "services") ?? [];
  return list.find((one) => stringAt(one, "service") === name);
}

/** The text of a service that runs `boot-server.js`. */
function server(name: string, ports: string, { flags = "", more = "" } = {}): string {
  return `
  ${name}:
    type: http
    placement: local
    ports: ${ports}
    health: { http: /health, timeout: 10s }
    ${more}
    start: { command: [node, ${SERVER}, --port, "\${port}", --name, ${name}${flags}] }`;
}

async function until(happens: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = performance.now() + 20_000; !(await happens()); await pause(5))
    if (performance.now() > end) throw new Error("it does not happen");
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ");
}

describe("what speaks HTTP on a service's own port", () => {
  const STACK = `services:${server("api", "[8100]")}\n`;

  test("and does not know its health path is not adopted: the port is taken", async () => {
    await lab.local.nginx({ port: 8100, locations: `location = / { return 200 "a page"; }` });
    const stack = layOut(STACK);
    const { code, stdout } = await stack.discover("boot");
    expect({ code, stdout: oneLine(stdout) }).toEqual({
      code: 1,
      stdout: expect.stringContaining("Port 8100 is already in use and auto-discovery is disabled"),
    });
    expect(processesOf(SERVER)).toEqual([]);
  });

  test("and answers well at its health path is adopted", async () => {
    await lab.local.nginx({ port: 8100 });
    const stack = layOut(STACK);
    expect(await stack.json("plan")).toMatchObject({ code: 0, document: { verdict: "nothing" } });
    const { code, document } = await stack.json("boot");
    expect(code).toBe(0);
    expect(of(document, "api")).toMatchObject({ status: "adopted", port: 8100 });
    expect(processesOf(SERVER)).toEqual([]);
  });
});

describe("ports that are looked for", () => {
  test("and all taken, a hundred of them, are an error, word for word", async () => {
    const ports = Array.from({ length: 100 }, (_, at) => 8100 + at);
    const holders = await Promise.all(ports.map(hold));
    try {
      const { code, stdout } = await layOut(`services:${server("api", "auto")}\n`).discover("boot");
      expect({ code, stdout: oneLine(stdout) }).toEqual({
        code: 1,
        stdout: expect.stringContaining("No available ports found starting from 8100"),
      });
      expect(processesOf(SERVER)).toEqual([]);
    } finally {
      for (const holder of holders) holder.close();
    }
  });

  test("by stacks of one user at once are different ones", async () => {
    const first = layOut(`services:${server("one", "auto")}\n`);
    const others = ["two", "three"].map((name) =>
      layOut(`services:${server(name, "auto")}\n`, { HOME: first.home }),
    );
    const stacks = [first, ...others];
    const booted = await Promise.all(stacks.map((stack) => stack.json("boot")));
    expect(booted.map(({ code }) => code)).toEqual([0, 0, 0]);
    const found = booted.map(({ document }) => asObject(arrayAt(document, "services")?.[0])?.["port"]);
    expect(new Set(found)).toEqual(new Set([8100, 8101, 8102]));
  });
});

/** Takes connections on both families, and ends them. */
function hold(port: number): Promise<net.Server> {
  const holder = net.createServer((socket) => socket.destroy());
  return new Promise((resolve, reject) => {
    holder.once("error", reject);
    holder.listen({ port, host: "::" }, () => resolve(holder));
  });
}

describe("a boot", () => {
  test("that is interrupted takes back what it has started, and exits 130", async () => {
    const stack = layOut(
      `services:${server("one", "[8100]")}${server("two", "[8101]", {
        flags: `, --health-after, "60000"`,
        more: "dependsOn: [one]",
      })}\n`,
    );
    const boot = stack.begin("boot");
    const ended = new Promise<number | null>((resolve) => boot.once("close", resolve));
    await until(() => answers(8101));
    expect(processesOf(SERVER)).toHaveLength(2);
    boot.kill("SIGINT");
    expect(await ended).toBe(130);
    expect(processesOf(SERVER)).toEqual([]);
    expect(await stack.json("down")).toMatchObject({ code: 0, document: { services: [] } });
  });

  const FAILING = `services:${server("one", "[8100]")}${server("two", "[8101]", {
    flags: `, --health-after, "60000", --exit-after, "200", --code, "7"`,
    more: "dependsOn: [one]",
  })}\n`;

  test("that fails leaves what it started where it is told to keep it, and down has it", async () => {
    const stack = layOut(FAILING);
    const { code, document } = await stack.json("boot", "--keep");
    expect(code).toBe(1);
    expect(of(document, "one")).toMatchObject({ status: "started", rolledBack: false });
    expect(of(document, "two")).toMatchObject({ status: "failed", rolledBack: false });
    expect(await answers(8100)).toBe(true);
    const { document: down } = await stack.json("down");
    expect(of(down, "one")).toMatchObject({ status: "stopped" });
    expect(processesOf(SERVER)).toEqual([]);
  });

  test("passes over what is optional and fails", async () => {
    const stack = layOut(FAILING.replace("dependsOn: [one]", "required: false"));
    const { code, document } = await stack.json("boot");
    expect(code).toBe(0);
    expect(document).toMatchObject({ ok: true });
    expect(of(document, "one")).toMatchObject({ status: "started" });
    expect(of(document, "two")).toMatchObject({
      status: "failed",
      required: false,
      summary: expect.stringContaining("exited with status 7"),
    });
    expect(processesOf(SERVER)).toHaveLength(1);
  });

  test("notices what was well and has died while others came up", async () => {
    const stack = layOut(
      `services:${server("one", "[8100]", { flags: `, --exit-after, "1200"` })}${server("two", "[8101]", {
        flags: `, --health-after, "2000"`,
      })}\n`,
    );
    const { code, document } = await stack.json("boot");
    expect(code).toBe(1);
    expect(of(document, "one")).toMatchObject({
      status: "failed",
      summary: "it was well, and ended while others came up",
    });
    expect(of(document, "two")).toMatchObject({ rolledBack: true });
    expect(processesOf(SERVER)).toEqual([]);
  });

  test("starts again what has died since the last one, and that alone", async () => {
    const stack = layOut(`services:${server("one", "[8100]")}${server("two", "[8101]")}\n`);
    expect(await stack.json("boot")).toMatchObject({ code: 0 });
    const [one] = processesOf(`${SERVER} --port 8100 `);
    const two = processesOf(`${SERVER} --port 8101 `);
    if (one !== undefined) process.kill(one, "SIGKILL");
    await until(() => processesOf(`${SERVER} --port 8100 `).length === 0);
    const planned = await stack.json("plan");
    expect(planned.code).toBe(4);
    expect(of(planned.document, "one")).toMatchObject({ action: "start" });
    expect(of(planned.document, "two")).toMatchObject({ action: "nothing" });
    const { code, document } = await stack.json("boot");
    expect(code).toBe(0);
    expect(of(document, "one")).toMatchObject({ status: "started", port: 8100 });
    expect(processesOf(`${SERVER} --port 8101 `)).toEqual(two);
  });
});

describe("replicas", () => {
  test("are adopted on hosts of their own, and the one that is missing is started", async () => {
    await Promise.all([lab.host(1).redis(), lab.host(2).redis(), lab.host(2).redis({ port: 6380 })]);
    const stack = layOut(`
discovery: { ranges: [10.99.0.11-13] }
services:
  redis:
    replicas: 3
    ports: [16379]
    start: { command: [redis-server, --port, "\${port}", --save, ""] }
`);
    const { code, document } = await stack.json("boot");
    expect(code).toBe(0);
    const services = arrayAt(document, "services") ?? [];
    expect(services.map((one) => `${stringAt(one, "status")} ${stringAt(one, "host")}`)).toEqual([
      "adopted 10.99.0.11",
      "adopted 10.99.0.12",
      "started localhost",
    ]);
    expect(await stack.json("plan")).toMatchObject({ code: 0 });
  });
});

describe("what was found before", () => {
  const STACK = `
discovery: { ranges: [10.99.0.11-13] }
services:
  postgresql: discovered
  redis: discovered
`;

  test("is looked at again with a connection or two, and nobody else is asked", async () => {
    await Promise.all([lab.host(1).postgres(), lab.host(2).redis()]);
    const stack = layOut(STACK);
    for (const host of lab.hosts) await host.run(["iptables", "-A", "INPUT", "-p", "tcp", "--syn"]);
    const asked = async (): Promise<number[]> => Promise.all(lab.hosts.map(synsOf));
    expect(await stack.json("plan")).toMatchObject({ code: 0 });
    const swept = await asked();
    expect(Math.min(...swept)).toBeGreaterThan(20);
    expect(await stack.json("plan")).toMatchObject({ code: 0, document: { verdict: "nothing" } });
    const [first = 0, second = 0, third] = (await asked()).map((count, at) => count - (swept[at] ?? 0));
    expect(third).toBe(0);
    for (const count of [first, second]) {
      expect(count).toBeGreaterThan(0);
      expect(count).toBeLessThanOrEqual(3);
    }
  });

  test("and has died since is noticed by the next boot, which starts nothing", async () => {
    await lab.host(1).postgres();
    const redis = await lab.host(2).redis();
    const stack = layOut(`${STACK}${server("api", "[8100]", { more: "dependsOn: [redis]" })}\n`);
    expect(await stack.json("plan")).toMatchObject({ code: 4 });
    expect(of((await stack.json("plan")).document, "redis")).toMatchObject({ action: "adopt" });
    await redis.stop();
    const { code, document } = await stack.json("boot");
    expect(code).toBe(1);
    expect(of(document, "redis")).toMatchObject({ status: "failed" });
    expect(of(document, "postgresql")).not.toMatchObject({ status: "failed" });
    expect(processesOf(SERVER)).toEqual([]);
  });

  test("and has died since is noticed by the next plan, though all else is as it was", async () => {
    await lab.host(1).postgres();
    const redis = await lab.host(2).redis();
    const stack = layOut(STACK);
    expect(await stack.json("plan")).toMatchObject({ code: 0 });
    await redis.stop();
    const { code, document } = await stack.json("plan");
    expect(code).toBe(1);
    expect(of(document, "redis")).toMatchObject({ action: "blocked" });
    expect(of(document, "postgresql")).toMatchObject({ action: "adopt" });
  });
});

/** Connections that were begun to a host since its rule was put up. */
async function synsOf(host: Lab["local"]): Promise<number> {
  const listed = await host.run(["iptables", "-nvxL", "INPUT"]);
  return Number(/^\s*(\d+)\s+\d+.*tcp flags:0x17\/0x02/m.exec(listed)?.[1] ?? Number.NaN);
}

describe("a disk that is full", () => {
  const TMPFS = "/run/small-state";
  const FILLS = `head -c 1000000 /dev/zero; exec node ${SERVER} --port $PORT`;
  const STACK = `
services:
  first: { type: http, placement: local, ports: [8131], health: { http: /health }, start: { command: [node, ${SERVER}, --port, "\${port}"] } }
  fills:
    type: http
    placement: local
    ports: [8132]
    dependsOn: [first]
    health: { http: /health }
    start: { command: [sh, -c, ${JSON.stringify(FILLS)}] }
  last: { type: http, placement: local, ports: [8133], dependsOn: [fills], start: { command: [sleep, "300"] } }
`;

  test("keeps nobody from being stopped, by the boot or by down", async () => {
    await run(["mkdir", "-p", TMPFS]);
    await run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", TMPFS]);
    try {
      const stack = layOut(STACK, { XDG_STATE_HOME: TMPFS });
      const { code, document } = await stack.json("boot");
      expect(code).toBe(1);
      expect(of(document, "first")).toMatchObject({ rolledBack: true });
      expect(of(document, "fills")).toMatchObject({ rolledBack: true });
      expect(processesOf(SERVER)).toEqual([]);
      expect(await stack.discover("down")).toMatchObject({ code: 0 });
    } finally {
      await run(["umount", "-l", TMPFS]);
    }
  });
});
