import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { DnsRecord } from "../../src/dns/message.ts";
import { wishForAll } from "../../src/mdns/wishes.ts";
import { browsing } from "./browsing.ts";
import { a, aaaa, instance, name, nsec, ptr, response, srv, txt } from "./records.ts";

const TYPE = name("_http._tcp.local");
const GOOD: readonly DnsRecord[] = [
  ...instance("Dr. Foo v1.2 é", "_http._tcp", "h1", 8080),
  ...instance("cache", "_redis._tcp", "h1", 6379),
  a(name("h1.local"), "10.0.0.9"),
  aaaa(name("h1.local"), "fe80::1"),
  nsec(name("h1.local"), [1, 28]),
];
const HTTP = wishForAll(["_http._tcp"]);
const WHOLE = response(GOOD);

/** Bytes changed, cut off, put in: what a broken or hostile sender makes of a good packet. */
const mutated = fc
  .array(
    fc.record({ at: fc.nat(WHOLE.length), byte: fc.nat(255), kind: fc.constantFrom("set", "cut", "insert") }),
    { minLength: 1, maxLength: 12 },
  )
  .map((changes) => {
    let bytes = [...WHOLE];
    for (const { at, byte, kind } of changes) {
      if (kind === "set") bytes[at % bytes.length] = byte;
      else if (kind === "cut") bytes = bytes.slice(0, Math.max(1, at));
      else bytes.splice(at % bytes.length, 0, byte);
    }
    return Uint8Array.from(bytes);
  });

/** All there is to know of one instance of many. */
function packetOf(sender: number, at: number): Uint8Array {
  const owner = [`${sender}-${at}`, ...TYPE];
  const host = [`h${sender}-${at}`, "local"];
  return response([ptr(TYPE, owner), srv(owner, host, 80), txt(owner, []), a(host, "10.0.0.9")]);
}

