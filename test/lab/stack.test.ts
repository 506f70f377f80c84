import { readFileSync, statSync, symlinkSync } from "node:fs";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";

import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";

import { stringAt } from "../../src/model/json.ts";
import { run } from "./command.ts";
import { createLab } from "./lab.ts";
import type { Lab } from "./lab.ts";
import { Project, SERVER, processesOf } from "./project.ts";

let lab: Lab;
let project: Project | undefined;
beforeAll(async () => {
  lab = await createLab({ hosts: 3 });
});
afterAll(() => lab?.close());
afterEach(async () => {
  await project?.discover("down");
  project?.remove();
  await Promise.all(lab.hosts.map((host) => host.powerOff()));
  for (const host of lab.hosts) await host.heal();
  project = undefined;
});

const API = `
  api:
    placement: local
    type: http
    ports: [8100]
    dependsOn: [postgresql, redis]
    health: { http: /health, timeout: 10s }
    start: { command: [node, ${SERVER}, --port, "\${port}", --log-line, "redis is \${redis.url}"] }
`;

const TEAM = `
strategy: dynamic-discovery
discovery: { ranges: [10.99.0.11-13] }
services:
  postgresql: discovered
  redis: { placement: discovered, version: ">=6" }
${API}`;

function team(text = TEAM): Project {
  project = new Project(text);
  return project;
}

/** A decision of a plan, or a service of a boot, by its name. */
async function of(document: unknown, list: "decisions" | "services", service: string): Promise<unknown> {
  return JSON.parse(
    await run(["jq", "-e", `.${list}[] | select(.service == "${service}")`], JSON.stringify(document)),
  );
}

async function bothUp(): Promise<void> {
  await Promise.all([lab.host(1).postgres(), lab.host(2).redis()]);
}

describe("a team's stack, its databases on other hosts", () => {
  test("is adopted and completed; a second boot starts nothing; jq reads why", async () => {
    await bothUp();
    const stack = team();
    const planned = await stack.json("plan");
    expect(planned.code).toBe(4);
    expect(await of(planned.document, "decisions", "redis")).toMatchObject({
      action: "adopt",
      address: "10.99.0.12",
      port: 6379,
    });
    const first = await stack.json("boot");
    expect(first).toMatchObject({ code: 0, document: { ok: true } });
    const api = await of(first.document, "services", "api");
    expect(api).toMatchObject({ status: "started", port: 8100, host: "localhost" });
    expect(await of(first.document, "services", "postgresql")).toMatchObject({
      status: "adopted",
      address: "10.99.0.11",
    });
    expect(await of(first.document, "services", "redis")).toMatchObject({ status: "adopted" });
    const running = processesOf(SERVER);
    expect(running).toHaveLength(1);

    expect((await stack.json("plan")).code).toBe(0);
    const second = await stack.json("boot");
    expect(second.code).toBe(0);
    expect(await of(second.document, "services", "api")).toMatchObject({
      status: "adopted",
      pid: running[0],
    });
    expect(processesOf(SERVER)).toEqual(running);
    const why = await run(
      ["jq", "-r", '.decisions[] | select(.service == "redis") | .reasons[]'],
      JSON.stringify(planned.document),
    );
    expect(why).toContain("is >=6");
    const explained = await stack.discover("explain", "redis", "-f", "services.yaml");
    expect(explained).toMatchObject({ code: 0, stdout: expect.stringContaining("10.99.0.12:6379") });

    expect(await stack.discover("down")).toMatchObject({ code: 0 });
    expect(processesOf(SERVER)).toEqual([]);
  });

  test("fills what was adopted into what is started", async () => {
    await bothUp();
    const stack = team();
    const { document } = await stack.json("boot");
    const log = stringAt(await of(document, "services", "api"), "log") ?? "";
    expect(await run(["cat", log])).toContain("redis is redis://10.99.0.12:6379");
  });
});

