import { describe, expect, test } from "vitest";

import { encodeQuery } from "../../src/dns/encode.ts";
import type { DnsRecord } from "../../src/dns/message.ts";
import { wishFor, wishForAll } from "../../src/mdns/wishes.ts";
import type { Browsing } from "./browsing.ts";
import { browsing } from "./browsing.ts";
import { a, aaaa, goodbye, instance, name, nsec, ptr, response, srv, txt } from "./records.ts";

const FOO = instance("Dr. Foo v1.2 é", "_http._tcp", "h1", 8080);
const H1 = [a(name("h1.local"), "10.0.0.9"), aaaa(name("h1.local"), "fe80::1")];
const BOTH = ["announced Dr. Foo v1.2 é 10.0.0.9", "announced Dr. Foo v1.2 é fe80::1%eth0"];
/** Longer than a look may take, in milliseconds. */
const ALL_OF_IT = 8_000;

function without(records: readonly DnsRecord[], type: DnsRecord["type"]): DnsRecord[] {
  return records.filter((one) => one.type !== type);
}

async function look(bench: Browsing, records: readonly DnsRecord[]): Promise<void> {
  const link = bench.network.link();
  bench.network.respond(link, () => records);
  const end = bench.start([link]);
  await bench.time.pass(ALL_OF_IT);
  await end;
}

