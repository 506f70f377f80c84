import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { decodeMessage } from "../../src/dns/decode.ts";
import { encodeMessage } from "../../src/dns/encode.ts";
import { exactlySame, inSpellingOf, mixCase } from "../../src/dns/letter-case.ts";
import type { DnsMessage, Name } from "../../src/dns/message.ts";
import { parseName } from "../../src/dns/name.ts";
import {
  type Asked,
  type Script,
  a,
  aaaa,
  bench,
  cname,
  name,
  record,
  replyTo,
  serversOf,
  soa,
} from "./scripted-servers.ts";

const WEB = name("web.corp.test");
const WEB_A = a("web.corp.test", "10.1.1.1");
const answered: Script = (asked) => replyTo(asked, { answers: [WEB_A] });

/** Its letters in lower case, as some servers send a question back. */
function lowered(asked: Asked): Partial<DnsMessage> {
  const questions = asked.query.questions.map((one) => ({
    ...one,
    name: one.name.map((label) => label.toLowerCase()),
  }));
  return replyTo(asked, { questions, answers: [WEB_A] });
}

describe("a question", () => {
  test("has an id and a case drawn by lot, an OPT record, and asks for recursion", async () => {
    const { resolver, asked } = bench(answered);
    await Promise.all(
      Array.from({ length: 40 }, (_, at) => resolver.lookup(name(`long-service-name-${at}.corp.test`), "A")),
    );
    expect(new Set(asked.map(({ query }) => query.id)).size).toBeGreaterThan(30);
    const cases = new Set(asked.map(({ name }) => name.replace(/\d+/, "")));
    expect(cases.size).toBeGreaterThan(30);
    expect(asked.every(({ query }) => query.edns && query.recursionDesired && !query.response)).toBe(true);
  });

  test("gets its records, the least of their TTLs, and what came along", async () => {
    const additionals = [a("elsewhere.test", "10.9.9.9")];
    const { resolver, asked } = bench((asked) =>
      replyTo(asked, { answers: [WEB_A, a("WEB.corp.test", "10.1.1.2", 20)], additionals }),
    );
    expect(await resolver.lookup(WEB, "A")).toMatchObject({
      kind: "found",
      records: [{ address: "10.1.1.1" }, { address: "10.1.1.2" }],
      owner: WEB,
      ttlSeconds: 20,
      additionals,
    });
    expect(asked).toHaveLength(1);
  });

  test("shows names as they were asked for, although servers give the drawn case back in them", async () => {
    const { resolver } = bench((asked) =>
      replyTo(asked, {
        answers: [
          record(asked.name, {
            type: "SRV",
            priority: 1,
            weight: 2,
            port: 3,
            target: name(`DB.${asked.name}`),
          }),
          record(asked.name, { type: "SRV", priority: 1, weight: 2, port: 3, target: name("Db.Other.Test") }),
        ],
        additionals: [a(`db.${asked.name}`, "10.1.1.1")],
      }),
    );
    expect(await resolver.lookup(name("Corp.test"), "SRV")).toMatchObject({
      records: [
        { name: ["Corp", "test"], target: ["DB", "Corp", "test"] },
        { name: ["Corp", "test"], target: ["Db", "Other", "test"] },
      ],
      additionals: [{ name: ["db", "Corp", "test"] }],
    });
  });

  test("takes no record of another owner or type for an answer", async () => {
    const { resolver } = bench((asked) =>
      replyTo(asked, { answers: [a("evil.test", "6.6.6.6"), aaaa("web.corp.test", "::6")] }),
    );
    expect(await resolver.lookup(WEB, "A")).toEqual({ kind: "absent", nameExists: true });
  });

  test("is asked once, however often and in whatever case, and each type for itself", async () => {
    const { resolver, asked } = bench(answered);
    const ask = [WEB, WEB, name("WEB.Corp.test")].map((one) => resolver.lookup(one, "A"));
    for (const found of await Promise.all(ask))
      expect(found).toMatchObject({ kind: "found", records: [{ address: "10.1.1.1" }] });
    await resolver.lookup(WEB, "A");
    expect(asked).toHaveLength(1);
    await resolver.lookup(WEB, "AAAA");
    await resolver.lookup(WEB, "A", { transport: "tcp" });
    await resolver.lookup(WEB, "A", { again: true });
    expect(asked.map(({ type, over }) => `${type} ${over}`)).toEqual(["A udp", "AAAA udp", "A tcp", "A udp"]);
  });

  test("waits for its turn where many are under way", async () => {
    const { resolver, asked, mostAtOnce } = bench(answered);
    await Promise.all(Array.from({ length: 100 }, (_, at) => resolver.lookup(name(`h${at}.test`), "A")));
    expect(asked).toHaveLength(100);
    expect(mostAtOnce()).toBe(16);
  });

  test("that is too long is not asked", async () => {
    const { resolver, asked } = bench(answered);
    const long = [...Array.from({ length: 5 }, () => "x".repeat(60)), "test"];
    expect(await resolver.lookup(long, "A")).toMatchObject({ kind: "failed", answered: false });
    expect(asked).toEqual([]);
  });

  test("is one of 4096 at most", async () => {
    const { resolver, asked } = bench(answered);
    const lookups = Array.from({ length: 4_100 }, (_, at) => resolver.lookup(name(`h${at}.test`), "A"));
    const results = await Promise.all(lookups);
    expect(asked).toHaveLength(4_096);
    expect(results.filter(({ kind }) => kind === "failed")).toHaveLength(4);
  });
});

