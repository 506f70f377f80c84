import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { type Changes, InventoryBuilder } from "../../src/inventory/inventory.ts";
import { compareAddresses } from "../../src/inventory/merge.ts";
import { standing } from "../../src/inventory/standing.ts";
import type { Service } from "../../src/model/inventory.ts";
import type { Observation } from "../../src/model/observation.ts";
import { TLS, catalog, isOwn, observations, seen, unknown } from "./observations.ts";

function builderOf(all: readonly Observation[]): InventoryBuilder {
  const builder = new InventoryBuilder(catalog, isOwn);
  for (const observation of all) builder.add(observation);
  return builder;
}

function changesBy(observation: Observation, builder: InventoryBuilder): Changes {
  builder.add(observation);
  return builder.changes();
}

function servicesOf(...all: Observation[]): Service[] {
  return builderOf(all).services;
}

function only(...all: Observation[]): Service {
  const [service, ...more] = servicesOf(...all);
  expect(more).toEqual([]);
  if (service === undefined) throw new Error("there is no service");
  return service;
}

const many = fc.array(observations, { maxLength: 12 });
const shuffled = many.chain((all) =>
  fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
);

describe("whatever is observed", () => {
  test("in any order of arrival gives the same services in the same order", () => {
    fc.assert(
      fc.property(shuffled, ([all, otherwise]) => {
        expect(servicesOf(...otherwise)).toEqual(servicesOf(...all));
      }),
      { numRuns: 200 },
    );
  });

  test("has services with ids of their own, in a fixed order, counted", () => {
    fc.assert(
      fc.property(many, (all) => {
        const builder = builderOf(all);
        const { services } = builder;
        expect(new Set(services.map(({ id }) => id)).size).toBe(services.length);
        expect(builder.size).toBe(services.length);
        for (const [at, service] of services.entries()) {
          const next = services[at + 1];
          if (next === undefined) continue;
          const order = compareAddresses(service.host, next.host) || service.port - next.port;
          expect(order).toBeLessThanOrEqual(0);
          if (order === 0) expect(service.id < next.id).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });

  test("stands in the evidence of one service if it counts, and of none if it does not", () => {
    fc.assert(
      fc.property(many, (all) => {
        const facts = servicesOf(...all).flatMap(({ transport, evidence }) =>
          evidence.map(({ strategy, at, endpoint, summary }) =>
            [transport, strategy, at, endpoint, summary].join(),
          ),
        );
        const open = standing(all).map(({ strategy, at, endpoint, claim, reason, outcome }) => {
          const { address, port, transport } = endpoint;
          const place = address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
          const summary = claim?.summary ?? reason ?? outcome;
          return [transport, strategy, new Date(at).toISOString(), place, summary].join();
        });
        expect(facts.toSorted()).toEqual(open.toSorted());
      }),
      { numRuns: 200 },
    );
  });

  test("leaves whoever applies the changes as they come with the services that there are", () => {
    fc.assert(
      fc.property(many, (all) => {
        const builder = new InventoryBuilder(catalog, isOwn);
        const held = new Map<string, Service>();
        for (const observation of all) {
          const known = new Set(held.keys());
          const { changed, gone } = changesBy(observation, builder);
          // Of a service that falls apart, every part takes the place.
          for (const id of [...gone, ...changed.flatMap(({ replaces }) => replaces)]) {
            expect(known.has(id)).toBe(true);
            held.delete(id);
          }
          for (const { service } of changed) held.set(service.id, service);
          const now = new Map(builder.services.map((service) => [service.id, service]));
          expect(Object.fromEntries(held)).toEqual(Object.fromEntries(now));
        }
      }),
      { numRuns: 200 },
    );
  });

  test("is announced only where something changed", () => {
    fc.assert(
      fc.property(many, (all) => {
        const builder = new InventoryBuilder(catalog, isOwn);
        for (const observation of all) {
          const before = builder.services.map((service) => JSON.stringify(service));
          for (const { service } of changesBy(observation, builder).changed) {
            expect(before).not.toContain(JSON.stringify(service));
          }
        }
      }),
      { numRuns: 200 },
    );
  });
});

function pid(number: number): Pick<Observation, "process"> {
  return { process: { pid: number, name: "redis-server" } };
}

function idsOf(...all: Observation[]): string[] {
  return servicesOf(...all).map(({ id }) => id);
}

function resolver(address: string, holder: number): Observation {
  return unknown({ address, port: 53, ...pid(holder) });
}

function sevenTwo(address: string): Observation {
  return seen({ address, claim: { version: "7.2" } });
}

function heldBy(id: number, name: string): Pick<Observation, "process"> {
  return { process: { pid: id, name } };
}

describe("addresses of this machine", () => {
  test("are one service where one process holds them", () => {
    const service = only(
      unknown({ address: "192.0.2.1", ...pid(7) }),
      seen({ address: "::1", ...pid(7) }),
      seen({ address: "127.0.0.1", ...pid(7), claim: { version: "7.2" } }),
    );
    expect(service).toMatchObject({
      id: "redis@127.0.0.1:6379",
      host: "127.0.0.1",
      addresses: ["127.0.0.1", "192.0.2.1", "::1"],
      version: "7.2",
      metadata: { process: { pid: 7, name: "redis-server" } },
    });
    expect(service.evidence.map(({ endpoint }) => endpoint)).toEqual([
      "127.0.0.1:6379",
      "192.0.2.1:6379",
      "[::1]:6379",
    ]);
  });

  test("are one service where type and version agree and nobody knows the process", () => {
    expect(only(...["::1", "192.0.2.1", "127.0.0.1"].map(sevenTwo)).addresses).toHaveLength(3);
  });

  test("are apart where processes, types or versions differ", () => {
    const both = ["redis@127.0.0.1:6379", "redis@[::1]:6379"];
    expect(idsOf(seen(pid(1)), seen({ address: "::1", ...pid(2) }))).toEqual(both);
    expect(
      idsOf(seen({ claim: { version: "7.2" } }), seen({ address: "::1", claim: { version: "8.0" } })),
    ).toEqual(both);
    expect(idsOf(seen(), seen({ address: "::1", claim: { type: "mysql" } }))).toEqual([
      "redis@127.0.0.1:6379",
      "mysql@[::1]:6379",
    ]);
  });

  test("are apart where one speaks TLS and the other does not, though one process holds them", () => {
    const services = servicesOf(seen(pid(1)), seen({ address: "::1", ...pid(1), tls: TLS }));
    expect(services.map(({ id, tls, url }) => [id, tls, url])).toEqual([
      ["redis@127.0.0.1:6379", false, "redis://127.0.0.1:6379"],
      ["redis@[::1]:6379", true, "rediss://[::1]:6379"],
    ]);
  });

  test("are apart for a resolver on 127.0.0.53 and another server on 127.0.0.1", () => {
    expect(servicesOf(resolver("127.0.0.53", 1), resolver("127.0.0.1", 2)).map(({ host }) => host)).toEqual([
      "127.0.0.1",
      "127.0.0.53",
    ]);
  });

  test("are one where a container engine holds them by a process for each family", () => {
    const proxied = [seen(heldBy(1, "docker-proxy")), seen({ address: "::1", ...heldBy(2, "docker-proxy") })];
    expect(idsOf(...proxied)).toEqual(["redis@127.0.0.1:6379"]);
    const mixed = [seen(heldBy(1, "docker-proxy")), seen({ address: "::1", ...heldBy(2, "redis-server") })];
    expect(idsOf(...mixed)).toHaveLength(2);
  });

  test("are apart by port and by transport", () => {
    const udp = seen();
    expect(
      servicesOf(seen(), seen({ port: 6380 }), {
        ...udp,
        endpoint: { ...udp.endpoint, transport: "udp" },
      }).map(({ id }) => id),
    ).toEqual(["redis@127.0.0.1:6379", "redis@127.0.0.1:6379/udp", "redis@127.0.0.1:6380"]);
  });
});

describe("addresses of other machines", () => {
  test("are each a service, however alike", () => {
    const all = ["192.0.2.10", "192.0.2.9", "2001:db8::9"];
    expect(servicesOf(...all.map(sevenTwo)).map(({ host }) => host)).toEqual([
      "192.0.2.9",
      "192.0.2.10",
      "2001:db8::9",
    ]);
  });
});

describe("what several say of one endpoint", () => {
  test("comes together in one service", () => {
    const service = only(
      seen({ at: 1_000, latencyMs: 2, hostnames: ["b.example"], ttlSeconds: 60 }),
      unknown({ strategy: "dns", at: 5_000, latencyMs: 0.456, hostnames: ["a.example", "b.example"] }),
    );
    expect(service).toMatchObject({
      type: "redis",
      category: "cache",
      strategies: ["dns", "tcp"],
      hostnames: ["a.example", "b.example"],
      latencyMs: 0.46,
      lastSeen: "1970-01-01T00:00:05.000Z",
      ttlSeconds: 60,
      confidence: 0.95,
    });
  });

  test("is the surest claim, and less sure where another contradicts it", () => {
    const weak = seen({ strategy: "http", claim: { type: "mysql", confidence: 0.5 } });
    expect(only(seen(), weak)).toMatchObject({ type: "redis", confidence: 0.76 });
    const alike = seen({ strategy: "http", claim: { confidence: 0.5 } });
    expect(only(seen(), alike)).toMatchObject({ type: "redis", confidence: 0.95 });
  });

  test("replaces the unknown service that stood there before", () => {
    const builder = new InventoryBuilder(catalog, isOwn);
    expect(changesBy(unknown(), builder).changed).toMatchObject([
      { service: { id: "unknown@127.0.0.1:6379", confidence: 0, url: null }, replaces: [] },
    ]);
    expect(changesBy(seen({ strategy: "http" }), builder).changed).toMatchObject([
      { service: { id: "redis@127.0.0.1:6379" }, replaces: ["unknown@127.0.0.1:6379"] },
    ]);
  });

  test.each(["closed", "filtered", "unreachable", "failed"] as const)(
    "makes no service where it is %s",
    (outcome) => {
      const builder = new InventoryBuilder(catalog, isOwn);
      expect(changesBy(seen({ outcome }), builder)).toEqual({ changed: [], gone: [] });
      expect(builder.services).toEqual([]);
    },
  );
});

describe("metadata", () => {
  const forged = {
    process: { pid: 1, name: "init" },
    tls: { protocol: "TLSv1.3" },
    firstBytes: "x",
    role: "master",
  };

  test("keeps a claim's own facts and none that it has no say in", () => {
    expect(only(seen({ claim: { metadata: forged } })).metadata).toEqual({ role: "master" });
  });

  test("has process and TLS from who saw them, whatever the claim says", () => {
    const process = { pid: 42, name: "redis-server" };
    const { metadata, tls } = only(seen({ process, tls: TLS, claim: { metadata: forged } }));
    expect(metadata).toEqual({ role: "master", process, tls: { protocol: "TLSv1.3" } });
    expect(tls).toBe(true);
  });

  test("has the first bytes of what nobody knows, and of nothing else", () => {
    expect(only(unknown({ firstBytes: "hello" })).metadata).toEqual({ firstBytes: "hello" });
    expect(only(unknown({ firstBytes: "hello" }), seen({ strategy: "http" })).metadata).toEqual({});
  });
});

describe("a url", () => {
  test.each([
    ["its own scheme", {}, "redis://127.0.0.1:6379"],
    ["its secure scheme in TLS", { tls: TLS }, "rediss://127.0.0.1:6379"],
    ["brackets around IPv6", { address: "::1" }, "redis://[::1]:6379"],
    ["its one scheme in TLS, too", { tls: TLS, claim: { type: "mysql" } }, "mysql://127.0.0.1:6379"],
    ["http where it was met over HTTP", { claim: { overHttp: true as const } }, "http://127.0.0.1:6379"],
    [
      "https where that was in TLS",
      { tls: TLS, claim: { overHttp: true as const } },
      "https://127.0.0.1:6379",
    ],
    ["nothing where its kind has none", { claim: { type: "mute-one" } }, null],
    ["nothing where its kind is not in the catalog", { claim: { type: "not-in-catalog" } }, null],
  ] as const)("has %s", (_, shape, url) => {
    expect(only(seen(shape)).url).toBe(url);
  });
});
