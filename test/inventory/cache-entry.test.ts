import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import {
  CLOSED_TTL_MS,
  type Entry,
  KEEP_MS,
  MOST_WORDS,
  entryAt,
  entryOf,
  join,
  newestOf,
  ttlOf,
} from "../../src/inventory/cache/entry.ts";
import { viewOf } from "../../src/inventory/cache/view.ts";
import type { Observation } from "../../src/model/observation.ts";
import { observations, seen } from "./observations.ts";

/** Some time in 2026; those of the arbitrary observations are small numbers, seconds here. */
const NOW = 1_780_000_000_000;
const ENDPOINT = { address: "10.0.0.5", port: 6379, transport: "tcp" } as const;

const observed: fc.Arbitrary<Observation> = fc
  .tuple(observations, fc.integer({ min: 0, max: 400 }))
  .map(([one, secondsAgo]) => ({ ...one, endpoint: ENDPOINT, at: NOW - secondsAgo * 1_000 }));

const looks: fc.Arbitrary<Entry> = fc
  .tuple(fc.array(observed, { maxLength: 6 }), fc.integer({ min: 0, max: 400 }), fc.boolean())
  .map(([all, secondsAgo, isForgotten]) => {
    const entry = entryOf("net", ENDPOINT, all, NOW - secondsAgo * 1_000);
    return isForgotten ? { ...entry, expiredAt: NOW - secondsAgo * 1_000 } : entry;
  });

function look(outcome: Observation["outcome"], secondsAgo: number, more: Partial<Observation> = {}) {
  const { claim, ...bare } = seen({
    address: ENDPOINT.address,
    at: NOW - secondsAgo * 1_000,
    outcome,
    ...more,
  });
  return outcome === "open" && claim !== undefined ? { ...bare, claim } : bare;
}

const announcement = { name: "a._redis._tcp.local", domain: "local", target: "a.local", ttlSeconds: 120 };

describe("entries of one endpoint", () => {
  test("are joined to the same one in any order, and as often as one likes", () => {
    fc.assert(
      fc.property(looks, looks, looks, (a, b, c) => {
        expect(join(a, b)).toEqual(join(b, a));
        expect(join(join(a, b), c)).toEqual(join(a, join(b, c)));
        expect(join(join(a, b), b)).toEqual(join(a, b));
      }),
    );
  });

  test("know no more and nothing newer than what was observed, and every word's newest", () => {
    fc.assert(
      fc.property(fc.array(observed, { minLength: 1, maxLength: 8 }), (all) => {
        const joined = all.map((one) => entryOf("net", ENDPOINT, [one])).reduce(join);
        for (const one of joined.observations) expect(all).toContainEqual(one);
        expect(newestOf(joined)).toBeLessThanOrEqual(Math.max(...all.map(({ at }) => at)));
      }),
    );
  });

  test("never make a refusal of silence", () => {
    fc.assert(
      fc.property(looks, fc.array(observed, { maxLength: 6 }), (entry, all) => {
        const silent = all.map((one) => ({ ...one, outcome: "filtered" as const }));
        expect(join(entry, entryOf("net", ENDPOINT, silent))).toEqual(join(entry, entry));
      }),
    );
    for (const outcome of ["filtered", "unreachable", "failed"] as const)
      expect(entryOf("net", ENDPOINT, [look(outcome, 0)]).observations).toEqual([]);
  });

  test("lose what was open to a later refusal, whoever saw it, and keep what is announced", () => {
    const said = look("announced", 50, { strategy: "mdns", announcement });
    const open = entryOf("net", ENDPOINT, [look("open", 40), look("open", 30, { strategy: "http" }), said]);
    const closed = entryOf("net", ENDPOINT, [look("closed", 20)]);
    expect(
      join(open, closed)
        .observations.map(({ outcome }) => outcome)
        .toSorted(),
    ).toEqual(["announced", "closed"]);
    expect(viewOf(join(open, closed), { now: NOW })).toMatchObject({ state: "closed", isFresh: true });
  });

  test("are open again where somebody was met after a refusal", () => {
    const back = join(
      entryOf("net", ENDPOINT, [look("closed", 20)]),
      entryOf("net", ENDPOINT, [look("open", 10)]),
    );
    const view = viewOf(back, { now: NOW });
    expect(view).toMatchObject({ state: "open", isFresh: true });
    expect(view.observations.map(({ outcome }) => outcome)).toEqual(["open"]);
  });

  test("lose what an earlier run was told by another strategy to a run that found it open", () => {
    const before = entryOf("net", ENDPOINT, [look("open", 100, { strategy: "http" })], NOW - 101_000);
    const after = entryOf("net", ENDPOINT, [look("open", 10)], NOW - 11_000);
    expect(join(before, after).observations.map(({ strategy }) => strategy)).toEqual(["tcp"]);
    const one = entryOf("net", ENDPOINT, [look("open", 10)]);
    expect(join(before, one).observations).toHaveLength(2);
  });

  test("do not lose what a checkpoint has brought from before the run", () => {
    expect(entryOf("net", ENDPOINT, [look("open", 100)], NOW - 50_000).observations).toHaveLength(1);
  });

  test("forget what was announced once it is withdrawn", () => {
    const said = look("announced", 50, { strategy: "mdns", announcement });
    const gone = look("withdrawn", 50, { strategy: "mdns", announcement });
    const view = viewOf(entryOf("net", ENDPOINT, [gone, said]), { now: NOW });
    expect(view).toMatchObject({ state: "nothing", isFresh: false });
  });

  test("hold so many names, the newest", () => {
    const names = Array.from({ length: 500 }, (_, at) =>
      look("announced", at, { strategy: "mdns", announcement: { ...announcement, name: `n${at}` } }),
    );
    const { observations: kept } = entryOf("net", ENDPOINT, names);
    expect(kept).toHaveLength(MOST_WORDS);
    expect(kept.every(({ at }) => at > NOW - MOST_WORDS * 1_000)).toBe(true);
  });
});