describe("a reply counts only if it is the answer to the question", () => {
  const lies: readonly (readonly [string, (asked: Asked) => Partial<DnsMessage> | Uint8Array])[] = [
    [
      "another id",
      (asked) => replyTo(asked, { id: asked.query.id ^ 1, answers: [a("web.corp.test", "6.6.6.6")] }),
    ],
    ["no response", (asked) => replyTo(asked, { response: false, answers: [a("web.corp.test", "6.6.6.6")] })],
    ["another opcode", (asked) => replyTo(asked, { opcode: 2, answers: [a("web.corp.test", "6.6.6.6")] })],
    [
      "another name",
      (asked) =>
        replyTo(asked, {
          questions: [{ name: name("web.evil.test"), type: "A" }],
          answers: [a("web.corp.test", "6.6.6.6")],
        }),
    ],
    [
      "another type",
      (asked) =>
        replyTo(asked, {
          questions: asked.query.questions.map(({ name }) => ({ name, type: "TXT" as const })),
          answers: [a("web.corp.test", "6.6.6.6")],
        }),
    ],
    [
      "two questions",
      (asked) =>
        replyTo(asked, {
          questions: [...asked.query.questions, ...asked.query.questions],
          answers: [a("web.corp.test", "6.6.6.6")],
        }),
    ],
    ["no question", (asked) => replyTo(asked, { questions: [], answers: [a("web.corp.test", "6.6.6.6")] })],
    ["no header", () => Uint8Array.of(1, 2, 3)],
    ["an empty packet", () => new Uint8Array()],
  ];

  test.each(lies)("and not one with %s: it waits on", async (_, lie) => {
    const { resolver, asked } = bench((asked) => [
      lie(asked),
      lie(asked),
      replyTo(asked, { answers: [WEB_A] }),
    ]);
    expect(await resolver.lookup(WEB, "A")).toMatchObject({ records: [{ address: "10.1.1.1" }] });
    expect(asked).toHaveLength(1);
  });

  test.each(lies)("and nothing but %s is silence", async (_, lie) => {
    const { resolver } = bench((asked) => [lie(asked)]);
    expect(await resolver.lookup(WEB, "A")).toEqual({
      kind: "failed",
      reason: "10.0.0.1:53 does not answer",
      answered: false,
    });
  });

  test("a server that lowers the case is found out, and asked in plain from then on", async () => {
    const { resolver, asked } = bench(lowered);
    expect(await resolver.lookup(WEB, "A")).toMatchObject({ records: [{ address: "10.1.1.1" }] });
    expect(asked).toHaveLength(2);
    expect(new Set(asked.map(({ query }) => query.id)).size).toBe(2);
    await resolver.lookup(name("other-name-of-many-letters.test"), "A");
    expect(asked.map(({ name }) => name)[2]).toBe("other-name-of-many-letters.test");
    expect(asked).toHaveLength(3);
  });

  test("a forged reply in another case does not stand, nor cost the server its mixed case", async () => {
    let first = true;
    const { resolver, asked } = bench((asked) => {
      const forged = { ...lowered(asked), answers: [a("web.corp.test", "6.6.6.6")] };
      const packets = first ? [forged] : [replyTo(asked, { answers: [WEB_A] })];
      first = false;
      return packets;
    });
    expect(await resolver.lookup(WEB, "A")).toMatchObject({ records: [{ address: "10.1.1.1" }] });
    await resolver.lookup(name("other-name-of-many-letters.test"), "A");
    expect(asked[2]?.name).not.toBe("other-name-of-many-letters.test");
  });

  test("many at once do not trip over what one of them learns of the server", async () => {
    const { resolver } = bench((asked) =>
      asked.query.edns ? replyTo(asked, { rcode: 1, edns: false }) : lowered(asked),
    );
    const lookups = Array.from({ length: 16 }, (_, at) => resolver.lookup(name(`h${at}.corp.test`), "A"));
    expect((await Promise.all(lookups)).map(({ kind }) => kind)).toEqual(lookups.map(() => "absent"));
  });
});

