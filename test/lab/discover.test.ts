import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { discover } from "../../src/index.ts";
import type { Inventory, Service } from "../../src/index.ts";
import { BAD_MODES } from "./bad-server.js";
import { createLab } from "./lab.ts";
import type { Lab } from "./lab.ts";

/** What each bad server may be taken for: those that begin to speak a protocol speak it, the rest are unknown. */
const BAD_TYPES: Readonly<Record<string, string>> = {
  mute: "unknown",
  closer: "unknown",
  rst: "unknown",
  garbage: "unknown",
  flood: "unknown",
  floodhttp: "http",
  slowbanner: "ssh",
  slowhttp: "http",
  headers: "http",
  redirect: "http",
  half: "http",
  echo: "unknown",
  gzipbomb: "http",
};

const FIRST_BAD_PORT = 9_101;
const badPorts = new Map(BAD_MODES.map((mode, at) => [mode, FIRST_BAD_PORT + at]));

function typesOf(inventory: Inventory, host: string): Record<number, string> {
  const there = inventory.services.filter((service) => service.host === host);
  return Object.fromEntries(there.map(({ port, type }) => [port, type]));
}

function serviceAt({ services }: Inventory, host: string, port: number): Service {
  const found = services.find((service) => service.host === host && service.port === port);
  if (found === undefined) throw new Error(`nothing at ${host}:${port}`);
  return found;
}

describe("discover in a network of real servers", () => {
  let lab: Lab;
  let inventory: Inventory;
  const [usual, odd, bad] = ["10.99.0.11", "10.99.0.12", "10.99.0.13"] as const;
  const logs = new Map<string, () => string>();

  beforeAll(async () => {
    lab = await createLab({ hosts: 3 });
    const [h1, h2, h3] = [lab.host(1), lab.host(2), lab.host(3)];
    const tls = await lab.certificate("shop.test", { names: ["www.shop.test"] });
    const started = await Promise.all([
      h1.redis(),
      h1.memcached(),
      h1.nats(),
      h1.mqtt(),
      h1.etcd(),
      h1.postgres(),
      h1.mariadb(),
      h1.nginx({ tls }),
      h1.sshd(),
      h2.redis({ port: 7_001 }),
      h2.redis({ port: 7_002, pass: "secret" }),
      h2.memcached({ port: 7_003 }),
      h2.nats({ port: 7_004 }),
      h2.mqtt({ port: 7_005 }),
      h2.etcd({ port: 7_006 }),
      h2.postgres({ port: 7_008 }),
      h2.mariadb({ port: 7_009 }),
      h2.nginx({ port: 7_010, tls, tlsPort: 7_011 }),
      h2.sshd({ port: 7_012 }),
      h2.redis({ port: 8_080 }),
      h2.redis({ port: 7_013, tls }),
      h2.postgres({ port: 7_014, tls }),
      h2.sshd({ port: 443 }),
    ]);
    for (const { name, log } of started.map((service) => ({ name: service.name, log: () => service.log }))) {
      logs.set(name, log);
    }
    await Promise.all(BAD_MODES.map((mode) => h3.bad(mode, badPorts.get(mode) ?? 0)));
    inventory = await discover({
      targets: ["10.99.0.11-13"],
      ports: "common,7001-7020,9100-9130",
      deadlineMs: 30_000,
    }).inventory();
  });

  afterAll(() => lab?.close());

  test("every server on its usual port is typed rightly, and nothing else is there", () => {
    expect(typesOf(inventory, usual)).toEqual({
      22: "ssh",
      80: "nginx",
      443: "nginx",
      1883: "mqtt",
      2379: "etcd",
      3306: "mysql",
      4222: "nats",
      5432: "postgresql",
      6379: "redis",
      11211: "memcached",
    });
  });

  test("the same on unusual ports, other services' among them", () => {
    expect(typesOf(inventory, odd)).toEqual({
      443: "ssh",
      7001: "redis",
      7002: "redis",
      7003: "memcached",
      7004: "nats",
      7005: "mqtt",
      7006: "etcd",
      7008: "postgresql",
      7009: "mysql",
      7010: "nginx",
      7011: "nginx",
      7012: "ssh",
      7013: "redis",
      7014: "postgresql",
      8080: "redis",
    });
  });

  test("every bad server is reported open, and none is taken for what it is not", () => {
    const expected = BAD_MODES.map((mode) => [badPorts.get(mode), BAD_TYPES[mode]]);
    expect(typesOf(inventory, bad)).toEqual(Object.fromEntries(expected));
  });

  test("the whole is complete, and adds up", () => {
    expect(inventory.warnings).toEqual([]);
    const { probes, open, closed, filtered, unreachable, failed, unprobed, complete } = inventory.coverage;
    expect(open + closed + filtered + unreachable + failed + unprobed).toBe(probes);
    expect({ open, filtered, unreachable, failed, unprobed, complete }).toEqual({
      open: inventory.services.length,
      filtered: 0,
      unreachable: 0,
      failed: 0,
      unprobed: 0,
      complete: true,
    });
  });

  test("versions are told where the protocol tells them", () => {
    const versionAt = (port: number): string | null => serviceAt(inventory, odd, port).version;
    for (const port of [7001, 7003, 7004, 7006, 7009, 7010, 7012, 7013])
      expect(versionAt(port)).toMatch(/^\d+\.\d+/);
    expect(serviceAt(inventory, odd, 7009).product).toBe("MariaDB");
    expect(serviceAt(inventory, odd, 7002)).toMatchObject({ status: "protected", version: null });
  });

  test("TLS is seen through, to the certificate and the protocol inside", () => {
    for (const port of [7011, 7013, 7014]) {
      const { tls, metadata } = serviceAt(inventory, odd, port);
      expect(tls).toBe(true);
      expect(metadata).toMatchObject({
        tls: { certificate: { subject: "shop.test", names: ["shop.test", "www.shop.test"] } },
      });
    }
    expect(serviceAt(inventory, odd, 7011).url).toBe(`https://${odd}:7011`);
    expect(serviceAt(inventory, odd, 7013).url).toBe(`rediss://${odd}:7013`);
  });

  test("no Redis raises a security alarm, wherever it listens", () => {
    const redisLogs = [...logs].filter(([name]) => name.includes("redis"));
    expect(redisLogs.length).toBeGreaterThan(3);
    for (const [, log] of redisLogs) expect(log()).not.toMatch(/SECURITY ATTACK/);
  });

  test("what nobody recognised is shown with its first bytes, escaped", () => {
    const { metadata } = serviceAt(inventory, bad, badPorts.get("flood") ?? 0);
    expect(metadata["firstBytes"]).toMatch(/^x+…$/);
  });
});

