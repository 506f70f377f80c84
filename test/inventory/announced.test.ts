import { describe, expect, test } from "vitest";

import { loadCatalog } from "../../src/catalog/index.ts";
import { InventoryBuilder } from "../../src/inventory/inventory.ts";
import type { Announcement } from "../../src/model/announcement.ts";
import type { Service } from "../../src/model/inventory.ts";
import type { Claim, Observation } from "../../src/model/observation.ts";

const catalog = await loadCatalog();
const V4 = "10.99.0.11";
const V6 = "fd99::11";

function servicesOf(...all: readonly Observation[]): Service[] {
  const builder = new InventoryBuilder(catalog, () => false);
  for (const one of all) builder.add(one);
  return builder.services;
}

function only(...all: readonly Observation[]): Service {
  const services = servicesOf(...all);
  expect(services).toHaveLength(1);
  const [service] = services;
  if (service === undefined) throw new Error("there is no service");
  return service;
}

type Some = Partial<Observation> & { readonly address?: string; readonly port?: number };

function observed({ address = V4, port = 5432, ...rest }: Some): Observation {
  return {
    strategy: "tcp",
    at: 1_000,
    outcome: "open",
    endpoint: { address, port, transport: "tcp" },
    ...rest,
  };
}

function byMdns(some: Some = {}, more: Partial<Announcement> = {}): Observation {
  return observed({
    strategy: "mdns",
    outcome: "announced",
    hostnames: ["h1.local"],
    sameHost: [V4, V6],
    ttlSeconds: 120,
    announcement: {
      name: "Team DB._postgresql._tcp.local",
      instance: "Team DB",
      serviceType: "_postgresql._tcp",
      domain: "local",
      target: "h1.local",
      txt: { version: "15" },
      ttlSeconds: 120,
      ...more,
    },
    claim: { type: "postgresql", confidence: 0.6, summary: "announced as _postgresql._tcp" },
    ...some,
  });
}

function bySrv(some: Some = {}): Observation {
  return observed({
    strategy: "dns",
    outcome: "announced",
    hostnames: ["db.corp.test"],
    ttlSeconds: 60,
    announcement: {
      name: "_postgresql._tcp.corp.test",
      serviceType: "_postgresql._tcp",
      domain: "corp.test",
      target: "db.corp.test",
      priority: 10,
      weight: 5,
      ttlSeconds: 60,
    },
    claim: { type: "postgresql", confidence: 0.6, summary: "SRV _postgresql._tcp.corp.test" },
    ...some,
  });
}

function byTcp(some: Some = {}): Observation {
  return observed({
    latencyMs: 0.4,
    claim: { type: "postgresql", confidence: 0.98, summary: "SSLRequest answered N", health: "healthy" },
    ...some,
  });
}

function postgresOf(version: string): Claim {
  return { type: "postgresql", version, confidence: 0.98, summary: "answered" };
}

describe("one PostgreSQL, seen from several sides", () => {
  test("is one service that knows what each side knows", () => {
    const service = only(byMdns(), byMdns({ address: V6 }), bySrv(), byTcp(), byTcp({ address: V6 }));
    expect(service).toMatchObject({
      id: `postgresql@${V4}:5432`,
      name: "Team DB",
      type: "postgresql",
      host: V4,
      addresses: [V4, V6],
      hostnames: ["db.corp.test", "h1.local"],
      status: "healthy",
      confidence: 0.98,
      strategies: ["dns", "mdns", "tcp"],
      ttlSeconds: 60,
      metadata: {
        announcements: [
          { strategy: "dns", target: "db.corp.test", priority: 10, weight: 5, verified: true },
          { strategy: "mdns", instance: "Team DB", txt: { version: "15" }, verified: true },
        ],
      },
    });
    expect(service.evidence.map(({ strategy }) => strategy)).toEqual(["dns", "mdns", "tcp", "mdns", "tcp"]);
  });

  test("is one whichever side speaks first", () => {
    const all = [byMdns(), bySrv(), byTcp(), byTcp({ address: V6 }), byMdns({ address: V6 })];
    const expected = servicesOf(...all);
    expect(expected).toHaveLength(1);
    for (let turn = 1; turn < all.length; turn++) {
      expect(servicesOf(...all.slice(turn), ...all.slice(0, turn))).toEqual(expected);
    }
    expect(servicesOf(...all.toReversed())).toEqual(expected);
  });

  test("on a host that names both addresses as its own is one, and so are its other ports", () => {
    const redis = { type: "redis", confidence: 0.95, summary: "answered PONG" };
    const services = servicesOf(
      byTcp({ port: 6379, claim: redis }),
      byTcp({ port: 6379, address: V6, claim: redis }),
      byMdns(),
    );
    expect(services.map(({ id, addresses }) => [id, addresses])).toEqual([
      [`postgresql@${V4}:5432`, [V4]],
      [`redis@${V4}:6379`, [V4, V6]],
    ]);
  });

  test("on addresses that nobody joins is two", () => {
    const { sameHost: _, ...bare } = byMdns();
    expect(servicesOf(bare, byTcp(), byTcp({ address: V6 }))).toHaveLength(2);
  });

  test("of two versions at two addresses of one host is two", () => {
    const services = servicesOf(
      byMdns(),
      byMdns({ address: V6 }),
      byTcp({ claim: postgresOf("15") }),
      byTcp({ address: V6, claim: postgresOf("16") }),
    );
    expect(services.map(({ version }) => version)).toEqual(["15", "16"]);
  });
});