describe("a server without EDNS", () => {
  test.each([1, 4, 16])(
    "that says so with RCODE %i is asked again without, and without from then on",
    async (rcode) => {
      const { resolver, asked } = bench((asked) =>
        asked.query.edns
          ? replyTo(asked, { rcode, edns: rcode === 16, questions: rcode === 1 ? [] : asked.query.questions })
          : replyTo(asked, { answers: [WEB_A] }),
      );
      expect((await resolver.lookup(WEB, "A")).kind).toBe("found");
      await resolver.lookup(WEB, "AAAA");
      expect(asked.map(({ query }) => query.edns)).toEqual([true, false, false]);
    },
  );

  test("that throws such questions away is asked without after two silences", async () => {
    const { resolver } = bench(
      (asked) => (asked.query.edns ? "timeout" : replyTo(asked, { answers: [WEB_A] })),
      {
        attempts: 3,
      },
    );
    expect((await resolver.lookup(WEB, "A")).kind).toBe("found");
  });

  test("and without sense has answered all the same", async () => {
    const { resolver, asked } = bench((asked) => replyTo(asked, { rcode: 1 }));
    expect(await resolver.lookup(WEB, "A")).toEqual({
      kind: "failed",
      reason: "10.0.0.1:53 answered FORMERR",
      answered: true,
    });
    expect(asked).toHaveLength(2);
  });
});

describe("a truncated reply", () => {
  test("is thrown away, and the same server asked over TCP", async () => {
    const many = Array.from({ length: 80 }, (_, at) => a("web.corp.test", `10.1.1.${at}`));
    const { resolver, asked } = bench(
      (asked) =>
        asked.over === "tcp"
          ? replyTo(asked, { answers: many })
          : replyTo(asked, { truncated: true, answers: asked.query.id % 2 === 0 ? [] : [WEB_A] }),
      { servers: serversOf("10.0.0.1", "10.0.0.2") },
    );
    const found = await resolver.lookup(WEB, "A");
    expect(found).toMatchObject({ kind: "found" });
    expect(found.kind === "found" && found.records).toHaveLength(80);
    expect(asked.map(({ server, over }) => `${server} ${over}`)).toEqual(["10.0.0.1 udp", "10.0.0.1 tcp"]);
  });

  test.each(["refused", "timeout", "broken"] as const)(
    "where TCP is %s leads to the next server",
    async (failure) => {
      const { resolver } = bench(
        (asked) => {
          if (asked.server === "10.0.0.2") return replyTo(asked, { answers: [WEB_A] });
          return asked.over === "tcp"
            ? failure
            : replyTo(asked, { truncated: true, answers: [a("web.corp.test", "10.0.0.9")] });
        },
        { servers: serversOf("10.0.0.1", "10.0.0.2") },
      );
      expect(await resolver.lookup(WEB, "A")).toMatchObject({ records: [{ address: "10.1.1.1" }] });
    },
  );

  test("is no answer where there is no TCP anywhere", async () => {
    const { resolver } = bench((asked) =>
      asked.over === "tcp" ? "refused" : replyTo(asked, { truncated: true, answers: [WEB_A] }),
    );
    expect(await resolver.lookup(WEB, "A")).toMatchObject({
      kind: "failed",
      reason: "10.0.0.1:53 cannot be asked over TCP, nothing listens there",
    });
  });
});