describe("what cannot be seen", () => {
  const AUTO = `
discovery: { ranges: [10.99.0.11-13] }
services:
  redis:
    placement: auto
    ports: [16379]
    start: { command: [redis-server, --port, "\${port}", --save, ""] }
`;

  test("behind a firewall that drops is unknown, and nothing is started; where it rejects, it is absent, and is", async () => {
    await lab.host(2).redis();
    await lab.host(2).drop(6379);
    const stack = team(AUTO);
    const unknown = await stack.json("plan");
    expect(unknown).toMatchObject({ code: 3, document: { verdict: "unknown" } });
    expect(await of(unknown.document, "decisions", "redis")).toMatchObject({ action: "unknown" });
    expect(await stack.discover("boot")).toMatchObject({ code: 3 });
    expect(processesOf("redis-server").filter((pid) => pid > 0)).toHaveLength(1);

    await lab.host(2).heal();
    await lab.host(2).reject(6379);
    expect(await stack.json("plan")).toMatchObject({ code: 4, document: { verdict: "changes" } });
    const { code, document } = await stack.json("boot");
    expect(code).toBe(0);
    expect(await of(document, "services", "redis")).toMatchObject({ status: "started", port: 16379 });
  });

  test("is taken for absent where the user says so", async () => {
    await lab.host(2).redis();
    await lab.host(2).drop(6379);
    expect(await team(AUTO).json("plan", "--assume-absent")).toMatchObject({ code: 4 });
  });

  test("is shown as what was seen before, where an earlier run met it", async () => {
    await lab.host(2).redis();
    const stack = team(AUTO);
    expect(await stack.json("plan")).toMatchObject({ code: 0 });
    await lab.host(2).drop(6379);
    const { code, document } = await stack.json("plan");
    expect(code).toBe(3);
    expect(await of(document, "decisions", "redis")).toMatchObject({
      action: "unknown",
      rejected: expect.arrayContaining([
        {
          candidate: "redis@10.99.0.12:6379",
          reason: "was seen before, and could not be looked at again",
        },
      ]),
    });
  });

  test("since its host was unplugged is unknown, though nobody answers to ARP there", async () => {
    await lab.host(2).redis();
    const stack = team(AUTO);
    expect(await stack.json("plan")).toMatchObject({ code: 0 });
    await lab.host(2).unplug();
    await run(["ip", "neigh", "flush", "all"]);
    expect(await stack.json("plan")).toMatchObject({ code: 3 });
  });

  test("since the name of a place is not known is unknown", async () => {
    const { code, document } = await team(AUTO.replace("10.99.0.11-13", "db.corp.test")).json("plan");
    expect(code).toBe(3);
    expect(JSON.stringify(document)).toContain("the address of db.corp.test is not known");
  });

  test("is looked for at its own ports, whatever ports a user names", async () => {
    await lab.host(2).redis();
    expect(await team(AUTO).json("plan", "--ports=22")).toMatchObject({ code: 0 });
  });

  test("since its host hangs is unknown as well", async () => {
    const redis = await lab.host(2).redis();
    redis.pause();
    expect(await team(AUTO).json("plan")).toMatchObject({ code: 3 });
    redis.resume();
  });
});

describe("what only looks like it", () => {
  test("is not adopted: HTTP on PostgreSQL's port, a version that is too old", async () => {
    await lab.host(1).nginx({ port: 5432 });
    await lab.host(2).redis();
    const stack = team(`
discovery: { ranges: [10.99.0.11-13] }
services:
  postgresql: discovered
  redis: { placement: discovered, version: ">=99" }
`);
    const { code, document } = await stack.json("plan");
    expect(code).toBe(1);
    for (const service of ["postgresql", "redis"])
      expect(await of(document, "decisions", service)).toMatchObject({ action: "blocked" });
    expect(JSON.stringify(await of(document, "decisions", "postgresql"))).toContain("10.99.0.11:5432");
    expect(JSON.stringify(await of(document, "decisions", "redis"))).toContain(">=99");
    expect(await stack.discover("boot")).toMatchObject({ code: 1 });
  });

  test("is noticed where what was adopted dies between plan and boot", async () => {
    const postgres = await lab.host(1).postgres();
    await lab.host(2).redis();
    const stack = team();
    expect(await stack.discover("plan", "--save=plan.json")).toMatchObject({ code: 4 });
    await postgres.stop();
    const { code, stderr } = await stack.discover("boot", "--plan=plan.json");
    expect(code).not.toBe(0);
    expect(stderr).toContain("plan.json");
    expect(processesOf(SERVER)).toEqual([]);
  });
});