describe("a stranger", () => {
  const redis = { type: "redis", version: "7.2", confidence: 0.95, summary: "answered PONG" };
  const ATTACKER = "10.99.0.66";

  test("who claims another's address does not make two services one", () => {
    const pwned = byMdns({ address: ATTACKER, port: 6379, sameHost: [ATTACKER, V4] }, { instance: "!pwned" });
    const services = servicesOf(
      pwned,
      byTcp({ address: ATTACKER, port: 6379, claim: redis }),
      byTcp({ port: 6379, claim: redis }),
    );
    expect(services.map(({ host, name, addresses }) => [host, name, addresses])).toEqual([
      [V4, "redis", [V4]],
      [ATTACKER, "!pwned", [ATTACKER]],
    ]);
  });

  test("is not verified by who answers elsewhere", () => {
    const other = byMdns({ address: V6 }, { name: "X._postgresql._tcp.local" });
    const service = only(byMdns(), byMdns({ address: V6 }), other, byTcp());
    expect(service.metadata["announcements"]).toEqual([
      expect.objectContaining({ name: "Team DB._postgresql._tcp.local", verified: true }),
      expect.not.objectContaining({ verified: true }),
    ]);
  });

  test("who announces without end costs what is kept, and no more", () => {
    const builder = new InventoryBuilder(catalog, () => false);
    const added = Array.from({ length: 5_000 }, (_, at) => builder.add(byMdns({}, { name: `x${at}.local` })));
    expect(added.filter(Boolean)).toHaveLength(64);
    expect(builder.services).toHaveLength(1);
    // Who looks is heard all the same.
    expect(builder.add(byTcp())).toBe(true);
    expect(builder.services[0]?.strategies).toEqual(["mdns", "tcp"]);
  });
});

describe("an announcement that nobody looked into", () => {
  test("is a service, no surer than the word for it", () => {
    const service = only(byMdns());
    expect(service).toMatchObject({
      type: "postgresql",
      status: "unknown",
      confidence: 0.6,
      latencyMs: null,
    });
    expect(service.metadata["announcements"]).toEqual([expect.not.objectContaining({ verified: true })]);
  });

  test("of what nobody knows is a service of unknown type with its name", () => {
    const { claim: _, ...bare } = byMdns({}, { serviceType: "_ipp._tcp", instance: "Printer" });
    expect(only(bare)).toMatchObject({ type: "unknown", name: "Printer", confidence: 0 });
  });

  test("is gone once it is withdrawn, and back when announced again", () => {
    const withdrawn = byMdns({ outcome: "withdrawn", at: 2_000 });
    expect(servicesOf(byMdns(), withdrawn)).toEqual([]);
    expect(servicesOf(withdrawn, byMdns())).toEqual([]);
    expect(only(byMdns(), withdrawn, byMdns({ at: 3_000 })).name).toBe("Team DB");
  });

  test("that is withdrawn is told of as gone, once", () => {
    const builder = new InventoryBuilder(catalog, () => false);
    builder.add(byMdns());
    expect(builder.changes()).toMatchObject({
      changed: [{ service: { id: `postgresql@${V4}:5432` } }],
      gone: [],
    });
    builder.add(byMdns({ outcome: "withdrawn", at: 2_000 }));
    expect(builder.changes()).toEqual({ changed: [], gone: [`postgresql@${V4}:5432`] });
    expect(builder.changes()).toEqual({ changed: [], gone: [] });
  });

  test("that is withdrawn leaves what was seen", () => {
    const service = only(byMdns(), byTcp(), byMdns({ outcome: "withdrawn", at: 2_000 }));
    expect(service).toMatchObject({ name: "postgresql", strategies: ["tcp"] });
  });
});

