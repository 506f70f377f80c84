import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { DnsRecord } from "../../src/dns/message.ts";
import { RecordCache } from "../../src/mdns/cache.ts";
import { dataKey, setKey } from "../../src/mdns/record.ts";
import { a, goodbye, name, ptr, txt } from "./records.ts";

const HOST = name("h1.local");
const TYPE = name("_http._tcp.local");

function cacheOf(): RecordCache {
  return new RecordCache(() => 0);
}

function addressesAt(cache: RecordCache, now: number): string[] {
  cache.expire(now);
  return cache
    .get(HOST, "A")
    .map(({ record }) => record.address)
    .toSorted();
}

/** More than one sender may have. */
function recordsOf(sender: number): DnsRecord[] {
  return Array.from({ length: 3_000 }, (_, at) => ptr(TYPE, [`${sender}-${at}`, ...TYPE]));
}

describe("the cache", () => {
  test("keeps a record for its TTL, whatever the case of its name", () => {
    const cache = cacheOf();
    expect(cache.take([a(name("H1.Local"), "10.0.0.1")], "x", 0)).toBe(true);
    expect(addressesAt(cache, 119_999)).toEqual(["10.0.0.1"]);
    expect(addressesAt(cache, 120_000)).toEqual([]);
    expect(cache.size).toBe(0);
  });

  test("takes what it knows for no news, and believes it anew", () => {
    const cache = cacheOf();
    cache.take([a(HOST, "10.0.0.1")], "x", 0);
    expect(cache.take([a(HOST, "10.0.0.1")], "y", 100_000)).toBe(false);
    expect(addressesAt(cache, 219_999)).toEqual(["10.0.0.1"]);
    expect(cache.size).toBe(1);
  });

  test("believes nothing for longer than a day", () => {
    const cache = cacheOf();
    cache.take([a(HOST, "10.0.0.1", { ttlSeconds: 2 ** 31 - 1 })], "x", 0);
    expect(cache.nextExpiry()).toBe(86_400_000);
  });

  test("keeps what is withdrawn for a second, and takes no notice of a goodbye to what it does not know", () => {
    const cache = cacheOf();
    cache.take([a(HOST, "10.0.0.1")], "x", 0);
    expect(cache.take([goodbye(a(HOST, "10.0.0.1")), goodbye(a(HOST, "10.0.0.2"))], "x", 5_000)).toBe(false);
    expect(addressesAt(cache, 5_999)).toEqual(["10.0.0.1"]);
    expect(addressesAt(cache, 6_000)).toEqual([]);
  });

  test("replaces a set that is told whole a second later, but not what was heard within the last second", () => {
    const cache = cacheOf();
    cache.take([a(HOST, "10.0.0.1")], "x", 0);
    cache.take([a(HOST, "10.0.0.2")], "x", 9_500);
    cache.take([a(HOST, "10.0.0.3"), a(HOST, "10.0.0.4")], "x", 10_000);
    expect(addressesAt(cache, 10_499)).toEqual(["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4"]);
    expect(addressesAt(cache, 11_000)).toEqual(["10.0.0.2", "10.0.0.3", "10.0.0.4"]);
  });

  test("adds to a set that many share", () => {
    const cache = cacheOf();
    cache.take([ptr(TYPE, name("a._http._tcp.local"))], "x", 0);
    cache.take([ptr(TYPE, name("b._http._tcp.local"))], "y", 60_000);
    cache.expire(70_000);
    expect(cache.get(TYPE, "PTR")).toHaveLength(2);
  });

  test("gives the last heard first", () => {
    const cache = cacheOf();
    cache.take([txt(HOST, ["v=1"])], "x", 0);
    cache.take([txt(HOST, ["v=2"])], "x", 10);
    const [first] = cache.get(HOST, "TXT");
    expect(first?.record.strings).toEqual([new TextEncoder().encode("v=2")]);
  });

  test("offers as known answers what has more than half of its TTL left, with what is left, and is not in doubt", () => {
    const cache = cacheOf();
    cache.take([ptr(TYPE, name("a._http._tcp.local"), { ttlSeconds: 100 })], "x", 0);
    expect(cache.known(TYPE, "PTR", 49_000).map(({ ttlSeconds }) => ttlSeconds)).toEqual([51]);
    expect(cache.known(TYPE, "PTR", 50_000)).toEqual([]);
    cache.take([ptr(TYPE, name("a._http._tcp.local"), { ttlSeconds: 100 })], "x", 60_000);
    expect(cache.known(TYPE, "PTR", 60_000)).toHaveLength(1);
    cache.doubt(70_000, TYPE, "PTR");
    expect(cache.known(TYPE, "PTR", 60_000)).toEqual([]);
    expect(cache.nextExpiry()).toBe(70_000);
  });

  test("wants to be asked anew at 80, 85, 90 and 95 %, not more often than once a second, and not when it is over", () => {
    const cache = cacheOf();
    cache.take([a(HOST, "10.0.0.1", { ttlSeconds: 100 })], "x", 0);
    const times: number[] = [];
    for (let now = 0; now < 100_000; now += 100) if (cache.takeRefresh(HOST, "A", now)) times.push(now);
    expect(times).toEqual([80_000, 85_000, 90_000, 95_000]);
    cache.take([a(HOST, "10.0.0.1", { ttlSeconds: 10 })], "x", 100_000);
    const fast: number[] = [];
    for (let now = 100_000; now < 110_000; now += 100) if (cache.takeRefresh(HOST, "A", now)) fast.push(now);
    expect(fast).toEqual([108_000, 109_000]);
    cache.take([a(HOST, "10.0.0.1", { ttlSeconds: 100 })], "x", 200_000);
    cache.take([goodbye(a(HOST, "10.0.0.1"))], "x", 285_000);
    expect(cache.takeRefresh(HOST, "A", 285_900)).toBe(false);
  });

  test("lets no sender have more than its part, and nobody more than there is", () => {
    const cache = cacheOf();
    cache.take(recordsOf(0), "0", 0);
    expect(cache.size).toBe(2_048);
    expect(cache.overflowed).toBe(true);
    for (let sender = 1; sender < 10; sender++) cache.take(recordsOf(sender), String(sender), 0);
    expect(cache.size).toBe(8_192);
    cache.expire(4_500_000);
    expect(cache.size).toBe(0);
    cache.take(recordsOf(0).slice(0, 10), "0", 5_000_000);
    expect(cache.size).toBe(10);
  });

  test("keeps what it has where a sender beyond its part repeats it, or has it replaced", () => {
    const cache = cacheOf();
    cache.take([a(HOST, "10.0.0.1")], "x", 0);
    cache.take(recordsOf(1), "1", 5_000);
    cache.take([a(HOST, "10.0.0.1"), a(HOST, "10.0.0.66")], "1", 10_000);
    expect(cache.size).toBe(2_049);
    expect(addressesAt(cache, 119_999)).toEqual(["10.0.0.1"]);
    expect(addressesAt(cache, 120_000)).toEqual([]);
  });

  test("believes a sender anew that has just its part, and has room for another once it is less", () => {
    const cache = cacheOf();
    const all = recordsOf(0).slice(0, 2_048);
    cache.take(all, "0", 0);
    cache.take(all, "0", 4_000_000);
    expect(cache.overflowed).toBe(false);
    cache.expire(5_000_000);
    expect(cache.size).toBe(2_048);
    cache.take(all.slice(0, 1), "x", 5_000_000);
    cache.take([a(HOST, "10.0.0.1")], "0", 5_000_000);
    expect(cache.size).toBe(2_049);
    expect(cache.overflowed).toBe(false);
  });

  test("counts bytes, too", () => {
    const cache = cacheOf();
    const long = "x".repeat(250);
    const big = (at: number): DnsRecord =>
      txt(
        [`n${at}`, "local"],
        Array.from({ length: 30 }, () => long),
      );
    cache.take(
      Array.from({ length: 1_000 }, (_, at) => big(at)),
      "0",
      0,
    );
    expect(cache.size).toBeGreaterThan(100);
    expect(cache.size).toBeLessThan(150);
  });
});

