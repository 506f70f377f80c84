import { expect, test } from "vitest";

import type { DnsRecord, Name, RecordOf, RecordType } from "../../src/dns/message.ts";
import { type CachedRecord, RecordCache } from "../../src/mdns/cache.ts";
import { Finder } from "../../src/mdns/found.ts";
import { planOf } from "../../src/mdns/plan.ts";
import { wishForAll } from "../../src/mdns/wishes.ts";
import { a, aaaa, name, ptr, srv } from "./records.ts";

const TYPE = name("_http._tcp.local");
const HOST = name("h1.local");
const PLACE = { interface: "eth0", isOnLink: (address: string): boolean => /^(?:10\.|fe80:)/.test(address) };

/** Counts how often anything is looked up in it. */
class CountingCache extends RecordCache {
  readonly gets = new Map<RecordType, number>();

  override get<T extends RecordType>(owner: Name, type: T): CachedRecord<RecordOf<T>>[] {
    this.gets.set(type, (this.gets.get(type) ?? 0) + 1);
    return super.get(owner, type);
  }
}

/** So many instances on one host. */
function cacheOf(instances: number, addresses: readonly DnsRecord[]): CountingCache {
  const cache = new CountingCache(() => 0);
  const names = Array.from({ length: instances }, (_, at) => [`i${at}`, ...TYPE]);
  cache.take(
    names.flatMap((owner) => [ptr(TYPE, owner), srv(owner, HOST, 80)]),
    "x",
    0,
  );
  cache.take(addresses, "x", 0);
  return cache;
}

function finderOf(cache: RecordCache): Finder {
  return new Finder({ cache, asks: () => 9 }, PLACE);
}

function leadsOf(cache: RecordCache): ReturnType<typeof planOf>["leads"] {
  return planOf(cache, wishForAll(["_http._tcp"])).leads;
}

test("each host is looked up once, however many instances are on it", () => {
  const cache = cacheOf(500, [a(HOST, "10.0.0.1")]);
  const leads = leadsOf(cache);
  // And once more to say whether it has been asked for.
  expect(cache.gets.get("A")).toBe(1);
  expect(finderOf(cache).find(leads, 1_000)).toHaveLength(500);
  expect(cache.gets.get("A")).toBe(3);
  expect(cache.gets.get("AAAA")).toBeLessThan(5);
});

test("so much is found and no more", () => {
  const cache = cacheOf(100, [a(HOST, "10.0.0.1"), a(HOST, "10.0.0.2")]);
  const finder = finderOf(cache);
  expect(finder.find(leadsOf(cache), 200)).toHaveLength(200);
  expect(finder.overflowed).toBe(false);
  expect(finder.find(leadsOf(cache), 199)).toHaveLength(199);
  expect(finder.overflowed).toBe(true);
});

test("of many addresses those on the link come first, and a few of them count as one host", () => {
  const far = Array.from({ length: 30 }, (_, at) => a(HOST, `192.0.2.${at}`));
  const near = Array.from({ length: 9 }, (_, at) => a(HOST, `10.0.0.1${at}`));
  const cache = cacheOf(1, [...far, ...near, aaaa(HOST, "fe80::1")]);
  const finder = finderOf(cache);
  const all = finder.find(leadsOf(cache), 1_000);
  expect(all).toHaveLength(16);
  expect(finder.overflowed).toBe(true);
  const joined = near.slice(0, 8).map(({ address }) => address);
  expect(all.slice(0, 8).map(({ addresses }) => addresses)).toEqual(joined.map(() => joined));
  expect(all.slice(8).flatMap(({ addresses }) => addresses)).toEqual([]);
  const off = all.filter(({ announcement }) => announcement.facts?.["offLink"] === true);
  expect(off.map(({ endpoint }) => endpoint.address.startsWith("192."))).toEqual(off.map(() => true));
  expect(off).toHaveLength(6);
  // One for those on the link and one for the others, so that they are compared once.
  expect(new Set(all.map(({ announcement }) => announcement)).size).toBe(2);
});

test("addresses do not change with who was heard last", () => {
  const many = Array.from({ length: 40 }, (_, at) => a(HOST, `10.0.0.${at}`));
  const cache = cacheOf(1, many);
  const before = finderOf(cache).find(leadsOf(cache), 99);
  cache.take(many.slice(30), "x", 500);
  const after = finderOf(cache).find(leadsOf(cache), 99);
  expect(after.map(({ key }) => key)).toEqual(before.map(({ key }) => key));
});