describe("a look", () => {
  test("goes from types to instances to SRV and TXT to addresses, where nobody adds what was not asked", async () => {
    const bench = browsing();
    await look(bench, [...FOO, ...H1]);
    expect(bench.told()).toEqual(BOTH);
    const [first] = bench.events;
    expect(first?.found).toMatchObject({
      endpoint: { address: "10.0.0.9", port: 8080, transport: "tcp" },
      addresses: ["10.0.0.9", "fe80::1%eth0"],
      announcement: {
        name: "Dr. Foo v1.2 é._http._tcp.local",
        instance: "Dr. Foo v1.2 é",
        serviceType: "_http._tcp",
        domain: "local",
        target: "h1.local",
        priority: 0,
        weight: 0,
        txt: { v: "1" },
        interface: "eth0",
      },
    });
  });

  test("asks for nothing that came along as an additional record", async () => {
    const bench = browsing();
    const link = bench.network.link();
    bench.network.respond(link, () => [...FOO, ...H1], { additionals: true });
    const end = bench.start([link]);
    await bench.time.pass(ALL_OF_IT);
    await end;
    expect(bench.told()).toEqual(BOTH);
    const types = new Set(
      bench.network.sent.flatMap(({ message }) => message.questions.map(({ type }) => type)),
    );
    expect([...types]).toEqual(["PTR"]);
  });

  test("asks at 0, 1 and 3 s, tells what it knows from the second question on, and never for unicast answers", async () => {
    const bench = browsing();
    await look(bench, [...FOO, ...H1]);
    const [first = 0, ...rest] = bench.network.asked("_http._tcp.local PTR");
    expect(rest.map((at) => at - first)).toEqual([1_000, 3_000]);
    const known = bench.network.sent.map(({ message }) => message.answers.length);
    expect(known[0]).toBe(0);
    expect(known.at(-1)).toBeGreaterThan(0);
    const questions = bench.network.sent.flatMap(({ message }) => message.questions);
    expect(questions.filter(({ unicast }) => unicast === true)).toEqual([]);
    expect(bench.network.sent.map(({ message }) => message.id)).toEqual(bench.network.sent.map(() => 0));
  });

  test("ends by itself where nobody answers, in less than 5 s, and leaves no timer", async () => {
    const bench = browsing({ wishes: wishForAll(["_http._tcp"]) });
    let over = false;
    const end = bench.start([bench.network.link()]).then(() => (over = true));
    await bench.time.pass(3_000);
    expect(over).toBe(false);
    await bench.time.pass(2_000);
    expect(over).toBe(true);
    await end;
    expect(bench.told()).toEqual([]);
    expect(bench.time.waiting).toBe(0);
  });

  test("ends after 8 s however much comes", async () => {
    const bench = browsing();
    const link = bench.network.link();
    let over = false;
    const end = bench.start([link]).then(() => (over = true));
    for (let at = 0; at < 40; at++) {
      bench.network.say(link, response(instance(`n${at}`, "_http._tcp", "h1", 80)));
      await bench.time.pass(200);
    }
    expect(over).toBe(true);
    await end;
  });

  test("ends at once where there is no link", async () => {
    const bench = browsing();
    await bench.start([]);
    expect(bench.network.sent).toEqual([]);
    expect(bench.time.waiting).toBe(0);
  });

  test("ends with its signal, tells what it has, and leaves no timer", async () => {
    const bench = browsing();
    const link = bench.network.link();
    bench.network.respond(link, () => [...without(FOO, "TXT"), ...H1]);
    const end = bench.start([link]);
    await bench.time.pass(600);
    expect(bench.told()).toEqual([]);
    bench.stop.abort();
    await end;
    expect(bench.told()).toEqual(BOTH);
    expect(bench.time.waiting).toBe(0);
  });

  test("tells of an instance without TXT record in the end", async () => {
    const bench = browsing();
    await look(bench, [...without(FOO, "TXT"), ...H1]);
    expect(bench.told()).toEqual(BOTH);
    expect(bench.events[0]?.found.announcement.txt).toBeUndefined();
  });

  test("does not ask again for what a host has said that it does not have", async () => {
    const bench = browsing();
    const link = bench.network.link();
    const host = name("h1.local");
    const records = [...FOO, a(host, "10.0.0.9"), nsec(host, [1])];
    bench.network.respond(link, () => records, { additionals: true });
    const end = bench.start([link]);
    await bench.time.pass(ALL_OF_IT);
    await end;
    expect(bench.network.asked("h1.local AAAA")).toEqual([]);
    expect(bench.told()).toEqual(["announced Dr. Foo v1.2 é 10.0.0.9"]);
  });

  test("says nothing twice of what is heard over both families and two interfaces", async () => {
    const bench = browsing();
    const records = [...FOO, a(name("h1.local"), "10.0.0.9")];
    const links = [
      bench.network.link(),
      bench.network.link({ family: 6 }),
      bench.network.link({ interface: "wlan0" }),
    ];
    for (const link of links) bench.network.respond(link, () => records);
    const end = bench.start(links);
    await bench.time.pass(ALL_OF_IT);
    await end;
    expect(bench.told()).toEqual(["announced Dr. Foo v1.2 é 10.0.0.9"]);
  });

  test("gives link-local addresses the interface on which they were heard", async () => {
    const bench = browsing();
    const links = [bench.network.link({ family: 6 }), bench.network.link({ interface: "wlan0", family: 6 })];
    for (const link of links) bench.network.respond(link, () => [...FOO, aaaa(name("h1.local"), "fe80::1")]);
    const end = bench.start(links);
    await bench.time.pass(ALL_OF_IT);
    await end;
    expect(bench.told().toSorted()).toEqual([
      "announced Dr. Foo v1.2 é fe80::1%eth0",
      "announced Dr. Foo v1.2 é fe80::1%wlan0",
    ]);
  });

  test("marks addresses that are not on the link, and leaves out those that are nobody's", async () => {
    const bench = browsing();
    const host = name("h1.local");
    const addresses = ["10.0.0.9", "192.0.2.1", "127.0.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255"];
    await look(bench, [
      ...FOO,
      ...addresses.map((one) => a(host, one)),
      aaaa(host, "::"),
      aaaa(host, "ff02::1"),
    ]);
    const off = bench.events.map(({ found }) => [
      found.endpoint.address,
      found.announcement.facts?.["offLink"],
    ]);
    expect(new Map(off.map(([address, value]) => [address, value]))).toEqual(
      new Map<string, unknown>([
        ["10.0.0.9", undefined],
        ["192.0.2.1", true],
      ]),
    );
  });

  test("takes this machine's own addresses from itself alone, and its word for their end", async () => {
    const host = name("h1.local");
    const bench = browsing({ own: ["10.0.0.1", "fe80::5%eth0"], watch: true });
    const link = bench.network.link();
    const end = bench.start([link]);
    const shared = { cacheFlush: false };
    const own = [a(host, "10.0.0.1", shared), aaaa(host, "fe80::5", shared)];
    bench.network.say(link, response([...FOO, ...own, a(host, "10.0.0.9")]));
    await bench.time.pass(3_000);
    expect(bench.told()).toEqual(["announced Dr. Foo v1.2 é 10.0.0.9"]);
    bench.network.say(link, response(own), { address: "10.0.0.1", own: true });
    await bench.time.pass(200);
    const all = ["10.0.0.9", "10.0.0.1", "fe80::5%eth0"].map((one) => `announced Dr. Foo v1.2 é ${one}`);
    expect(bench.told()).toEqual(all);
    bench.network.say(link, response(own.map(goodbye)));
    await bench.time.pass(2_000);
    expect(bench.told()).toEqual(all);
    bench.stop.abort();
    await end;
  });

  test("leaves out what has port 0, and instances that are not of their type", async () => {
    const bench = browsing();
    const taken = instance("taken", "_http._tcp", "h1", 0);
    const strange = [
      ptr(name("_http._tcp.local"), name("x._ssh._tcp.local")),
      srv(name("x._ssh._tcp.local"), name("h1.local"), 22),
      txt(name("x._ssh._tcp.local"), []),
    ];
    await look(bench, [...taken, ...strange, ...H1]);
    expect(bench.told()).toEqual([]);
  });

  test("looks for what is wished for and nothing else", async () => {
    const bench = browsing({ wishes: wishFor(["_ssh._tcp", "_printer._sub._http._tcp", "box._foo._udp"]) });
    const link = bench.network.link();
    const sub = ptr(name("_printer._sub._http._tcp.local"), ["Dr. Foo v1.2 é", ...name("_http._tcp.local")]);
    const box = instance("box", "_foo._udp", "h1", 9);
    const other = instance("other", "_http._tcp", "h1", 81);
    bench.network.respond(link, () => [...FOO, sub, ...box, ...other, ...H1]);
    const end = bench.start([link]);
    await bench.time.pass(ALL_OF_IT);
    await end;
    expect(bench.told().toSorted()).toEqual([
      ...BOTH,
      "announced box 10.0.0.9",
      "announced box fe80::1%eth0",
    ]);
    expect(bench.network.asked("_services._dns-sd._udp.local PTR")).toEqual([]);
    const foo = bench.events.find(({ found }) => found.announcement.instance !== "box");
    expect(foo?.found.announcement.subtypes).toEqual(["_printer"]);
  });
});