describe("several servers", () => {
  const two = { servers: serversOf("10.0.0.1", "10.0.0.2") };

  test.each<[string, (asked: Asked) => ReturnType<Script>]>([
    ["answers SERVFAIL", (asked) => replyTo(asked, { rcode: 2 })],
    ["answers REFUSED", (asked) => replyTo(asked, { rcode: 5 })],
    ["answers NOTIMP", (asked) => replyTo(asked, { rcode: 4 })],
    ["answers REFUSED without the question", (asked) => replyTo(asked, { rcode: 5, questions: [] })],
    ["is not there", () => "refused"],
    ["is out of reach", () => "unreachable"],
    ["is mute", () => "timeout"],
    [
      "points elsewhere",
      (asked) =>
        replyTo(asked, {
          authorities: [record("corp.test", { type: "NS", target: name("ns.elsewhere.test") })],
        }),
    ],
  ])("where the first %s: the next one answers", async (_, first) => {
    const { resolver, asked } = bench(
      (asked) => (asked.server === "10.0.0.1" ? first(asked) : replyTo(asked, { answers: [WEB_A] })),
      two,
    );
    expect((await resolver.lookup(WEB, "A")).kind).toBe("found");
    expect(asked.at(-1)?.server).toBe("10.0.0.2");
  });

  test("an answer that the name is not there is an answer", async () => {
    const { resolver, asked } = bench((asked) => replyTo(asked, { rcode: 3 }), two);
    expect(await resolver.lookup(WEB, "A")).toEqual({ kind: "absent", nameExists: false });
    expect(asked).toHaveLength(1);
  });

  test("a mute first one is asked last from then on, and costs the next questions nothing", async () => {
    const { resolver, asked, clock } = bench(
      (asked) => (asked.server === "10.0.0.1" ? "timeout" : replyTo(asked, { answers: [WEB_A] })),
      two,
    );
    await resolver.lookup(WEB, "A");
    const lost = clock.ms;
    for (let at = 0; at < 20; at++) await resolver.lookup(name(`h${at}.test`), "A");
    expect(clock.ms).toBe(lost);
    expect(asked.filter(({ server }) => server === "10.0.0.1")).toHaveLength(1);
  });

  test("a mute one that speaks again is asked in its turn again", async () => {
    let mute = true;
    const { resolver, asked } = bench((asked) => {
      if (asked.server === "10.0.0.1") return mute ? "timeout" : replyTo(asked, { answers: [WEB_A] });
      return mute ? replyTo(asked, { answers: [WEB_A] }) : replyTo(asked, { rcode: 2 });
    }, two);
    await resolver.lookup(WEB, "A");
    mute = false;
    expect((await resolver.lookup(name("a.test"), "A")).kind).toBe("absent");
    asked.length = 0;
    await resolver.lookup(name("b.test"), "A");
    expect(asked.map(({ server }) => server)).toEqual(["10.0.0.1"]);
  });

  test("all mute: a few questions find out, the others fail at once", async () => {
    const { resolver, asked, clock } = bench(() => "timeout", two);
    await resolver.lookup(name("a.test"), "A");
    await resolver.lookup(name("b.test"), "A");
    const lost = clock.ms;
    const rest = Array.from({ length: 50 }, (_, at) => resolver.lookup(name(`h${at}.test`), "A"));
    for (const result of await Promise.all(rest)) {
      expect(result).toEqual({
        kind: "failed",
        reason: "10.0.0.1:53 does not answer; 10.0.0.2:53 does not answer",
        answered: false,
      });
    }
    expect(clock.ms).toBe(lost);
    expect(asked).toHaveLength(8);
  });

  test("are asked in turn where the machine says rotate, and in their order else", async () => {
    for (const rotate of [true, false]) {
      const { resolver, asked } = bench(answered, { ...two, rotate });
      for (let at = 0; at < 4; at++) await resolver.lookup(name(`h${at}.test`), "A");
      const expected = rotate ? ["1", "2", "1", "2"] : ["1", "1", "1", "1"];
      expect(asked.map(({ server }) => server.at(-1))).toEqual(expected);
    }
  });

  test("are asked in as many rounds as the machine says; one that said no for good is asked once", async () => {
    const { resolver, asked } = bench(
      (asked) => replyTo(asked, { rcode: asked.server === "10.0.0.1" ? 5 : 2 }),
      { ...two, attempts: 3 },
    );
    expect(await resolver.lookup(WEB, "A")).toMatchObject({
      reason: "10.0.0.1:53 answered REFUSED; 10.0.0.2:53 answered SERVFAIL",
      answered: true,
    });
    expect(asked.map(({ server }) => server.at(-1))).toEqual(["1", "2", "2", "2"]);
  });

  test("none at all is said", async () => {
    const { resolver } = bench(answered, { servers: [] });
    expect(await resolver.lookup(WEB, "A")).toMatchObject({ reason: "there is no name server to ask" });
  });

  test.each([
    ["16 questions that are lost at once are one silence", 16],
    ["so is the loss of 64: the server is asked on, ever fewer at once", 64],
  ])("%s, and cost no answer", async (_, lost) => {
    let count = 0;
    const { resolver, asked } = bench(
      (asked) => {
        const at = ++count;
        return at > 20 && at <= 20 + lost ? "timeout" : replyTo(asked, { answers: [] });
      },
      { lookupMs: 10_000_000, attempts: 8 },
    );
    const lookups = Array.from({ length: 120 }, (_, at) => resolver.lookup(name(`h${at}.test`), "A"));
    const kinds = (await Promise.all(lookups)).map(({ kind }) => kind);
    expect(kinds).toEqual(lookups.map(() => "absent"));
    expect(asked).toHaveLength(120 + lost);
  });

  test("the last one that has answered is never given up", async () => {
    let count = 0;
    const { resolver } = bench((asked) => {
      const at = ++count;
      return at > 1 && at < 22 ? "timeout" : replyTo(asked, { answers: [] });
    });
    const kinds: string[] = [];
    for (let at = 0; at < 12; at++) kinds.push((await resolver.lookup(name(`h${at}.test`), "A")).kind);
    expect(kinds).toEqual(["absent", ...Array.from({ length: 10 }, () => "failed"), "absent"]);
  });

  test("one that is lost for words is asked less at once, and more as it answers", async () => {
    const waves: number[] = [];
    let now = 0;
    let silent = false;
    const { resolver } = bench(
      async (asked) => {
        waves.push(++now);
        await new Promise((resolve) => void setImmediate(resolve));
        now--;
        return silent ? "timeout" : replyTo(asked, { answers: [] });
      },
      { attempts: 1, lookupMs: 10_000_000 },
    );
    const lookUp = async (prefix: string): Promise<number> => {
      waves.length = 0;
      const names = Array.from({ length: 48 }, (_, at) => name(`${prefix}${at}.test`));
      await Promise.all(names.map((one) => resolver.lookup(one, "A")));
      return Math.max(...waves.slice(16));
    };
    await resolver.lookup(WEB, "A");
    silent = true;
    expect(await lookUp("a")).toBe(8);
    silent = false;
    await lookUp("b");
    expect(await lookUp("c")).toBe(16);
  });

  test("a lack of sockets is nobody's silence", async () => {
    let short = true;
    const { resolver } = bench((asked) => {
      const reaction = short ? "exhausted" : replyTo(asked, { answers: [WEB_A] });
      short = false;
      return reaction;
    });
    expect((await resolver.lookup(WEB, "A")).kind).toBe("found");
  });
});