describe("an announcement that does not hold", () => {
  const refused = { outcome: "closed", reason: "refused a connection" } as const;

  test("says so: nobody is there", () => {
    const service = only(bySrv(), observed(refused));
    expect(service).toMatchObject({ status: "unhealthy", strategies: ["dns", "tcp"], confidence: 0.48 });
    expect(service.metadata["announcements"]).toEqual([expect.objectContaining({ verified: false })]);
    expect(service.evidence.map(({ summary }) => summary)).toContain("refused a connection");
  });

  test("at one of two addresses uses the other first", () => {
    const service = only(byMdns(), byMdns({ address: V6 }), observed(refused), byTcp({ address: V6 }));
    expect(service).toMatchObject({ host: V6, addresses: [V6], status: "healthy" });
  });

  test("where nobody can tell is not known", () => {
    const service = only(bySrv(), observed({ outcome: "filtered", reason: "did not answer in time" }));
    expect(service.status).toBe("unknown");
    expect(service.metadata["announcements"]).toEqual([expect.not.objectContaining({ verified: false })]);
  });

  test("of its kind is a contradiction, kept, and makes it less sure", () => {
    const redis = { type: "redis", confidence: 0.95, summary: "answered PONG" };
    const service = only(bySrv(), observed({ claim: redis }));
    expect(service).toMatchObject({ type: "redis", confidence: 0.76 });
    expect(service.evidence.map(({ summary }) => summary)).toEqual([
      "SRV _postgresql._tcp.corp.test",
      "answered PONG",
    ]);
  });

  test("and says http of what is served over HTTP is none", () => {
    const http = { type: "http", confidence: 0.5, summary: "announced as _http._tcp" };
    const grafana = {
      type: "grafana",
      confidence: 0.95,
      overHttp: true as const,
      summary: "GET /api/health",
    };
    expect(only(byMdns({ claim: http }), observed({ claim: grafana })).confidence).toBe(0.95);
  });

  test("that some port is closed makes no service where nothing is announced", () => {
    expect(servicesOf(observed(refused))).toEqual([]);
  });
});

function checkedAt(address: string, health: "healthy" | "unhealthy"): Observation {
  const check = { path: "/health", code: 200, latencyMs: 2, summary: "said so", health };
  return byTcp({ address, strategy: "http", checks: [check] });
}

describe("health that was checked", () => {
  const check = { path: "/health", code: 503, latencyMs: 2, summary: 'status "down"' };

  test("counts before what the protocol showed", () => {
    const service = only(
      byTcp(),
      observed({ strategy: "http", checks: [{ ...check, health: "unhealthy" }] }),
    );
    expect(service.status).toBe("unhealthy");
    expect(service.metadata["checks"]).toEqual([{ endpoint: `${V4}:5432`, ...check, health: "unhealthy" }]);
    expect(service.evidence.map(({ summary }) => summary)).toContain(
      'GET /health answered 503: status "down"',
    );
  });

  test("at several addresses is the gravest that was found", () => {
    expect(
      only(byMdns(), byMdns({ address: V6 }), checkedAt(V4, "healthy"), checkedAt(V6, "unhealthy")).status,
    ).toBe("unhealthy");
    expect(
      only(byMdns(), byMdns({ address: V6 }), checkedAt(V4, "unhealthy"), checkedAt(V6, "healthy")).status,
    ).toBe("unhealthy");
  });

  test("says by what it was named only where nobody else does", () => {
    const checks = [{ ...check, health: "unhealthy" as const }];
    const named = byTcp({ strategy: "http", checks });
    expect(only(named).evidence.map(({ summary }) => summary)).toEqual([
      "SSLRequest answered N",
      'GET /health answered 503: status "down"',
    ]);
    expect(only(byTcp(), named).evidence.map(({ strategy, summary }) => [strategy, summary])).toEqual([
      ["tcp", "SSLRequest answered N"],
      ["http", 'GET /health answered 503: status "down"'],
    ]);
  });

  test("and tells nothing leaves it to the protocol", () => {
    const service = only(byTcp(), observed({ strategy: "http", checks: [{ ...check, health: "unknown" }] }));
    expect(service.status).toBe("healthy");
  });
});
