import { createHash } from "node:crypto";

import { describe, expect, test } from "vitest";

import { faultOf, stackOf } from "./stack-of.ts";

const service = async (text: string) => (await stackOf(`services:\n  ${text}\n`)).services[0];

/** The example of the issue that asked for stack files. */
const EXAMPLE = `strategy: dynamic-discovery
discovery: { ranges: [10.99.0.0/28], domains: [corp.test] }
services:
  postgresql: discovered
  redis: { placement: auto, version: ">=6", required: true }
  api:
    placement: local
    type: http
    ports: [8100]
    dependsOn: [postgresql, redis]
    health: { http: /health, timeout: 10s }
    start: { command: [node, server.js, --port, "\${port}"] }
  llm: remote@gpu-server.local
hosts:
  gpu-server.local: { user: gpu, gpu_enabled: true, capacity: { cpu: 16, memory: 64Gi } }
`;

describe("a stack file", () => {
  const defaults = {
    required: true,
    replicas: 1,
    needs: {},
    labels: {},
    dependsOn: [],
    health: { timeoutMs: 30_000 },
  };

  test("is read whole", async () => {
    expect(await stackOf(EXAMPLE)).toEqual({
      file: "services.yaml",
      folder: "/somewhere",
      strategy: "dynamic-discovery",
      services: [
        { ...defaults, name: "postgresql", type: "postgresql", placement: { kind: "discovered" }, line: 4 },
        {
          ...defaults,
          name: "redis",
          type: "redis",
          placement: { kind: "auto" },
          version: ">=6",
          line: 5,
        },
        {
          ...defaults,
          name: "api",
          type: "http",
          placement: { kind: "local" },
          ports: { kind: "fixed", ports: [8100] },
          dependsOn: ["postgresql", "redis"],
          health: { path: "/health", timeoutMs: 10_000 },
          start: { kind: "command", argv: ["node", "server.js", "--port", "${port}"], env: {}, cwd: "." },
          line: 6,
        },
        {
          ...defaults,
          name: "llm",
          type: "llm",
          placement: { kind: "remote", host: "gpu-server.local" },
          line: 13,
        },
      ],
      hosts: [
        {
          name: "gpu-server.local",
          user: "gpu",
          labels: {},
          capacity: { cpu: 16, memoryBytes: 64 * 2 ** 30 },
          hasGpu: true,
          line: 15,
        },
      ],
      digest: createHash("sha256").update(EXAMPLE).digest("hex"),
      discovery: new Map([
        ["range", { texts: ["10.99.0.0/28"], line: 2, name: "discovery.ranges" }],
        ["domain", { texts: ["corp.test"], line: 2, name: "discovery.domains" }],
      ]),
    });
  });

  test("may be JSON", async () => {
    const text = JSON.stringify({ services: { redis: { ports: [1, 2], version: 7 } } }, null, 2);
    expect((await stackOf(text)).services).toMatchObject([
      { name: "redis", ports: { kind: "fixed", ports: [1, 2] }, version: "7", line: 3 },
    ]);
  });

  test("needs no more than a service's name and where it is to be", async () => {
    expect(await stackOf("services: { redis: auto }")).toMatchObject({
      strategy: "local-first",
      hosts: [],
      services: [{ ...defaults, name: "redis", placement: { kind: "auto" } }],
    });
  });
});

describe("a service", () => {
  test.each([
    ["redis: {}", { placement: { kind: "auto" }, type: "redis" }],
    ["PostgreSQL: auto", { name: "PostgreSQL", type: "postgresql" }],
    ["cache: { type: Valkey }", { type: "valkey" }],
    ["cache: auto", { type: "cache" }],
    ["search: { ports: 80 }", { type: "http" }],
    ["search: { type: search, ports: 80 }", { type: "search" }],
    ["api: { ports: auto }", { type: "http", ports: { kind: "auto", from: 8100 } }],
    ["api: { start: { command: [a] } }", { type: "http" }],
    ["redis: { ports: 6380 }", { type: "redis", ports: { kind: "fixed", ports: [6380] } }],
    ["redis: { ports: { from: 8200 } }", { ports: { kind: "auto", from: 8200 } }],
    ["redis: { version: 15.10 }", { version: "15.10" }],
    ["redis: { labels: { zone: 1.0, disk: ssd } }", { labels: { zone: "1.0", disk: "ssd" } }],
    [
      "redis: { needs: { cpu: 0.5, memory: 1.5G, gpu: true } }",
      { needs: { cpu: 0.5, memoryBytes: 1.5e9, gpu: 1 } },
    ],
    ["redis: { needs: { memory: 1048576 } }", { needs: { memoryBytes: 1_048_576 } }],
    ["redis: { health: { timeout: 2.5 } }", { health: { timeoutMs: 2500 } }],
    [
      "redis: { start: { compose: a/b.yml, service: c } }",
      { start: { kind: "compose", file: "a/b.yml", service: "c" } },
    ],
    [
      "redis: { start: { command: [a, 007, 1e3], env: { PORT: 0x10 }, cwd: sub } }",
      { start: { kind: "command", argv: ["a", "007", "1e3"], env: { PORT: "0x10" }, cwd: "sub" } },
    ],
    ["redis: remote@10.0.0.1", { placement: { kind: "remote", host: "10.0.0.1" } }],
    ["redis: remote@fd99::1", { placement: { kind: "remote", host: "fd99::1" } }],
  ])("%s", async (text, expected) => {
    expect(await service(text)).toMatchObject(expected);
  });

  test("has what an alias stands for", async () => {
    const text =
      "services:\n  redis: &it { placement: local, ports: [1] }\n  valkey: { type: redis }\n  nats: *it\n";
    expect(await faultOf(text)).toBe(
      "line 2, column 41: services.nats.ports: the port 1 of that host is redis's already",
    );
  });
});

