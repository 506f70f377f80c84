import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { type Difference, difference } from "../../src/inventory/difference.ts";
import { InventoryBuilder } from "../../src/inventory/inventory.ts";
import type { Service } from "../../src/model/inventory.ts";
import type { Observation } from "../../src/model/observation.ts";
import { WATCHED_FIELDS } from "../../src/model/watch.ts";
import { service } from "../cli/fake-io.ts";
import { catalog, isOwn, observations } from "./observations.ts";

function servicesOf(seen: readonly Observation[]): Service[] {
  const builder = new InventoryBuilder(catalog, isOwn);
  for (const one of seen) builder.add(one);
  return builder.services;
}

/** As the inventory makes them, ids unique. */
const lists = fc.array(observations, { maxLength: 12 }).map(servicesOf);

function apply(before: readonly Service[], differences: readonly Difference[]): Map<string, Service> {
  const there = new Map(before.map((one) => [one.id, one]));
  for (const change of differences) {
    if (change.kind === "changed") for (const id of change.replaces) there.delete(id);
    if (change.kind === "gone") there.delete(change.service.id);
    else there.set(change.service.id, change.service);
  }
  return there;
}

function watched(one: Service): unknown {
  return WATCHED_FIELDS.map((field) => [field, one[field]]);
}

function kinds(differences: readonly Difference[]): string[] {
  return differences.map(({ kind, service: { id } }) => `${kind} ${id}`);
}

const redis = service("redis", { id: "redis@127.0.0.1:1" });
const unknown = service("unknown", { id: "unknown@127.0.0.1:1", confidence: 0 });
const other = service("mysql", {
  id: "mysql@10.0.0.1:2",
  host: "10.0.0.1",
  port: 2,
  addresses: ["10.0.0.1"],
});

describe("the difference", () => {
  test("of a list and itself is nothing, in whatever order", () => {
    fc.assert(
      fc.property(lists, (list) => {
        expect(difference(list, list)).toEqual([]);
        expect(difference(list, list.toReversed())).toEqual([]);
      }),
    );
  });

  test("applied to the first list makes the second, in all that is watched", () => {
    fc.assert(
      fc.property(lists, lists, (before, after) => {
        const there = apply(before, difference(before, after));
        expect(new Set(there.keys())).toEqual(new Set(after.map(({ id }) => id)));
        for (const one of after) expect(watched(there.get(one.id) ?? one)).toEqual(watched(one));
      }),
    );
  });

  test("does not depend on the order of the lists", () => {
    fc.assert(
      fc.property(lists, lists, (before, after) => {
        expect(difference(before.toReversed(), after.toReversed())).toEqual(difference(before, after));
      }),
    );
  });

  test("tells of each service once: nothing is gone and replaced, or replaced by two", () => {
    fc.assert(
      fc.property(lists, lists, (before, after) => {
        const differences = difference(before, after);
        const replaced = differences.flatMap((one) => (one.kind === "changed" ? one.replaces : []));
        const gone = differences.flatMap((one) => (one.kind === "gone" ? one.service.id : []));
        const told = differences.flatMap((one) => (one.kind === "gone" ? [] : one.service.id));
        expect(new Set([...replaced, ...gone]).size).toBe(replaced.length + gone.length);
        expect(new Set(told).size).toBe(told.length);
        const known = new Set(before.map(({ id }) => id));
        for (const id of [...replaced, ...gone]) expect(known.has(id)).toBe(true);
      }),
    );
  });

  test("of nothing and a list is all of it, and the other way round", () => {
    fc.assert(
      fc.property(lists, (list) => {
        expect(kinds(difference([], list))).toEqual(list.map(({ id }) => `appeared ${id}`));
        expect(kinds(difference(list, []))).toEqual(list.map(({ id }) => `gone ${id}`));
      }),
    );
  });

  test("has what was learned of an endpoint as a change, not as one thing gone and another come", () => {
    expect(difference([unknown], [redis])).toEqual([
      {
        kind: "changed",
        service: redis,
        replaces: [unknown.id],
        fields: ["name", "type"],
      },
    ]);
  });

  test("has two that turn out to be one as one change, and one that falls apart as a change and a newcomer", () => {
    const [a, b] = ["127.0.0.1", "192.0.2.1"].map((host) =>
      service("redis", { id: `redis@${host}:1`, host, addresses: [host] }),
    );
    if (a === undefined || b === undefined) throw new Error("there are two");
    const both = { ...a, addresses: ["127.0.0.1", "192.0.2.1"] };
    expect(difference([a, b], [both])).toEqual([
      { kind: "changed", service: both, replaces: [b.id], fields: ["addresses"] },
    ]);
    expect(kinds(difference([both], [a, b]))).toEqual([`changed ${a.id}`, `appeared ${b.id}`]);
  });

  test("takes services of one port on different hosts, or of different transports, for different", () => {
    const moved = service("redis", { id: "redis@10.0.0.9:1", host: "10.0.0.9", addresses: ["10.0.0.9"] });
    const udp = service("redis", { id: "redis@127.0.0.1:1/udp", transport: "udp" });
    expect(kinds(difference([redis], [moved]))).toEqual([`gone ${redis.id}`, `appeared ${moved.id}`]);
    expect(kinds(difference([redis], [udp]))).toEqual([`gone ${redis.id}`, `appeared ${udp.id}`]);
  });

  test("tells what is gone, then what changed, then what is new", () => {
    const newer = { ...redis, version: "8" };
    const third = service("ssh", {
      id: "ssh@10.0.0.2:22",
      host: "10.0.0.2",
      addresses: ["10.0.0.2"],
      port: 22,
    });
    expect(kinds(difference([redis, other], [newer, third]))).toEqual([
      `gone ${other.id}`,
      `changed ${redis.id}`,
      `appeared ${third.id}`,
    ]);
  });

  test.each<[string, Partial<Service>]>([
    ["latency", { latencyMs: 7 }],
    ["time", { lastSeen: "2027-01-01T00:00:00.000Z" }],
    ["time to live", { ttlSeconds: 5 }],
    ["evidence", { evidence: [{ strategy: "tcp", at: "", endpoint: "", summary: "" }] }],
    ["metadata", { metadata: { connections: 5 } }],
    ["confidence", { confidence: 0.5 }],
    ["strategies", { strategies: ["http", "tcp"] }],
  ])("is not a matter of %s", (_what, more) => {
    expect(difference([redis], [{ ...redis, ...more }])).toEqual([]);
  });

  test.each<[string, Partial<Service>]>([
    ["status", { status: "degraded" }],
    ["version", { version: "7.2" }],
    ["tls", { tls: true }],
    ["url", { url: "redis://127.0.0.1:1" }],
    ["addresses", { addresses: ["127.0.0.1", "::1"] }],
    ["hostnames", { hostnames: ["db.example"] }],
    ["name", { name: "Main store" }],
    ["product", { product: "Valkey" }],
  ])("is a matter of %s", (field, more) => {
    const changed = { ...redis, ...more };
    expect(difference([redis], [changed])).toEqual([
      { kind: "changed", service: changed, replaces: [], fields: [field] },
    ]);
  });
});