describe("discover at hosts that hide", () => {
  let lab: Lab;

  beforeAll(async () => {
    lab = await createLab({ hosts: 3 });
    await Promise.all([lab.host(1).redis(), lab.host(2).redis(), lab.host(3).redis()]);
  });

  afterAll(() => lab?.close());

  test("a dropped port is filtered and a rejected one closed: not knowing is not absence", async () => {
    await lab.host(1).drop(6379);
    await lab.host(2).reject(6379);
    const targets = ["10.99.0.11-13"];
    const { coverage, services } = await discover({ targets, ports: "6379", timeoutMs: 500 }).inventory();
    expect(services.map(({ id }) => id)).toEqual(["redis@10.99.0.13:6379"]);
    expect(coverage).toMatchObject({ probes: 3, open: 1, closed: 1, filtered: 1, complete: true });
  });

  test("a host that is not there is unreachable once ARP says so, all its ports with it", async () => {
    const { coverage } = await discover({
      targets: ["10.99.0.200"],
      ports: "1-50",
      timeoutMs: 5_000,
    }).inventory();
    expect(coverage).toMatchObject({ probes: 50, unreachable: 50, complete: true });
  });

  test("a host that rations its refusals keeps its open ports", async () => {
    const host = lab.host(3);
    await Promise.all([host.redis({ port: 143 }), host.redis({ port: 300 }), host.redis({ port: 550 })]);
    await host.rationRefusals();
    // As firewalld does: what is not let in is refused, at most about once a second.
    for (const port of ["1:142", "144:299", "301:549", "551:600"])
      await host.reject(port, "admin-prohibited");
    const { services } = await discover({
      targets: ["10.99.0.13"],
      ports: "1-2000",
      timeoutMs: 1_500,
    }).inventory();
    expect(services.map(({ port }) => port)).toEqual([143, 300, 550]);
  });

  test("the deadline ends a run, which then says what it did not do", async () => {
    const targets = ["10.99.0.100-199"];
    const { coverage, services } = await discover({ targets, ports: "1-1000", deadlineMs: 700 }).inventory();
    expect(services).toEqual([]);
    expect(coverage.complete).toBe(false);
    expect(coverage.unprobed).toBeGreaterThan(0);
  });
});

describe("discover on this machine", () => {
  let lab: Lab;

  beforeAll(async () => {
    lab = await createLab();
    await Promise.all([
      lab.local.redis({ port: 17_001 }),
      lab.local.postgres({ port: 17_002 }),
      lab.local.nginx({ port: 17_003 }),
      lab.local.bad("mute", 17_004),
    ]);
  });

  afterAll(() => lab?.close());

  test("finds every listener without being told a port, both families as one, with its process", async () => {
    const { services } = await discover().inventory();
    const found = services.filter(({ port }) => port > 17_000 && port < 17_010);
    const facts = found.map(({ type, port, metadata, addresses }) => [
      type,
      port,
      metadata["process"],
      addresses,
    ]);
    const both = ["127.0.0.1", "::1"];
    expect(facts).toEqual([
      ["redis", 17_001, expect.objectContaining({ name: "redis-server" }), both],
      ["postgresql", 17_002, expect.objectContaining({ name: "postgres" }), both],
      ["nginx", 17_003, expect.objectContaining({ name: "nginx" }), both],
      ["unknown", 17_004, expect.objectContaining({ name: "node" }), both],
    ]);
  });
});