describe("the end of a look-up", () => {
  test("is one deadline for all servers and rounds, and each server gets its part", async () => {
    const options = { servers: serversOf("10.0.0.1", "10.0.0.2", "10.0.0.3"), lookupMs: 1_500 };
    const { resolver, asked, clock } = bench(
      (asked) => (asked.server === "10.0.0.3" ? replyTo(asked, { answers: [WEB_A] }) : "timeout"),
      options,
    );
    const startedAt = clock.ms;
    expect((await resolver.lookup(WEB, "A")).kind).toBe("found");
    expect(clock.ms - startedAt).toBeLessThanOrEqual(1_500);
    expect(asked.map(({ timeoutMs }) => timeoutMs)).toEqual([500, 500, 500]);
  });

  test("comes even where nobody ever answers", async () => {
    const options = { servers: serversOf("10.0.0.1", "10.0.0.2"), lookupMs: 900, attempts: 5 };
    const { resolver, clock } = bench(() => "timeout", options);
    const startedAt = clock.ms;
    expect((await resolver.lookup(WEB, "A")).kind).toBe("failed");
    expect(clock.ms - startedAt).toBeLessThanOrEqual(902); // whole milliseconds
  });

  test("is that of all look-ups, where that is nearer", async () => {
    const clock = bench(answered).clock.ms;
    const { resolver, asked } = bench(answered, { endsAt: clock });
    expect(await resolver.lookup(WEB, "A")).toMatchObject({
      reason: "10.0.0.1:53 was not asked: time was up",
    });
    expect(asked).toEqual([]);
  });

  test("comes with the signal", async () => {
    const { resolver, stop, asked } = bench(() => {
      stop.abort();
      return "timeout";
    });
    const lookups = Array.from({ length: 40 }, (_, at) => resolver.lookup(name(`h${at}.test`), "A"));
    for (const one of await Promise.all(lookups)) expect(one.kind).toBe("failed");
    expect(asked.length).toBeLessThanOrEqual(16);
  });
});