describe("what is heard", () => {
  test("counts only from port 5353", async () => {
    const bench = browsing();
    const link = bench.network.link();
    const end = bench.start([link]);
    bench.network.say(link, response([...FOO, ...H1]), { port: 5354 });
    await bench.time.pass(ALL_OF_IT);
    await end;
    expect(bench.told()).toEqual([]);
  });

  test("counts without having been asked for, and though it says that some is missing", async () => {
    const bench = browsing();
    const link = bench.network.link();
    const end = bench.start([link]);
    const bytes = response([...FOO, ...H1]);
    bytes[2] = (bytes[2] ?? 0) | 2;
    bench.network.say(link, bytes);
    await bench.time.pass(ALL_OF_IT);
    await end;
    expect(bench.told()).toEqual(BOTH);
  });

  test("does not count with an error code, another opcode, or more bytes than a packet may have", async () => {
    const bench = browsing();
    const link = bench.network.link();
    const end = bench.start([link]);
    const whole = response([...FOO, ...H1]);
    bench.network.say(link, whole.with(3, 3));
    bench.network.say(link, whole.with(2, (whole[2] ?? 0) | 0x28));
    bench.network.say(
      link,
      Uint8Array.from({ length: 9_001 }, (_, at) => whole[at] ?? 0),
    );
    await bench.time.pass(ALL_OF_IT);
    await end;
    expect(bench.told()).toEqual([]);
  });

  test("counts over a port of our own only with the question's id; and there it asks for unicast answers", async () => {
    const bench = browsing();
    const link = bench.network.link({ mode: "one-shot" });
    const short = [...FOO, ...H1].map((one) => ({ ...one, ttlSeconds: 10, cacheFlush: false }));
    const end = bench.start([link]);
    bench.network.say(link, response(short));
    await bench.time.pass(500);
    expect(bench.told()).toEqual([]);
    bench.network.respond(link, () => short);
    await bench.time.pass(ALL_OF_IT);
    await end;
    expect(bench.told()).toEqual(BOTH);
    expect(bench.network.sent.every(({ message }) => message.id !== 0)).toBe(true);
    const questions = bench.network.sent.flatMap(({ message }) => message.questions);
    expect(questions.every(({ unicast }) => unicast === true)).toBe(true);
    expect(bench.network.sent.flatMap(({ message }) => message.answers)).toEqual([]);
  });

  test("is not asked again where somebody else just has, but for the first time always", async () => {
    const query = encodeQuery({
      id: 0,
      recursionDesired: false,
      questions: [{ name: name("_http._tcp.local"), type: "PTR" }],
    });
    const bench = browsing({ wishes: wishForAll(["_http._tcp"]) });
    const link = bench.network.link();
    const end = bench.start([link]);
    bench.network.say(link, query);
    await bench.time.pass(200);
    expect(bench.network.asked("_http._tcp.local PTR")).toHaveLength(1);
    bench.network.say(link, query);
    await bench.time.pass(1_500);
    expect(bench.network.asked("_http._tcp.local PTR")).toHaveLength(1);
    expect(bench.network.asked("_services._dns-sd._udp.local PTR")).toHaveLength(2);
    await bench.time.pass(ALL_OF_IT);
    await end;
  });

  test.each([
    ["by this machine itself", { own: true }, {}],
    ["for unicast answers", {}, { unicast: true }],
    ["with known answers that we do not know", {}, { known: true }],
    ["with more known answers to come", {}, { truncated: true }],
  ])(
    "is asked again where it was asked %s",
    async (
      _,
      from,
      {
        unicast = false,
        known = false,
        truncated = false,
      }: { unicast?: boolean; known?: boolean; truncated?: boolean },
    ) => {
      const owner = name("_http._tcp.local");
      const query = encodeQuery({
        id: 0,
        recursionDesired: false,
        questions: [{ name: owner, type: "PTR", ...(unicast && { unicast }) }],
        knownAnswers: known ? [ptr(owner, name("x._http._tcp.local"))] : [],
        truncated,
      });
      const bench = browsing({ wishes: wishForAll(["_http._tcp"]) });
      const link = bench.network.link();
      const end = bench.start([link]);
      await bench.time.pass(200);
      bench.network.say(link, query, from);
      await bench.time.pass(1_500);
      expect(bench.network.asked("_http._tcp.local PTR")).toHaveLength(2);
      await bench.time.pass(ALL_OF_IT);
      await end;
    },
  );
});

