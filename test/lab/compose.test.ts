import { setTimeout as pause } from "node:timers/promises";

import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { TestContext } from "vitest";

import { arrayAt, stringAt } from "../../src/model/json.ts";
import { type Docker, startDocker } from "./docker.ts";
import { type Lab, createLab } from "./lab.ts";
import { Project, processesOf } from "./project.ts";
import { type Starter, answers, commandStarter, composeStarter } from "./starters.ts";

// What a starter promises holds for commands and for compose services: with no Docker, the first carry the tests.

let lab: Lab;
let docker: Docker | undefined;
let project: Project | undefined;
beforeAll(async () => {
  lab = await createLab();
  docker = await startDocker();
});
afterAll(async () => {
  await docker?.close();
  await lab?.close();
});
afterEach(async () => {
  await project?.discover("down");
  project?.remove();
  project = undefined;
  await lab.local.powerOff();
  const left = (await docker?.run(["docker", "ps", "--all", "--quiet"]))?.split(/\s+/).filter(Boolean) ?? [];
  if (left.length > 0) await docker?.run(["docker", "rm", "--force", ...left]);
});

const API = { name: "api", port: 18_100 };
const OTHER = { name: "other", port: 18_101 };

function stackOf(starter: Starter, services = [API]): string {
  const texts = services.map(
    (one) => `
  ${one.name}:
    type: http
    placement: local
    ports: [${one.port}]
    health: { http: /health, timeout: 20s }
    start: ${starter.spec(one)}`,
  );
  return `services:${texts.join("")}\n`;
}

function layOut(starter: Starter, stack = stackOf(starter), env: Record<string, string> = {}): Project {
  project = new Project(stack, { ...docker?.env, ...env });
  starter.layOut(project, [API, OTHER]);
  return project;
}

function dockerOrSkip(context: TestContext): Docker {
  return docker ?? context.skip("there can be no Docker here");
}

/** A decision of a plan, or a service of a boot or a `down`. */
function of(document: unknown, name = API.name): unknown {
  const list = arrayAt(document, "decisions") ?? arrayAt(document, "services") ?? [];
  return list.find((one) => stringAt(one, "service") === name);
}

async function until(happens: () => Promise<boolean>): Promise<void> {
  for (const end = performance.now() + 20_000; !(await happens()); await pause(5))
    if (performance.now() > end) throw new Error("it does not happen");
}

describe.each(["command", "compose"])("a service that is started by %s", (kind) => {
  const starterOr = (context: TestContext): Starter =>
    kind === "command" ? commandStarter(lab.local) : composeStarter(dockerOrSkip(context));

  test("is planned, started and well, not started again, and alone ended by down", async (context) => {
    const starter = starterOr(context);
    const stack = layOut(starter);
    await starter.startByHand(stack, OTHER);
    const [other] = await starter.instances(stack, OTHER);
    const planned = await stack.json("plan");
    expect(planned).toMatchObject({ code: 4, document: { verdict: "changes" } });
    expect(of(planned.document)).toMatchObject({ action: "start", host: "localhost", port: API.port });

    const first = await stack.json("boot");
    expect(first, first.stderr).toMatchObject({ code: 0, document: { ok: true } });
    expect(of(first.document)).toMatchObject({
      status: "started",
      port: API.port,
      url: `http://127.0.0.1:${API.port}`,
      summary: expect.stringContaining("GET /health answered 200"),
    });
    const running = await starter.instances(stack, API);
    expect(running).toHaveLength(1);

    const again = await stack.json("plan");
    expect(again).toMatchObject({ code: 0, document: { verdict: "nothing" } });
    expect(of(again.document)).toMatchObject({ action: "nothing" });
    const second = await stack.json("boot");
    expect(second.code).toBe(0);
    expect(of(second.document)).toMatchObject({
      status: "adopted",
      summary: expect.stringContaining("started by an earlier boot"),
    });
    expect(await starter.instances(stack, API)).toEqual(running);

    const down = await stack.json("down");
    expect(down).toMatchObject({ code: 0, document: { ok: true, services: [{ status: "stopped" }] } });
    expect(await starter.instances(stack, API)).toEqual([]);
    expect(await starter.instances(stack, OTHER)).toEqual([other]);
    expect(await stack.json("down")).toMatchObject({ code: 0, document: { services: [] } });
  });

  test("is adopted where it ran before, and outlives down", async (context) => {
    const starter = starterOr(context);
    const stack = layOut(starter);
    await starter.startByHand(stack, API);
    const before = await starter.instances(stack, API);
    await until(() => answers(API.port));
    expect(of((await stack.json("plan")).document)).toMatchObject({ action: "adopt" });
    const { code, document } = await stack.json("boot");
    expect(code).toBe(0);
    expect(of(document)).toMatchObject({ status: "adopted", port: API.port });
    expect(await stack.json("down")).toMatchObject({ code: 0, document: { services: [] } });
    expect(await starter.instances(stack, API)).toEqual(before);
  });

  test("is there once after its boot was killed at any point of its way", async (context) => {
    const starter = starterOr(context);
    const stack = layOut(starter);
    let running: string[] = [];
    for (const [moment, hasCome] of Object.entries(starter.moments)) {
      await starter.kill(running);
      const boot = stack.begin("boot");
      const gone = new Promise((resolve) => boot.once("close", resolve));
      await until(() => hasCome(stack, API));
      boot.kill("SIGKILL");
      await gone;
      const { code, document, stderr } = await stack.json("boot");
      expect({ code, stderr, moment }).toMatchObject({ code: 0 });
      expect(document).toMatchObject({ ok: true });
      running = await starter.instances(stack, API);
      expect(running, moment).toHaveLength(1);
      expect(processesOf(" up -d "), moment).toEqual([]);
    }
    expect(await stack.json("down")).toMatchObject({ code: 0, document: { ok: true } });
    expect(await starter.instances(stack, API)).toEqual([]);
  });

  test("is taken back where one that is required fails", async (context) => {
    const starter = starterOr(context);
    const stack = layOut(
      starter,
      `${stackOf(starter)}
  never: { type: http, placement: local, ports: [18102], dependsOn: [api], start: { command: ["false"] } }
`,
    );
    const { code, document } = await stack.json("boot");
    expect(code).toBe(1);
    expect(of(document)).toMatchObject({ status: "skipped", rolledBack: true });
    expect(await starter.instances(stack, API)).toEqual([]);
  });
});