describe("what is not there", () => {
  test.each([
    ["the SOA record's TTL", 3, 60, 3_600, { nameExists: false, ttlSeconds: 60 }],
    ["the SOA record's minimum", 3, 3_600, 90, { nameExists: false, ttlSeconds: 90 }],
    ["the same where only the type is missing", 0, 3_600, 90, { nameExists: true, ttlSeconds: 90 }],
  ])("may be kept for %s", async (_, rcode, ttlSeconds, minimum, expected) => {
    const { resolver } = bench((asked) =>
      replyTo(asked, { rcode, authorities: [soa("corp.test", ttlSeconds, minimum)] }),
    );
    expect(await resolver.lookup(WEB, "A")).toEqual({ kind: "absent", ...expected });
  });

  test("may not be kept where no SOA record says for how long", async () => {
    const { resolver } = bench((asked) => replyTo(asked, { rcode: 3 }));
    expect(await resolver.lookup(WEB, "A")).toEqual({ kind: "absent", nameExists: false });
  });

  test("may be denied by a cache that names the zone's servers, too", async () => {
    const authorities = [
      record("corp.test", { type: "NS", target: name("ns.corp.test") }),
      soa("corp.test", 60, 60),
    ];
    const { resolver } = bench((asked) => replyTo(asked, { authorities }));
    expect(await resolver.lookup(WEB, "A")).toEqual({ kind: "absent", nameExists: true, ttlSeconds: 60 });
  });

  test("is not what cannot be read", async () => {
    const { resolver } = bench((asked) => {
      const bytes = encodeMessage(replyTo(asked, { edns: false, answers: [WEB_A] }));
      bytes[bytes.length - 5] = 3; // the address is three bytes long, and one is left over
      return [bytes];
    });
    expect(await resolver.lookup(WEB, "A")).toMatchObject({
      kind: "failed",
      reason: expect.stringMatching(/^10\.0\.0\.1:53 answered what cannot be read: /),
      answered: true,
    });
  });
});

/** So many aliases in a row, and an address at their end. */
function chain(length: number): Script {
  const answers = Array.from({ length }, (_, at) => cname(`n${at}.test`, `n${at + 1}.test`));
  return (asked) => replyTo(asked, { answers: [...answers, a(`n${length}.test`, "10.3.3.3")] });
}

describe("aliases", () => {
  test("are followed within a reply, and bound the TTL", async () => {
    const { resolver, asked } = bench((asked) =>
      replyTo(asked, {
        answers: [
          a("c.corp.test", "10.1.1.9", 100),
          cname("web.corp.test", "b.corp.test", 50),
          cname("b.corp.test", "c.corp.test", 7),
        ],
      }),
    );
    expect(await resolver.lookup(WEB, "A")).toMatchObject({
      records: [{ address: "10.1.1.9" }],
      owner: ["c", "corp", "test"],
      ttlSeconds: 7,
    });
    expect(asked).toHaveLength(1);
  });

  test("that lead out of a server's knowledge are asked for", async () => {
    const { resolver, asked } = bench((asked) =>
      asked.name.toLowerCase() === "web.corp.test"
        ? replyTo(asked, { answers: [cname("web.corp.test", "web.other.test", 9)] })
        : replyTo(asked, { answers: [a("web.other.test", "10.2.2.2")] }),
    );
    expect(await resolver.lookup(WEB, "A")).toMatchObject({
      records: [{ address: "10.2.2.2" }],
      ttlSeconds: 9,
    });
    expect(asked).toHaveLength(2);
  });

  test.each([
    ["an RCODE", { rcode: 3 }, false],
    ["a SOA record", { authorities: [soa("other.test", 60, 60)] }, true],
  ])("whose end is not there by %s are not asked for again", async (_, message, nameExists) => {
    const { resolver, asked } = bench((asked) =>
      replyTo(asked, { ...message, answers: [cname("web.corp.test", "web.other.test")] }),
    );
    expect(await resolver.lookup(WEB, "A")).toMatchObject({ kind: "absent", nameExists });
    expect(asked).toHaveLength(1);
  });

  test("are followed eight in a row, and no further", async () => {
    expect((await bench(chain(8)).resolver.lookup(name("n0.test"), "A")).kind).toBe("found");
    expect(await bench(chain(9)).resolver.lookup(name("n0.test"), "A")).toMatchObject({
      kind: "failed",
      reason: "there are more than 8 aliases in a row",
    });
  });

  test("in a circle end, whether in one reply or in many", async () => {
    const both = [cname("a.test", "b.test"), cname("b.test", "A.test")];
    const inOne = bench((asked) => replyTo(asked, { answers: both }));
    const inMany = bench((asked) =>
      replyTo(asked, { answers: both.filter((one) => one.name[0] === asked.name[0]?.toLowerCase()) }),
    );
    for (const { resolver, asked } of [inOne, inMany]) {
      expect(await resolver.lookup(name("a.test"), "A")).toMatchObject({
        kind: "failed",
        reason: expect.stringMatching(/leads back to itself$/),
      });
      expect(asked.length).toBeLessThanOrEqual(2);
    }
  });
});