describe("whatever is heard", () => {
  const record = fc
    .record({
      host: fc.constantFrom("a", "b", "A"),
      last: fc.integer({ min: 0, max: 3 }),
      ttlSeconds: fc.constantFrom(0, 1, 10, 120),
      cacheFlush: fc.boolean(),
    })
    .map(({ host, last, ...settings }) => a([host, "local"], `10.0.0.${last}`, settings));
  const steps = fc.array(
    fc.record({ records: fc.array(record, { maxLength: 5 }), waitMs: fc.integer({ min: 0, max: 30_000 }) }),
    { maxLength: 30 },
  );

  test("the cache holds each record once, none beyond its time, and counts right", () => {
    fc.assert(
      fc.property(steps, (all) => {
        const cache = cacheOf();
        let now = 0;
        for (const { records, waitMs } of all) {
          cache.take(records, "x", now);
          now += waitMs;
          cache.expire(now);
          const held = ["a", "b"].flatMap((host) => cache.get([host, "local"], "A"));
          expect(held).toHaveLength(cache.size);
          expect(
            new Set(held.map((one) => `${setKey(one.record.name, "A")} ${dataKey(one.record)}`)).size,
          ).toBe(cache.size);
          for (const { expiresAt, receivedAt, record } of held) {
            expect(expiresAt).toBeGreaterThan(now);
            expect(expiresAt).toBeLessThanOrEqual(receivedAt + record.ttlSeconds * 1_000);
          }
          expect(cache.nextExpiry()).toBe(Math.min(...held.map(({ expiresAt }) => expiresAt)));
        }
      }),
    );
  });
});