describe("watching", () => {
  const GONE = BOTH.map((one) => one.replace("announced", "withdrawn"));

  test("tells of a goodbye a second later, and not where it is taken back by then", async () => {
    const bench = browsing({ watch: true });
    const link = bench.network.link();
    const end = bench.start([link]);
    bench.network.say(link, response([...FOO, ...H1]));
    await bench.time.pass(200);
    expect(bench.told()).toEqual(BOTH);
    bench.network.say(link, response(FOO.map(goodbye)));
    await bench.time.pass(900);
    bench.network.say(link, response(FOO));
    await bench.time.pass(2_000);
    expect(bench.told()).toEqual(BOTH);
    bench.network.say(link, response(FOO.map(goodbye)));
    await bench.time.pass(900);
    expect(bench.told()).toEqual(BOTH);
    await bench.time.pass(200);
    expect(bench.told()).toEqual([...BOTH, ...GONE]);
    bench.stop.abort();
    await end;
    expect(bench.time.waiting).toBe(0);
  });

  test("tells of what has changed anew, and of nothing else", async () => {
    const bench = browsing({ watch: true });
    const link = bench.network.link();
    const end = bench.start([link]);
    const owner = ["Dr. Foo v1.2 é", ...name("_http._tcp.local")];
    bench.network.say(link, response([...FOO, ...H1]));
    await bench.time.pass(1_500);
    bench.network.say(link, response([...FOO, ...H1]));
    await bench.time.pass(1_500);
    expect(bench.told()).toEqual(BOTH);
    bench.network.say(link, response([txt(owner, ["v=2"])]));
    await bench.time.pass(2_000);
    expect(bench.told()).toEqual([...BOTH, ...BOTH]);
    expect(bench.events.at(-1)?.found.announcement.txt).toEqual({ v: "2" });
    bench.network.say(link, response([srv(owner, name("h1.local"), 8081)]));
    await bench.time.pass(2_000);
    expect(
      bench.events
        .slice(4)
        .map(({ kind, found }) => `${kind} ${found.endpoint.port}`)
        .toSorted(),
    ).toEqual(["announced 8081", "announced 8081", "withdrawn 8080", "withdrawn 8080"]);
    bench.stop.abort();
    await end;
  });

  test("asks anew at 80, 85, 90 and 95 % of a record's life, and lets it go when nobody answers", async () => {
    const bench = browsing({ watch: true });
    const link = bench.network.link();
    const end = bench.start([link]);
    bench.network.say(link, response([...FOO, ...H1]));
    await bench.time.pass(119_000);
    const asked = bench.network.asked("h1.local A").map((at) => Math.round(((at - 1_000) / 120_000) * 100));
    expect(asked).toEqual([81, 87, 93, 99]);
    expect(bench.told()).toEqual(BOTH);
    await bench.time.pass(2_000);
    expect(bench.told()).toEqual([...BOTH, ...GONE]);
    bench.stop.abort();
    await end;
  });

  test("keeps what is confirmed, for hours, and asks ever more seldom for more", async () => {
    const bench = browsing({ watch: true });
    const link = bench.network.link();
    bench.network.respond(link, () => [...FOO, ...H1]);
    const end = bench.start([link]);
    await bench.time.pass(3 * 3_600_000);
    expect(bench.told()).toEqual(BOTH);
    // 1, 2, 4 … 2,048 s, then once an hour; and four times for each life of what is there at most.
    expect(bench.network.asked("_services._dns-sd._udp.local PTR").length).toBeLessThan(30);
    bench.stop.abort();
    await end;
  });

  test("asks anew on a link that was made anew, and gives up what nobody confirms there within 10 s", async () => {
    const bench = browsing({ watch: true });
    const [old, fresh] = [bench.network.link(), bench.network.link()];
    const kept = instance("kept", "_http._tcp", "h1", 80);
    const lost = instance("lost", "_http._tcp", "h1", 81);
    const end = bench.start([old]);
    bench.network.say(old, response([...kept, ...lost, ...H1]));
    await bench.time.pass(60_000);
    bench.network.respond(fresh, () => [...kept, ...H1]);
    bench.browser.useLinks([fresh]);
    await bench.time.pass(9_000);
    expect(bench.told().filter((one) => one.startsWith("withdrawn"))).toEqual([]);
    await bench.time.pass(2_000);
    expect(bench.told().filter((one) => one.startsWith("withdrawn"))).toEqual([
      "withdrawn lost 10.0.0.9",
      "withdrawn lost fe80::1%eth0",
    ]);
    bench.stop.abort();
    await end;
  });

  test("tells at once of what is gone with its link", async () => {
    const bench = browsing({ watch: true });
    const link = bench.network.link();
    const end = bench.start([link]);
    bench.network.say(link, response([...FOO, ...H1]));
    await bench.time.pass(200);
    bench.browser.useLinks([]);
    await bench.time.pass(0);
    expect(bench.told()).toEqual([...BOTH, ...GONE]);
    bench.stop.abort();
    await end;
  });
});

test("what cannot be sent is told of", async () => {
  const bench = browsing();
  const end = bench.start([bench.network.link({ fault: "EPERM" })]);
  await bench.time.pass(ALL_OF_IT);
  await end;
  expect(bench.sends.length).toBeGreaterThanOrEqual(3);
  expect(bench.sends.every(([, fault]) => fault === "EPERM")).toBe(true);
});