describe("the case of a name", () => {
  test("is drawn letter by letter, and all else stays", () => {
    const draws = [0.9, 0.1, 0.5];
    expect(mixCase(["aB1-é", "Z"], () => draws.shift() ?? 0)).toEqual(["Ab1-é", "Z"]);
    const sent = mixCase(WEB, Math.random);
    expect(exactlySame(sent, sent)).toBe(true);
    expect(exactlySame(["a", "b"], ["a"])).toBe(false);
    expect(exactlySame(["a"], ["A"])).toBe(false);
    expect(parseName("web.corp.test")).toEqual(sent.map((label) => label.toLowerCase()));
  });
});

function replyOf(names: readonly Name[]): DnsMessage {
  const message = decodeMessage(encodeMessage({ response: true }));
  if (message === undefined) throw new Error("a message of ours cannot be read");
  return { ...message, answers: names.map((one) => ({ ...WEB_A, name: one })) };
}

/** Counts each look at it in `looks`. */
function counted(labels: Name, looks: { count: number }): Name {
  return new Proxy(labels, {
    get(target, key) {
      looks.count++;
      const found: unknown = Reflect.get(target, key);
      return found;
    },
  });
}

describe("a reply in the spelling of its question", () => {
  const labels = Array.from({ length: 120 }, () => "x");
  test("looks at each label of a name a few times, however many there are", () => {
    const looks = { count: 0 };
    const shouted = labels.map((label) => label.toUpperCase());
    const { answers } = inSpellingOf(labels, replyOf([counted(shouted, looks)]));
    expect(answers[0]?.name).toEqual(labels);
    expect(looks.count).toBeLessThan(8 * labels.length);
  });

  test("looks at a name that many records share once", () => {
    const [one, many] = [{ count: 0 }, { count: 0 }];
    inSpellingOf(labels, replyOf([counted(labels, one)]));
    const shared = counted(labels, many);
    inSpellingOf(labels, replyOf(Array.from({ length: 50 }, () => shared)));
    expect(many.count).toBe(one.count);
  });
});

describe("bytes of any kind", () => {
  const packets = fc.array(
    fc.record({
      seed: fc.uint8Array({ maxLength: 200 }),
      honest: fc.boolean(),
      changes: fc.array(fc.tuple(fc.nat(160), fc.nat(255)), { maxLength: 6 }),
      length: fc.nat(160),
    }),
    { maxLength: 6 },
  );

  test("lead to an answer or to none, and never to an error", async () => {
    const answers = [cname("web.corp.test", "www.corp.test"), a("www.corp.test", "10.1.1.1")];
    await fc.assert(
      fc.asyncProperty(packets, async (mutations) => {
        const { resolver } = bench((asked) =>
          mutations.map(({ seed, honest, changes, length }) => {
            const bytes = honest ? encodeMessage(replyTo(asked, { answers })) : seed;
            for (const [at, byte] of changes) if (at >= 2 && at < bytes.length) bytes[at] = byte;
            return changes.length % 2 === 0 ? bytes : bytes.subarray(0, length);
          }),
        );
        const found = await resolver.lookup(WEB, "A");
        expect(["found", "absent", "failed"]).toContain(found.kind);
      }),
      { numRuns: 500 },
    );
  });
});
