import {
  appendFileSync,
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { tryLock } from "../../src/disk/lock.ts";
import { type ServiceCache, openCache } from "../../src/inventory/cache/cache.ts";
import { KEEP_MS } from "../../src/inventory/cache/entry.ts";
import { writeCacheFile } from "../../src/inventory/cache/file.ts";
import { knownOpen } from "../../src/inventory/cache/known-open.ts";
import { MOST_ENDPOINTS } from "../../src/inventory/cache/limits.ts";
import { lineOf, parseLine } from "../../src/inventory/cache/line.ts";
import { observationFrom } from "../../src/run/check-observation.ts";
import { makeFifo } from "../cli/fifo.ts";
import { catalog, isOwn, observations, seen } from "./observations.ts";

const NOW = 1_780_000_000_000;

let root = "";
let folder = "";
let warnings: string[] = [];
let now = NOW;
let networkOf: (address: string) => string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "sonde-cache-"));
  folder = join(root, "deep", "sonde");
  warnings = [];
  now = NOW;
  networkOf = () => "a1";
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function open(): Promise<ServiceCache> {
  return openCache({
    folder,
    catalog,
    isOwn,
    check: observationFrom,
    networkOf: (address) => networkOf(address),
    clock: { now: () => now, monotonic: () => now },
    warn: (warning) => warnings.push(warning),
  });
}

function fileIn(name = "inventory.jsonl"): string {
  return join(folder, name);
}

function at(address: string, more: Parameters<typeof seen>[0] = {}) {
  return seen({ address, at: now, ...more });
}

async function filled(...addresses: string[]): Promise<ServiceCache> {
  const cache = await open();
  cache.put(addresses.map((address) => at(address)));
  expect(await cache.save()).toBe(true);
  return cache;
}

function idsOf(cache: ServiceCache): string[] {
  return cache.services(now).services.map(({ id }) => id);
}