test("a compose service is where its compose file publishes it, if the stack does not say", async (context) => {
  const starter = composeStarter(dockerOrSkip(context));
  const stack = layOut(starter, stackOf(starter).replace(`ports: [${API.port}]`, ""));
  const { code, document } = await stack.json("boot");
  expect(code).toBe(0);
  expect(of(document)).toMatchObject({ status: "started", port: API.port });
  const again = await stack.json("plan");
  expect(again.code).toBe(0);
  expect(of(again.document)).toMatchObject({ action: "nothing", port: API.port });
});

describe("without what compose services need", () => {
  const TWO = `
services:
  first: { type: http, placement: local, ports: [18103], start: { command: [node, -e, "setInterval(Object, 1e6)"] } }
  api:
    type: http
    placement: local
    ports: [${API.port}]
    health: { http: /health }
    start: { compose: compose.yaml, service: api }
`;

  test("no Compose is an error that names the service, and nothing is started", async () => {
    project = new Project(TWO, { PATH: "/nowhere" });
    const { code, document } = await project.json("boot");
    expect(code).toBe(1);
    expect(of(document)).toMatchObject({
      status: "failed",
      summary:
        "Docker Compose is not there, and api cannot be started without: neither 'docker compose' nor 'docker-compose' works",
      remedy: expect.stringContaining("install Docker"),
    });
    expect(of(document, "first")).toMatchObject({ status: "skipped", pid: null, rolledBack: false });
    const text = await project.discover("boot");
    expect(text.stdout.replaceAll(/\s+/g, " ")).toContain("api cannot be started without");
  });

  test("no daemon is said so, and nothing is started", async (context) => {
    const stack = layOut(composeStarter(dockerOrSkip(context)), TWO, { DOCKER_HOST: "unix:///run/no.sock" });
    const { code, document } = await stack.json("boot");
    expect(code).toBe(1);
    expect(of(document)).toMatchObject({
      status: "failed",
      summary: "the Docker daemon does not answer, and api cannot be started without",
      remedy: expect.stringContaining("start Docker"),
    });
    expect(of(document, "first")).toMatchObject({ status: "skipped", pid: null, rolledBack: false });
  });

  test("an image that nobody has fails the service alone, with what Compose says of it", async (context) => {
    const stack = layOut(composeStarter(dockerOrSkip(context)), TWO);
    stack.write("compose.yaml", `version: "2.4"\nservices: { api: { image: sonde-nobodys } }\n`);
    const { code, document } = await stack.json("boot");
    expect(code).toBe(1);
    expect(of(document)).toMatchObject({ status: "failed", summary: expect.stringContaining("up api") });
    expect(JSON.stringify(of(document))).toContain("sonde-nobodys");
  });
});
