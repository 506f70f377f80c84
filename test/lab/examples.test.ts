import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";

import { loadCatalog } from "../../src/catalog/index.ts";
import { arrayAt, stringAt } from "../../src/model/json.ts";
import { type Docker, startDocker } from "./docker.ts";
import type { Host } from "./host.ts";
import { type Lab, createLab } from "./lab.ts";
import { type Project, processesOf, projectLike } from "./project.ts";

// The example stacks of fixtures/stacks as they stand there, with what they speak of on the lab's hosts.

let lab: Lab;
let docker: Docker | undefined;
let project: Project | undefined;
beforeAll(async () => {
  lab = await createLab({ hosts: 4 });
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
  await Promise.all([lab.local, ...lab.hosts].map((host) => host.powerOff()));
});

function layOut(example: string): Project {
  return (project = projectLike(example, docker?.env));
}

/** What is said of each service, `redis: adopt localhost` or `redis: started localhost`, in the stack's order. */
function lines(document: unknown): string[] {
  const list = arrayAt(document, "decisions") ?? arrayAt(document, "services") ?? [];
  return list.map((one) => {
    const word = stringAt(one, "action") ?? stringAt(one, "status");
    return `${stringAt(one, "service")}: ${word} ${stringAt(one, "host")}`;
  });
}

/** A server that answers as one of the kind was recorded, once for each path. */
async function standIn(type: string, host: Host, port: number): Promise<void> {
  const examples = (await loadCatalog()).get(type)?.examples.filter((one) => "path" in one) ?? [];
  const pages = examples.filter(({ path }, at) => examples.findIndex((one) => one.path === path) === at);
  await host.httpStandIn(pages, { port });
}

describe("the team's stack", () => {
  test("uses the shared database, starts what is missing, and takes that away again", async () => {
    await lab.host(1).postgres();
    const stack = layOut("team");
    const planned = await stack.json("plan");
    expect(lines(planned.document)).toEqual([
      "postgresql: adopt 10.99.0.11",
      "redis: start localhost",
      "api: start localhost",
    ]);
    expect(planned.code).toBe(4);
    const booted = await stack.json("boot");
    expect(booted, JSON.stringify(booted.document, undefined, 1)).toMatchObject({ code: 0 });
    expect(lines(booted.document)).toEqual([
      "postgresql: adopted 10.99.0.11",
      "redis: started localhost",
      "api: started localhost",
    ]);
    const said = await (await fetch("http://127.0.0.1:8100/")).json();
    expect(said).toMatchObject({
      urls: ["postgresql://10.99.0.11:5432", "redis://127.0.0.1:6379"],
    });
    expect(await stack.discover("plan")).toMatchObject({ code: 0 });
    expect(await stack.discover("down")).toMatchObject({ code: 0 });
    expect(processesOf("server.js --port 8100")).toEqual([]);
    expect(processesOf("redis-server")).toEqual([]);
  });
});