describe("strangers' packets", () => {
  test("neither throw nor keep a look from its end, whatever is in them", { timeout: 60_000 }, async () => {
    const packets = fc.array(fc.oneof(mutated, fc.uint8Array({ maxLength: 200 })), {
      minLength: 1,
      maxLength: 30,
    });
    await fc.assert(
      fc.asyncProperty(packets, async (all) => {
        const bench = browsing();
        const link = bench.network.link();
        const end = bench.start([link]);
        for (const [at, bytes] of all.entries()) {
          bench.network.say(link, bytes);
          if (at % 5 === 0) await bench.time.pass(150);
        }
        await bench.time.pass(8_000);
        await end;
        expect(bench.time.waiting).toBe(0);
        for (const { found } of bench.events) {
          expect(found.endpoint.port).toBeGreaterThan(0);
          expect(found.endpoint.port).toBeLessThan(65_536);
          expect(JSON.stringify(found.announcement)).not.toBe("");
        }
      }),
      { numRuns: 150 },
    );
  });

  test("keep nothing beyond their time while somebody watches", { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(mutated, { minLength: 1, maxLength: 10 }), async (all) => {
        const bench = browsing({ watch: true });
        const link = bench.network.link();
        const end = bench.start([link]);
        for (const bytes of all) bench.network.say(link, bytes);
        // Longer than anything is believed.
        await bench.time.pass(86_500_000);
        const open = new Set<string>();
        for (const { kind, found } of bench.events) {
          if (kind === "announced") open.add(found.key);
          else expect(open.delete(found.key)).toBe(true);
        }
        expect([...open]).toEqual([]);
        bench.stop.abort();
        await end;
        expect(bench.time.waiting).toBe(0);
      }),
      { numRuns: 25 },
    );
  });

  test("in a flood are read up to a bound, from one sender and from all", async () => {
    const bench = browsing({ wishes: HTTP });
    const link = bench.network.link();
    const end = bench.start([link]);
    for (let sender = 0; sender < 20; sender++) {
      for (let at = 0; at < 250; at++)
        bench.network.say(link, packetOf(sender, at), { address: `10.0.1.${sender}` });
    }
    await bench.time.pass(8_000);
    await end;
    // 2,000 packets a second in all, 200 of one sender.
    expect(bench.events.length).toBe(2_000);
    const senders = new Set(bench.events.map(({ found }) => found.announcement.instance?.split("-")[0]));
    expect(senders.size).toBe(10);
    expect(bench.overflows()).toBe(1);
  });

  test("make no more of a few records than can be told: so many on a link, and addresses of a host", async () => {
    const bench = browsing({ wishes: HTTP });
    const link = bench.network.link();
    const end = bench.start([link]);
    const host = name("h1.local");
    const names = Array.from({ length: 300 }, (_, at) => [`i${at}`, ...TYPE]);
    const records = [
      ...Array.from({ length: 60 }, (_, at) => a(host, `10.0.2.${at}`)),
      ...names.flatMap((owner) => [ptr(TYPE, owner), srv(owner, host, 80)]),
    ];
    for (let at = 0; at < records.length; at += 100) {
      bench.network.say(link, response(records.slice(at, at + 100)));
    }
    await bench.time.pass(8_000);
    await end;
    expect(bench.events).toHaveLength(4_096);
    expect(new Set(bench.events.map(({ found }) => found.endpoint.address)).size).toBe(16);
    expect(bench.overflows()).toBe(1);
  });

  test("that are new every moment do not make a look endless: it tells so much and no more", async () => {
    const bench = browsing({ wishes: HTTP });
    const link = bench.network.link();
    const end = bench.start([link]);
    for (let round = 0; round < 70; round++) {
      const owner = ["one", ...TYPE];
      const host = [`h${round}`, "local"];
      const all = Array.from({ length: 8 }, (_, at) =>
        srv(owner, host, 1 + round * 8 + at, { ttlSeconds: 1 }),
      );
      const addresses = Array.from({ length: 16 }, (_, at) => a(host, `10.0.${round}.${at}`));
      bench.network.say(
        link,
        response([ptr(TYPE, owner), txt(owner, []), ...all, ...addresses, nsec(host, [1])]),
      );
      await bench.time.pass(60);
    }
    await bench.time.pass(8_000);
    await end;
    expect(bench.events).toHaveLength(4_096);
    expect(bench.overflows()).toBe(1);
  });

  test.each<[string, DnsRecord[]]>([
    [
      "types than are followed",
      Array.from({ length: 600 }, (_, at) =>
        ptr(name("_services._dns-sd._udp.local"), name(`_t${at}._tcp.local`)),
      ),
    ],
    [
      "services of one instance than are followed",
      [
        ptr(TYPE, ["x", ...TYPE]),
        ...Array.from({ length: 9 }, (_, at) => srv(["x", ...TYPE], name("h1.local"), 80 + at)),
      ],
    ],
    [
      "addresses of a host than are told",
      [
        ...instance("x", "_http._tcp", "h1", 80),
        ...Array.from({ length: 17 }, (_, at) => a(name("h1.local"), `10.0.2.${at}`)),
      ],
    ],
  ])("with more %s are told of once", async (_, records) => {
    const bench = browsing({ wishes: HTTP });
    const link = bench.network.link();
    const end = bench.start([link]);
    for (let at = 0; at < records.length; at += 100) {
      bench.network.say(link, response(records.slice(at, at + 100)));
    }
    await bench.time.pass(8_000);
    await end;
    expect(bench.overflows()).toBe(1);
  });

  test("do not make us ask without measure, and what is left out is told of once", async () => {
    const bench = browsing({ wishes: HTTP });
    const link = bench.network.link();
    const end = bench.start([link]);
    for (let sender = 0; sender < 8; sender++) {
      for (let at = 0; at < 100; at++) {
        const names = Array.from({ length: 20 }, (_, more) =>
          ptr(TYPE, [`${sender}-${at}-${more}`, ...TYPE]),
        );
        bench.network.say(link, response(names), { address: `10.0.1.${sender}` });
      }
    }
    await bench.time.pass(8_000);
    await end;
    const bytes = bench.network.sent.reduce((sum, one) => sum + one.bytes.length, 0);
    expect(bytes).toBeLessThan(2_000_000);
    expect(bench.network.sent.every((one) => one.bytes.length <= 1_400)).toBe(true);
    expect(bench.overflows()).toBe(1);
    expect(bench.told()).toEqual([]);
  });

  test("that speak for other domains say nothing", async () => {
    const bench = browsing({ wishes: HTTP });
    const link = bench.network.link();
    const owner = name("x._http._tcp.local");
    const end = bench.start([link]);
    const target = name("bank.example");
    bench.network.say(
      link,
      response([ptr(TYPE, owner), srv(owner, target, 443), txt(owner, []), a(target, "10.0.0.66")]),
    );
    await bench.time.pass(8_000);
    await end;
    expect(bench.told()).toEqual([]);
    expect(bench.network.asked("bank.example A")).toEqual([]);
  });
});