describe("a boot that fails", () => {
  test("stops what it started, in reverse, and says what failed", async () => {
    const stack = team(`
services:
  one:
    type: http
    placement: local
    ports: [8101]
    health: { http: /health }
    start: { command: [node, ${SERVER}, --port, "\${port}"] }
  two:
    type: http
    placement: local
    ports: [8102]
    dependsOn: [one]
    health: { http: /health }
    start: { command: [node, ${SERVER}, --port, "\${port}"] }
  three:
    type: http
    placement: local
    ports: [8103]
    dependsOn: [two]
    health: { http: /health, timeout: 5s }
    start: { command: [node, ${SERVER}, --port, "\${port}", --health-after, "60000", --exit-after, "200", --code, "7", --log-line, "no such table"] }
`);
    const { code, document } = await stack.json("boot");
    expect(code).toBe(1);
    expect(await of(document, "services", "three")).toMatchObject({ status: "failed" });
    expect(JSON.stringify(await of(document, "services", "three"))).toContain("no such table");
    for (const service of ["one", "two"])
      expect(await of(document, "services", service)).toMatchObject({ rolledBack: true });
    expect(processesOf(SERVER)).toEqual([]);
    // The last that each of them wrote was that it was told to end.
    const [one = 0, two = 0] = await Promise.all(
      ["one", "two"].map(async (service) => {
        const log = stringAt(await of(document, "services", service), "log") ?? "";
        expect(readFileSync(log, "utf8")).toContain("SIGTERM, ending");
        return statSync(log).mtimeMs;
      }),
    );
    expect(two).toBeLessThan(one);
  });

  test("killed at any moment leaves a state that the next one understands: one instance of each, no orphan", async () => {
    const names = ["one", "two", "three"];
    const services = names.map(
      (name, at) => `
  ${name}:
    type: http
    placement: local
    ports: [${8_111 + at}]
    ${at === 0 ? "" : `dependsOn: [${names[at - 1]}]`}
    health: { http: /health, timeout: 10s }
    start: { command: [node, ${SERVER}, --port, "\${port}", --health-after, "100"] }`,
    );
    const stack = team(`services:${services.join("")}\n`);
    for (let round = 0; round < 10; round++) {
      const boot = stack.begin("boot");
      const gone = new Promise((resolve) => boot.once("close", resolve));
      await pause(100 + round * 150);
      boot.kill("SIGKILL");
      await gone;
      const { code, document, stderr } = await stack.json("boot");
      expect({ code, stderr }).toMatchObject({ code: 0 });
      expect(document).toMatchObject({ ok: true });
      for (const [at] of names.entries())
        expect(processesOf(`${SERVER} --port ${8_111 + at}`), `round ${round}, service ${at}`).toHaveLength(
          1,
        );
      expect(await stack.discover("down")).toMatchObject({ code: 0 });
      expect(processesOf(SERVER), `round ${round}`).toEqual([]);
    }
  });
});

function onPorts(choice: string): string {
  return `
services:
  api:
    type: http
    placement: local
    ports: ${choice}
    health: { http: /health, timeout: 5s }
    start: { command: [node, ${SERVER}, --port, "\${port}"] }
`;
}

test("what runs here is adopted at whatever port it listens", async () => {
  const redis = await lab.local.redis({ port: 17_777 });
  try {
    const { code, document } = await team("services: { redis: auto }\n").json("plan");
    expect(code).toBe(0);
    expect(await of(document, "decisions", "redis")).toMatchObject({ action: "adopt", port: 17_777 });
  } finally {
    await redis.stop();
  }
});

test("what an earlier boot started and hangs is warned of", async () => {
  const stack = team(onPorts("[8100]"));
  expect(await stack.json("boot")).toMatchObject({ code: 0 });
  const [pid = 0] = processesOf(SERVER);
  process.kill(pid, "SIGSTOP");
  const { document } = await stack.json("plan");
  process.kill(pid, "SIGCONT");
  expect(JSON.stringify(document)).toContain("'api': it does not answer at its port");
});

describe("two stacks", () => {
  const one = `services: { shop: { type: http, placement: local, ports: [8100], health: { http: /health }, start: { command: [node, ${SERVER}, --port, "\${port}"] } } }\n`;

  test("do not take each other's services for their own, however alike these are", async () => {
    const shop = team(one);
    expect(await shop.json("boot")).toMatchObject({ code: 0 });
    const billing = new Project(one.replace("shop", "billing"), { HOME: shop.home });
    try {
      const { code, document } = await billing.json("plan");
      expect(code).toBe(1);
      expect(JSON.stringify(document)).toContain("another stack started it, as shop");
    } finally {
      billing.remove();
    }
  });

  test("are one where a link leads to the file of the other", async () => {
    const shop = team(one);
    symlinkSync("services.yaml", path.join(shop.folder, "linked.yaml"));
    expect(await shop.json("boot")).toMatchObject({ code: 0 });
    const { document } = await shop.json("boot", "linked.yaml");
    expect(await of(document, "services", "shop")).toMatchObject({ status: "adopted" });
    expect(processesOf(SERVER)).toHaveLength(1);
  });
});

describe("ports", () => {
  test("that are taken are passed over where any will do, and that is said", async () => {
    await lab.local.redis({ port: 8100 });
    const stack = team(onPorts("auto"));
    const { code, document } = await stack.json("boot");
    expect(code).toBe(0);
    expect(await of(document, "services", "api")).toMatchObject({
      status: "started",
      port: 8101,
      summary: expect.stringContaining("8100"),
    });
    await lab.local.powerOff();
  });

  test("that must be that one are an error, word for word", async () => {
    await lab.local.redis({ port: 8100 });
    const { code, stdout } = await team(onPorts("[8100]")).discover("boot");
    expect(code).toBe(1);
    expect(stdout.replaceAll(/\s+/g, " ")).toContain(
      "Port 8100 is already in use and auto-discovery is disabled",
    );
    await lab.local.powerOff();
  });
});