describe("the stack of development with remote LLMs", () => {
  test("uses what runs here and on the GPU hosts, and starts the application on the next free port", async () => {
    await lab.local.postgres();
    await standIn("qdrant", lab.local, 6333);
    await standIn("ollama", lab.host(1), 11_434);
    await standIn("vllm", lab.host(2), 8000);
    await lab.local.nginx({ port: 8100 });
    const stack = layOut("development");
    const planned = await stack.json("plan");
    expect(lines(planned.document)).toEqual([
      "postgresql: adopt localhost",
      "qdrant: adopt localhost",
      "ollama: adopt gpu-server.local",
      "embeddings: adopt gpu-spare.local",
      "api: start localhost",
    ]);
    const booted = await stack.json("boot");
    expect(booted, JSON.stringify(booted.document)).toMatchObject({ code: 0 });
    expect(lines(booted.document)).toEqual([
      "postgresql: adopted localhost",
      "qdrant: adopted localhost",
      "ollama: remote gpu-server.local",
      "embeddings: adopted gpu-spare.local",
      "api: started localhost",
    ]);
    const said = await (await fetch("http://127.0.0.1:8101/")).json();
    expect(said).toMatchObject({ status: "ok", urls: expect.arrayContaining(["http://10.99.0.11:11434/"]) });
    expect(await stack.discover("down")).toMatchObject({ code: 0 });
    expect(processesOf("server.js --port 8101")).toEqual([]);
  });

  test("has containers for what is missing here, and tells who is to see to the models", async () => {
    const stack = layOut("development");
    const { code, document } = await stack.json("plan");
    expect(lines(document)).toEqual([
      "postgresql: start localhost",
      "qdrant: start localhost",
      "ollama: deploy gpu-server.local",
      "embeddings: deploy gpu-server.local",
      "api: start localhost",
    ]);
    expect(code).toBe(4);
    const booted = await stack.json("boot");
    expect(booted.code).toBe(1);
    expect(arrayAt(booted.document, "services")).toMatchObject([
      {},
      {},
      {
        service: "ollama",
        status: "failed",
        remedy: expect.stringContaining("start ollama on gpu-server.local"),
      },
      { service: "embeddings", status: "skipped" },
      {},
    ]);
    expect((await stack.json("down")).document).toMatchObject({ ok: true, services: [] });
  });
});

describe("the distributed stack", () => {
  test("is placed over the hosts, no two of a kind on one, and nothing is started for others", async () => {
    const stack = layOut("distributed");
    const { code, document } = await stack.json("plan");
    const planned = lines(document);
    expect(planned.filter((line) => /^(etcd|own-worker):/.test(line))).toEqual([
      "etcd: deploy node-1",
      "etcd: deploy node-2",
      "etcd: deploy node-3",
      "own-worker: start localhost",
    ]);
    expect(planned.filter((line) => line.includes(": deploy node-"))).toHaveLength(3 + 2 + 3 + 1);
    expect(new Set(planned).size).toBe(planned.length);
    expect(code).toBe(4);
    expect(await stack.discover("boot")).toMatchObject({ code: 1 });
  });

  test("is adopted where it runs, and this machine has its own worker; one that is gone is told of", async () => {
    await Promise.all([1, 2, 3].map((at) => lab.host(at).etcd()));
    await Promise.all([1, 4].map((at) => lab.host(at).redis()));
    await standIn("prometheus", lab.host(2), 9090);
    const stack = layOut("distributed");
    const workers = await Promise.all(
      [1, 2, 3].map((at) => {
        const { address } = lab.host(at);
        const argv = [
          "node",
          `${stack.folder}/bin/worker`,
          "--listen",
          `${address}:8200`,
          "--queue",
          "redis://10.99.0.11:6379",
        ];
        return lab.host(at).start({ name: "worker-8200", port: 8200, listen: [address], argv });
      }),
    );
    const planned = await stack.json("plan");
    expect(lines(planned.document).filter((line) => !line.includes(": adopt "))).toEqual([
      "own-worker: start localhost",
    ]);
    const booted = await stack.json("boot");
    expect(booted, JSON.stringify(booted.document)).toMatchObject({ code: 0 });
    expect(processesOf("worker --listen 127.0.0.1:8200 --queue redis://10.99.0.1")).toHaveLength(1);
    await workers[2]?.stop();
    const again = await stack.json("plan");
    expect(again.code).toBe(4);
    expect(lines(again.document).filter((line) => line.includes("worker"))).toEqual([
      "worker: adopt node-1",
      "worker: adopt node-2",
      expect.stringMatching(/^worker: deploy node-[34]$/),
      "own-worker: nothing localhost",
    ]);
    expect(await stack.discover("boot")).toMatchObject({ code: 1 });
    expect(processesOf("worker --listen 127.0.0.1:8200")).toHaveLength(1);
  });
});