describe("how long it counts", () => {
  test.each([
    ["300 s", look("open", 0), 300],
    ["the observation's own", look("open", 0, { ttlSeconds: 7 }), 7],
    ["the record's own", look("announced", 0, { announcement }), 120],
    ["30 s where it was refused", look("closed", 0), 30],
    ["no longer than that, whatever its TTL", look("closed", 0, { ttlSeconds: 9_000 }), 30],
    ["a day at most", look("announced", 0, { ttlSeconds: 604_800 }), 86_400],
    ["not at all, where that is what it says", look("open", 0, { ttlSeconds: 0 }), 0],
  ])("is %s", (_, one, seconds) => {
    expect(ttlOf(one)).toBe(seconds * 1_000);
    const at = (ms: number) => viewOf(entryOf("net", ENDPOINT, [one]), { now: NOW + ms }).isFresh;
    expect(at(seconds * 1_000)).toBe(false);
    expect(at(seconds * 1_000 - 1)).toBe(seconds > 0);
  });

  test("is stale after that, with all that was known, and not closed", () => {
    const entry = entryOf("net", ENDPOINT, [look("open", 400), look("open", 390, { strategy: "http" })]);
    expect(viewOf(entry, { now: NOW })).toMatchObject({
      state: "open",
      isFresh: false,
      seenAt: NOW - 390_000,
    });
    expect(viewOf(entry, { now: NOW }).observations).toHaveLength(2);
  });

  test("is nothing where a refusal is too old", () => {
    const entry = entryOf("net", ENDPOINT, [look("closed", CLOSED_TTL_MS / 1_000)]);
    expect(viewOf(entry, { now: NOW })).toMatchObject({ state: "nothing", isFresh: false });
  });

  test("leaves out what is stale beside what is fresh", () => {
    const entry = entryOf("net", ENDPOINT, [look("open", 10), look("open", 310, { strategy: "http" })]);
    expect(viewOf(entry, { now: NOW }).observations.map(({ strategy }) => strategy)).toEqual(["tcp"]);
  });

  test("is no longer than the reader is ready to believe", () => {
    const entry = entryOf("net", ENDPOINT, [look("open", 10)]);
    expect(viewOf(entry, { now: NOW, maxAgeMs: 10_001 }).isFresh).toBe(true);
    expect(viewOf(entry, { now: NOW, maxAgeMs: 10_000 }).isFresh).toBe(false);
  });

  test("is over at once where it is forgotten, until it is met again", () => {
    const forgotten = { ...entryOf("net", ENDPOINT, [look("open", 10)]), expiredAt: NOW - 5_000 };
    expect(viewOf(forgotten, { now: NOW })).toMatchObject({ state: "open", isFresh: false });
    const again = join(forgotten, entryOf("net", ENDPOINT, [look("open", 4)]));
    expect(viewOf(again, { now: NOW }).isFresh).toBe(true);
  });

  test("is over in a day", () => {
    const entry = entryOf("net", ENDPOINT, [
      look("open", KEEP_MS / 1_000),
      look("open", 9, { strategy: "http" }),
    ]);
    expect(entryAt(entry, NOW)?.observations).toHaveLength(1);
    expect(entryAt(entry, NOW + KEEP_MS)).toBeUndefined();
  });
});

describe("a clock that was set back", () => {
  test("makes nothing valid for longer than its TTL from now, and nothing newer than now", () => {
    fc.assert(
      fc.property(
        looks,
        fc.integer({ min: 0, max: 10 * KEEP_MS }),
        fc.nat(KEEP_MS),
        (entry, backMs, laterMs) => {
          const now = NOW - backMs;
          const believed = entryAt(entry, now);
          if (believed === undefined) return;
          expect(newestOf(believed)).toBeLessThanOrEqual(now);
          const view = viewOf(believed, { now: now + laterMs });
          const longest = Math.max(...believed.observations.map(ttlOf));
          if (view.isFresh) expect(laterMs).toBeLessThan(longest);
        },
      ),
    );
  });

  test("leaves what was known as stale, in its order, and lets what is seen now win", () => {
    const entry = entryOf("net", ENDPOINT, [look("closed", 20), look("open", 10)]);
    const now = NOW - 30 * KEEP_MS;
    const believed = entryAt(entry, now);
    if (believed === undefined) throw new Error("nothing was left");
    expect(viewOf(believed, { now })).toMatchObject({ state: "open", isFresh: false });
    const refused = entryOf("net", ENDPOINT, [{ ...look("closed", 0), at: now - 60_000 }]);
    expect(join(believed, refused).observations).toEqual(refused.observations);
  });

  test("believes nothing of what this process itself saw in the future", () => {
    const entry = entryOf("net", ENDPOINT, [look("open", -10)]);
    expect(viewOf(entry, { now: NOW })).toMatchObject({ state: "open", isFresh: false });
  });
});