describe("a host", () => {
  test("that a placement names and 'hosts' does not is there by its name alone", async () => {
    const { hosts } = await stackOf(
      "services:\n  redis: remote@db2\n  nats: remote@db2\nhosts: { db1: {} }\n",
    );
    const bare = { labels: {}, capacity: {}, hasGpu: false };
    expect(hosts).toEqual([
      { name: "db1", ...bare, line: 4 },
      { name: "db2", ...bare, line: 2 },
    ]);
  });

  test.each(["10.0.0.12", "db-12.corp.test", "fd99::12"])(
    "%s is no typo of one that is like it",
    async (host) => {
      const text = `services: { redis: "remote@${host}" }\nhosts: { 10.0.0.11: {}, db-11.corp.test: {}, "fd99::11": {} }`;
      expect((await stackOf(text)).hosts.map(({ name }) => name)).toContain(host);
    },
  );

  test.each([
    ["10.99.0.2", "10.99.0.2"],
    ["FD99:0::1", "fd99::1"],
    ["GPU.corp.test", "gpu.corp.test"],
  ])("is one host however it is named: %s", async (host, address) => {
    const hosts = `hosts: { big: { address: "${address}" } }`;
    expect(await faultOf(`services: { redis: "remote@${host}" }\n${hosts}`)).toBe(
      `line 1, column 20: services.redis: '${host}' is the host big: write 'remote@big'`,
    );
    expect(await faultOf(`services: { redis: auto }\n${hosts.replace("} }", `}, "${host}": {} }`)}`)).toMatch(
      /: is at the same address as 'big'$/,
    );
  });

  test.each([
    ["{ capacity: { gpu: 2 } }", true],
    ["{ gpuEnabled: true }", true],
    ["{ gpu_enabled: false }", false],
    ["{ capacity: { gpu: 0 } }", false],
    ["{}", false],
  ])("%s has a GPU: %s", async (text, hasGpu) => {
    expect((await stackOf(`services: { redis: auto }\nhosts: { a: ${text} }`)).hosts).toMatchObject([
      { hasGpu },
    ]);
  });

  test("called localhost is this machine, and says what that has", async () => {
    const text = "services: { redis: local }\nhosts: { localhost: { labels: { disk: ssd } } }";
    expect((await stackOf(text)).hosts).toMatchObject([{ name: "localhost", labels: { disk: "ssd" } }]);
    expect(await faultOf(text.replace("labels: { disk: ssd }", "address: 10.0.0.1"))).toBe(
      "line 2, column 23: hosts.localhost.address: localhost is this machine, and needs none",
    );
  });
});

const start = (argument: string, more = "") =>
  faultOf(
    `services:\n  my-db: { type: postgresql, placement: auto }\n  api: { dependsOn: [my-db], start: { command: [a, '${argument}'] }${more} }`,
  );

describe("placeholders", () => {
  test.each([
    "${port}",
    "${port.1}",
    "${host}",
    "${my-db.host}:${my-db.port}",
    "${my-db.url}",
    "$${HOME}",
    "$port",
  ])("%s name something", async (argument) => {
    expect(await start(argument)).toBeUndefined();
  });

  test.each([
    ["${port.2}", "the service has one port"],
    ["${HOME}", "names nothing; '${' itself is written '$${'"],
    ["${}", "names nothing; '${' itself is written '$${'"],
    ["${my-db.hots}", "of another service there are host, port, url — did you mean 'host'?"],
    ["${my-db}", "is a service; of it there are host, port, url: '${my-db.url}'"],
    ["${my-bd.url}", "names nothing — did you mean '${my-db.url}'?"],
    ["${port", "does not end; '${' itself is written '$${'"],
  ])("%s names nothing", async (argument, fault) => {
    expect(await start(argument)).toMatch(`api.start.command[1]: '${argument}' ${fault}`);
  });

  test("count the ports that there are", async () => {
    expect(await start("${port.2}", ", ports: [1, 2]")).toBeUndefined();
    expect(await start("${port.3}", ", ports: [1, 2]")).toMatch("the service has 2 ports, counted from 1");
  });

  test("in variables are held to the same", async () => {
    const text = "services: { redis: { start: { command: [a], env: { A: '${b}' } } } }";
    expect(await faultOf(text)).toMatch("services.redis.start.env.A: '${b}' names nothing");
  });
});

describe("what waits for others", () => {
  test("is told as the circle that it is, however long", async () => {
    const names = Array.from({ length: 900 }, (_, at) => `s${at}`);
    const rows = names.map((name, at) => `  ${name}: { type: http, dependsOn: [${names[(at + 1) % 900]}] }`);
    expect(await faultOf(`services:\n${rows.join("\n")}`)).toMatch(
      /wait for each other: s0 -> s1 -> s2 -> s3 -> s4 -> s5 -> s6 -> s7 -> … -> s0$/,
    );
  });

  test("may meet again without going round", async () => {
    const text =
      "services: { a: { type: http, dependsOn: [b, c] }, b: { type: http, dependsOn: [c] }, c: { type: http } }";
    expect(await faultOf(text)).toBeUndefined();
  });
});