describe("the cache on the disk", () => {
  test("knows in the next process what was put, and makes the same services of it", async () => {
    const cache = await filled("10.0.0.5", "127.0.0.1");
    const again = await open();
    expect(again.services(now)).toEqual(cache.services(now));
    expect(idsOf(again)).toEqual(["redis@127.0.0.1:6379", "redis@10.0.0.5:6379"]);
    expect(warnings).toEqual([]);
  });

  test("is for its user alone, and leaves nothing else behind", async () => {
    await filled("10.0.0.5");
    expect(readdirSync(folder)).toEqual(["inventory.jsonl"]);
    expect(statSync(fileIn()).mode & 0o777).toBe(0o600);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  test("is not written, and its folder not made, where there is nothing to say", async () => {
    expect(await (await open()).save()).toBe(true);
    expect(existsSync(folder)).toBe(false);
    expect(warnings).toEqual([]);
  });

  test("joins what two processes have learned meanwhile, the newer word on an endpoint the last", async () => {
    const [one, other] = [await open(), await open()];
    one.put([at("10.0.0.1"), at("10.0.0.3", { claim: { type: "mysql" } })]);
    now += 1_000;
    other.put([at("10.0.0.2"), at("10.0.0.3")]);
    await other.save();
    await one.save();
    expect(idsOf(await open())).toEqual([
      "redis@10.0.0.1:6379",
      "redis@10.0.0.2:6379",
      "redis@10.0.0.3:6379",
    ]);
  });

  test("stays cleared where another process saves what it has learned itself", async () => {
    await filled("10.0.0.1");
    const reader = await open();
    expect(await (await open()).clear()).toBe(1);
    reader.put([at("10.0.0.2")]);
    await reader.save();
    expect(idsOf(await open())).toEqual(["redis@10.0.0.2:6379"]);
  });

  test("shows what has run out as stale, and in a day no more", async () => {
    await filled("10.0.0.5");
    now += 300_000;
    const cache = await open();
    expect(cache.services(now)).toMatchObject({
      services: [],
      stale: [{ type: "redis", stale: true }],
      open: [],
    });
    now = NOW + KEEP_MS;
    expect((await open()).endpoints(now)).toEqual([]);
  });

  test("says what was refused, for so long as that counts", async () => {
    const cache = await filled("10.0.0.5");
    now += 1_000;
    cache.put([at("10.0.0.5", { outcome: "closed" })]);
    await cache.save();
    const closed = [{ address: "10.0.0.5", port: 6379, transport: "tcp" }];
    expect((await open()).services(now)).toEqual({ services: [], stale: [], open: [], closed });
    now += 30_000;
    expect((await open()).services(now)).toEqual({ services: [], stale: [], open: [], closed: [] });
  });

  test("shows what was forgotten as stale, in the next process, too", async () => {
    const cache = await filled("10.0.0.5");
    cache.forget({ address: "10.0.0.5", port: 6379, transport: "tcp" });
    cache.forget({ address: "10.0.0.9", port: 1, transport: "tcp" });
    for (const one of [cache, (await cache.save()) && (await open())]) {
      if (one === false) throw new Error("it was not saved");
      expect(one.services(now)).toMatchObject({ services: [], stale: [{ id: "redis@10.0.0.5:6379" }] });
    }
    expect((await open()).endpoints(now)).toHaveLength(1);
  });

  test("takes what comes from the future for stale, and lets what is seen now take its place", async () => {
    await filled("10.0.0.5");
    now -= 30 * KEEP_MS;
    const cache = await open();
    expect(cache.services(now)).toMatchObject({ services: [], stale: [{ id: "redis@10.0.0.5:6379" }] });
    cache.put([at("10.0.0.5", { claim: { type: "mysql" } })]);
    await cache.save();
    expect(idsOf(await open())).toEqual(["mysql@10.0.0.5:6379"]);
  });

  test("keeps the endpoints of every network apart", async () => {
    await filled("10.0.0.5");
    networkOf = () => "b2";
    const cache = await open();
    expect(cache.services(now)).toEqual({ services: [], stale: [], open: [], closed: [] });
    expect(knownOpen(folder, networkOf)).toEqual([]);
    cache.put([at("10.0.0.5", { claim: { type: "mysql" } })]);
    await cache.save();
    expect(idsOf(await open())).toEqual(["mysql@10.0.0.5:6379"]);
    expect(cache.endpoints(now).map(({ isHere }) => isHere)).toEqual([true, false]);
    networkOf = () => "a1";
    expect(idsOf(await open())).toEqual(["redis@10.0.0.5:6379"]);
  });

  test("tells of the endpoints that are asked for alone, and who announced them", async () => {
    const cache = await filled("10.0.0.5", "10.0.0.6");
    const announcement = { name: "a", domain: "local", target: "a.local", ttlSeconds: 120 };
    cache.put([at("10.0.0.7", { strategy: "mdns", outcome: "announced", announcement })]);
    const asked = new Map<string, readonly string[]>();
    const { services } = cache.services(now, {
      isIn: ({ address }, announcers) => asked.set(address, announcers) && address !== "10.0.0.5",
    });
    expect(services.map(({ host }) => host)).toEqual(["10.0.0.6", "10.0.0.7"]);
    expect(Object.fromEntries(asked)).toEqual({ "10.0.0.5": [], "10.0.0.6": [], "10.0.0.7": ["mdns"] });
  });

  test("knows the addresses that were met under a name, case and a last dot aside", async () => {
    const cache = await open();
    cache.put([
      at("10.0.0.5", { hostnames: ["db.example"] }),
      at("10.0.0.6", { hostnames: ["DB.example."] }),
    ]);
    expect(cache.addressesOf("Db.Example").toSorted()).toEqual(["10.0.0.5", "10.0.0.6"]);
    expect(cache.addressesOf("example")).toEqual([]);
  });

  test("says what was open without reading an entry", async () => {
    const cache = await filled("10.0.0.5", "10.0.0.6", "fe80::1%eth0");
    now += 1;
    cache.put([at("10.0.0.6", { outcome: "closed" })]);
    await cache.save();
    expect(knownOpen(folder, networkOf).map(({ address }) => address)).toEqual(["10.0.0.5", "fe80::1%eth0"]);
    expect(knownOpen(join(root, "none"), networkOf)).toEqual([]);
  });

  test("holds so many endpoints, those that were heard of last", async () => {
    const cache = await open();
    const count = MOST_ENDPOINTS + 5;
    const all = Array.from({ length: count }, (_, host) => at(`10.1.${host >> 8}.${host & 255}`));
    cache.put(all.slice(0, 3));
    await cache.save();
    cache.put(all.slice(3));
    await cache.save();
    const kept = (await open()).endpoints(now);
    expect(kept).toHaveLength(MOST_ENDPOINTS);
    const known = knownOpen(folder, networkOf);
    expect(known.length).toBeGreaterThan(1_000);
    expect(known).toEqual(all.slice(-known.length).map(({ endpoint }) => endpoint));
    const addresses = new Set(kept.map(({ endpoint }) => endpoint.address));
    expect(all.filter(({ endpoint }) => !addresses.has(endpoint.address))).toEqual(all.slice(0, 5));
  });

  test("gives back any observation, and its line tells what is in it", () => {
    fc.assert(
      fc.property(observations, fc.nat(NOW), (one, time) => {
        const entry = { network: "a1", endpoint: one.endpoint, openSince: 0, expiredAt: 0 };
        const line = lineOf({ ...entry, observations: [{ ...one, at: time }] });
        expect(line).toBeDefined();
        expect(line && parseLine(line.text)).toEqual(line);
        expect(line).toMatchObject({ newest: time, isOpen: one.outcome === "open", endpoint: one.endpoint });
      }),
    );
  });
});

const DIGITS = /"digest":"\w+"/;
const WRONG: readonly (readonly [string, (file: string) => void])[] = [
  ["an empty file", (file) => truncateSync(file)],
  ["one that was cut", (file) => truncateSync(file, statSync(file).size - 9)],
  ["one that goes on", (file) => appendFileSync(file, "more\n")],
  ["a byte that has changed", (file) => rewrite(file, (text) => text.replace("PONG", "PING"))],
  [
    "no text",
    (file) =>
      writeFileSync(
        file,
        Uint8Array.from({ length: 999 }, (_, byte) => byte & 255),
      ),
  ],
  ["no JSON", (file) => writeFileSync(file, "hello\n")],
  ["other JSON", (file) => writeFileSync(file, "[1,2,3]\n")],
  ["null", (file) => writeFileSync(file, "null\n")],
  ["an older version", (file) => rewrite(file, (text) => text.replace('"version":1', '"version":0'))],
  ["a newer version", (file) => rewrite(file, (text) => text.replace('"version":1', '"version":2'))],
  ["a version that is none", (file) => rewrite(file, (text) => text.replace('"version":1', '"version":"1"'))],
  ["no digest", (file) => rewrite(file, (text) => text.replace(DIGITS, '"digest":1'))],
  ["a folder", (file) => inPlaceOf(file, mkdirSync)],
  ["a FIFO", (file) => inPlaceOf(file, makeFifo)],
  ["a link to itself", (file) => inPlaceOf(file, (path) => symlinkSync(path, path))],
  ["a line that is none", () => writeCacheFile(folder, [{ ...lineWith({}), text: "[]" }])],
  ["an entry without observations", () => writeCacheFile(folder, [lineWith({ observations: undefined })])],
  ["an entry without a time", () => writeCacheFile(folder, [lineWith({ openSince: null })])],
  ["an observation that makes no sense", () => writeCacheFile(folder, [lineWith({ observations: [{}] })])],
  ["an observation that is none", () => writeCacheFile(folder, [lineWith({ observations: [null] })])],
  [
    "an observation of another endpoint",
    () => writeCacheFile(folder, [lineWith({ observations: [seen({ address: "10.0.0.6" })] })]),
  ],
  [
    "more words than there are",
    () => writeCacheFile(folder, [lineWith({ observations: Array(65).fill(seen()) })]),
  ],
];

function inPlaceOf(file: string, make: (file: string) => unknown): void {
  rmSync(file);
  make(file);
}

function rewrite(file: string, change: (text: string) => string): void {
  const text = readFileSync(file, "utf8");
  expect(change(text)).not.toBe(text);
  writeFileSync(file, change(text));
}

/** A line with its digest in order, and something else in it. */
function lineWith(change: object) {
  const endpoint = { address: "10.0.0.5", port: 6379, transport: "tcp" } as const;
  const rest = { openSince: 0, expiredAt: 0, observations: [at("10.0.0.5")], ...change };
  const text = JSON.stringify(["a1", "10.0.0.5:6379/tcp", NOW, true, rest]);
  return { network: "a1", endpoint, newest: NOW, isOpen: true, text };
}

describe("a file that is no cache", () => {
  test.each(WRONG)("%s: is set aside with one warning, and a new one is begun", async (_, spoil) => {
    await filled("10.0.0.5");
    spoil(fileIn());
    const cache = await open();
    expect(cache.services(now)).toEqual({ services: [], stale: [], open: [], closed: [] });
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/^the cache .* is set aside as inventory\.jsonl\.bad-20260528T\d+Z: /);
    expect(readdirSync(folder).filter((name) => name.includes(".bad-"))).toHaveLength(1);
    cache.put([at("10.0.0.8")]);
    expect(await cache.save()).toBe(true);
    expect(idsOf(await open())).toEqual(["redis@10.0.0.8:6379"]);
    expect(warnings).toHaveLength(1);
  });

  test.each(WRONG)("%s: costs who only adds to it nothing but a warning", async (_, spoil) => {
    const cache = await filled("10.0.0.5");
    spoil(fileIn());
    expect(() => knownOpen(folder, networkOf)).not.toThrow();
    now += 1;
    cache.put([at("10.0.0.5")]);
    expect(await cache.save()).toBe(true);
    expect(warnings).toHaveLength(1);
    expect(idsOf(await open())).toEqual(["redis@10.0.0.5:6379"]);
  });

  test("is whatever bytes there are: nothing throws, nothing of them is believed", async () => {
    await filled("10.0.0.5");
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        writeFileSync(fileIn(), bytes);
        expect((await open()).endpoints(now)).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  test("is kept for who wants to see it, but not for ever", async () => {
    for (let times = 0; times < 6; times++) {
      await filled("10.0.0.5");
      writeFileSync(fileIn(), `spoilt ${times}\n`);
      await open();
    }
    const aside = readdirSync(folder).filter((name) => name.includes(".bad-"));
    expect(aside).toHaveLength(3);
    expect(aside.map((name) => readFileSync(fileIn(name), "utf8")).toSorted()).toEqual(
      [3, 4, 5].map((times) => `spoilt ${times}\n`),
    );
    await (await open()).clear();
    expect(readdirSync(folder)).toEqual([]);
  });

  test("loses what a writer that was killed has left behind", async () => {
    await filled("10.0.0.5");
    writeFileSync(fileIn(".inventory.jsonl.0000.tmp"), "half");
    await filled("10.0.0.6");
    expect(readdirSync(folder)).toEqual(["inventory.jsonl"]);
  });
});

describe("where nothing can be kept", () => {
  test("a file in the place of the folder costs one warning", async () => {
    writeFileSync(join(root, "deep"), "");
    const cache = await open();
    cache.put([at("10.0.0.5")]);
    expect(await cache.save()).toBe(false);
    expect(warnings).toEqual([expect.stringMatching(/^the cache .*inventory\.jsonl is not /)]);
    expect(idsOf(cache)).toEqual(["redis@10.0.0.5:6379"]);
  });

  test.skipIf(process.getuid?.() === 0)("neither does a folder that may only be read", async () => {
    await filled("10.0.0.5");
    chmodSync(folder, 0o500);
    const cache = await open();
    expect(idsOf(cache)).toEqual(["redis@10.0.0.5:6379"]);
    cache.put([at("10.0.0.6")]);
    expect(await cache.save()).toBe(false);
    expect(warnings).toEqual([expect.stringMatching(/is not written: permission denied$/)]);
    chmodSync(folder, 0o700);
  });

  test.skipIf(process.getuid?.() !== 0)("what belongs to another user is not believed", async () => {
    await filled("10.0.0.5");
    chownSync(fileIn(), 12_345, 12_345);
    const cache = await open();
    expect(idsOf(cache)).toEqual([]);
    cache.put([at("10.0.0.6")]);
    expect(await cache.save()).toBe(false);
    expect(warnings).toEqual([expect.stringMatching(/is not used: it belongs to another user$/)]);
  });

  test.skipIf(process.getuid?.() !== 0)("root leaves nothing in the home of another user", async () => {
    chownSync(root, 12_345, 12_345);
    const cache = await open();
    cache.put([at("10.0.0.5")]);
    expect(await cache.save()).toBe(false);
    expect(readdirSync(root)).toEqual([]);
    expect(warnings).toEqual([expect.stringMatching(/is not written: .* belongs to another user$/)]);
  });

  test("what is put while it is written is written the next time", async () => {
    const cache = await open();
    cache.put([at("10.0.0.5")]);
    const saved = cache.save();
    cache.put([at("10.0.0.6")]);
    await saved;
    cache.put([at("10.0.0.7")]);
    await cache.save();
    expect(idsOf(await open())).toHaveLength(3);
  });

  test("silence alone writes nothing", async () => {
    const cache = await open();
    cache.put([at("10.0.0.5", { outcome: "filtered" }), at("10.0.0.6", { outcome: "failed" })]);
    expect(await cache.save()).toBe(true);
    expect(existsSync(folder)).toBe(false);
  });

  test("somebody who does not let go of it is not waited for for ever", async () => {
    await filled("10.0.0.5");
    const lock = tryLock(`${fileIn()}.lock`);
    if (!("release" in lock)) throw new Error("somebody has it");
    const cache = await open();
    now += 1;
    cache.put([at("10.0.0.6")]);
    expect(await cache.save()).toBe(false);
    expect(warnings).toEqual([expect.stringMatching(/is not written: another process has it$/)]);
    lock.release();
    expect(await cache.save()).toBe(true);
    expect(idsOf(await open())).toEqual(["redis@10.0.0.5:6379", "redis@10.0.0.6:6379"]);
  });
});
