import { afterEach, describe, expect, test } from "vitest";

import { encodeMessage } from "../../src/dns/encode.ts";
import type { DnsRecord } from "../../src/dns/message.ts";
import { nameText } from "../../src/dns/name.ts";
import type { Observation } from "../../src/model/observation.ts";
import type { NameServer, Scope, StrategyCheck, StrategyContext } from "../../src/model/strategy.ts";
import { systemNet } from "../../src/net/index.ts";
import { checkedObservation } from "../../src/run/check-observation.ts";
import dns from "../../strategies/dns/index.ts";
import { type NameServerOptions, type TestServer, startNameServer } from "../dns/name-server.ts";
import { a, aaaa, cname, name, record } from "../dns/scripted-servers.ts";
import { closedPort, handles, handlesBackTo } from "../net/peers.ts";
import { type Bench, benchOf, scopeOf } from "./bench.ts";

const open: TestServer[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

/** Instances and types have dots and blanks in them: labels are given one by one. */
function pointer(owner: readonly string[], target: readonly string[], ttlSeconds = 300): DnsRecord {
  return { type: "PTR", name: owner, target, ttlSeconds, cacheFlush: false };
}

function srv(
  owner: string | readonly string[],
  target: string,
  port: number,
  more: Partial<Srv> = {},
): DnsRecord {
  const { priority = 10, weight = 5, ttlSeconds = 300 } = more;
  const head = { name: typeof owner === "string" ? name(owner) : owner, ttlSeconds, cacheFlush: false };
  return { type: "SRV", ...head, priority, weight, port, target: name(target) };
}

interface Srv {
  readonly priority: number;
  readonly weight: number;
  readonly ttlSeconds: number;
}

function txt(owner: readonly string[], ...strings: string[]): DnsRecord {
  const bytes = strings.map((string) => Buffer.from(string, "latin1"));
  return { type: "TXT", name: owner, strings: bytes, ttlSeconds: 300, cacheFlush: false };
}

async function serverOf(
  records: readonly DnsRecord[],
  more: Partial<NameServerOptions> = {},
): Promise<TestServer> {
  const server = await startNameServer({ zones: ["corp.test"], records, ...more });
  open.push(server);
  return server;
}

interface Looked {
  readonly found: readonly Observation[];
  readonly warnings: readonly string[];
  readonly complete: boolean;
  readonly bench: Bench;
}

/** The machine's own resolver is told nothing, unless a test says what. */
function contextOf(bench: Bench, scope: Scope, resolverConfig = ""): StrategyContext {
  const context = bench.contextFor(scope);
  return { ...context, net: { ...systemNet, resolverConfig: () => resolverConfig } };
}

async function look(
  dnsServers: readonly NameServer[],
  more: Partial<Scope> = {},
  resolverConfig = "",
  isOwn?: StrategyContext["isOwn"],
): Promise<Looked> {
  const bench = await benchOf();
  const scope = scopeOf({ domains: ["corp.test"], dnsServers, timeoutMs: 10_000, ...more });
  const found: Observation[] = [];
  const context = contextOf(bench, scope, resolverConfig);
  for await (const one of dns.observe(scope, isOwn === undefined ? context : { ...context, isOwn })) {
    expect(checkedObservation(one)).toEqual(one);
    found.push(one);
  }
  return { found, warnings: bench.warnings, complete: bench.tally.coverage.complete, bench };
}

/** `127.0.0.1:80 tcp`, in the order in which they came. */
function places(found: readonly Observation[]): string[] {
  return found.map(({ endpoint: { address, port, transport } }) => `${address} ${port} ${transport}`);
}

const WEB = [a("web.corp.test", "10.1.1.1"), aaaa("web.corp.test", "fd00::1")];

describe("an SRV record", () => {
  test("becomes an announced endpoint for each address of its target", async () => {
    const server = await serverOf([
      srv("_postgresql._tcp.corp.test", "db.corp.test", 5433, { ttlSeconds: 200 }),
      a("db.corp.test", "10.1.1.2", 120),
      aaaa("db.corp.test", "fd00::2", 150),
    ]);
    const { found, warnings, complete } = await look([server]);
    expect(warnings).toEqual([]);
    expect(complete).toBe(true);
    expect(places(found)).toEqual(["10.1.1.2 5433 tcp", "fd00::2 5433 tcp"]);
    expect(found[0]).toEqual({
      strategy: "dns",
      at: expect.any(Number),
      endpoint: { address: "10.1.1.2", port: 5433, transport: "tcp" },
      outcome: "announced",
      hostnames: ["db.corp.test"],
      announcement: {
        name: "_postgresql._tcp.corp.test",
        serviceType: "_postgresql._tcp",
        domain: "corp.test",
        target: "db.corp.test",
        priority: 10,
        weight: 5,
        ttlSeconds: 120,
      },
      ttlSeconds: 120,
      reason: "SRV _postgresql._tcp.corp.test names db.corp.test:5433, priority 10, weight 5",
      claim: { type: "postgresql", confidence: 0.6, summary: "announced as _postgresql._tcp" },
      sameHost: ["10.1.1.2", "fd00::2"],
    });
  });

  test("comes in the order of RFC 2782", async () => {
    const records = [
      srv("_http._tcp.corp.test", "web.corp.test", 83, { priority: 30, weight: 1 }),
      srv("_http._tcp.corp.test", "web.corp.test", 81, { priority: 10, weight: 0 }),
      srv("_http._tcp.corp.test", "web.corp.test", 82, { priority: 20, weight: 65_535 }),
    ];
    const server = await serverOf([...records, a("web.corp.test", "10.1.1.1")]);
    const { found } = await look([server]);
    expect(found.map(({ endpoint }) => endpoint.port)).toEqual([81, 82, 83]);
  });

  test("whose target has two addresses of a family says nothing of hosts", async () => {
    const records = [
      srv("_http._tcp.corp.test", "web.corp.test", 80),
      ...WEB,
      a("web.corp.test", "10.1.1.9"),
    ];
    const { found } = await look([await serverOf(records)]);
    expect(found).toHaveLength(3);
    expect(found.every(({ sameHost }) => sameHost === undefined)).toBe(true);
  });

  test("is read with the glue of its very target, and asked for what is missing", async () => {
    const server = await serverOf([srv("_http._tcp.corp.test", "web.corp.test", 80), ...WEB], {
      meddle: ({ text }, honest) =>
        text === "SRV _http._tcp.corp.test"
          ? [
              encodeMessage({
                ...honest,
                additionals: [a("evil.corp.test", "6.6.6.6"), a("web.corp.test", "10.7.7.7")],
              }),
            ]
          : undefined,
    });
    const { found } = await look([server], { services: ["_http._tcp"] });
    expect(places(found)).toEqual(["10.7.7.7 80 tcp", "fd00::1 80 tcp"]);
    const asked = server.asked.map(({ text }) => text);
    expect(asked).toContain("AAAA web.corp.test");
    expect(asked).not.toContain("A web.corp.test");
  });

  test("may name an alias, against the rules", async () => {
    const server = await serverOf([
      srv("_http._tcp.corp.test", "www.corp.test", 80),
      cname("www.corp.test", "web.corp.test", 11),
      ...WEB,
    ]);
    const { found, warnings } = await look([server]);
    expect(places(found)).toEqual(["10.1.1.1 80 tcp", "fd00::1 80 tcp"]);
    expect(found[0]).toMatchObject({ hostnames: ["www.corp.test"], ttlSeconds: 11 });
    expect(warnings).toEqual([]);
  });

  test.each([
    [
      "a name that is not there",
      [],
      "_http._tcp.corp.test names gone.corp.test:80, and there is no such name",
    ],
    [
      "a name without an address",
      [txt(["gone", "corp", "test"], "x")],
      "_http._tcp.corp.test names gone.corp.test:80, which has no address",
    ],
    [
      "an address that no host can have",
      [
        a("gone.corp.test", "0.0.0.0"),
        aaaa("gone.corp.test", "fe80::1"),
        a("gone.corp.test", "255.255.255.255"),
      ],
      "_http._tcp.corp.test names gone.corp.test, whose address 0.0.0.0 cannot be a host's",
    ],
  ])("with %s is told of, and the others stand", async (_, records, warning) => {
    const server = await serverOf([
      srv("_http._tcp.corp.test", "gone.corp.test", 80),
      srv("_http._tcp.corp.test", "web.corp.test", 81),
      ...WEB,
      ...records,
    ]);
    const { found, warnings, complete } = await look([server]);
    expect(found.map(({ endpoint }) => endpoint.port)).toEqual([81, 81]);
    expect(warnings).toEqual([warning]);
    expect(complete).toBe(true);
  });

  test("whose target nobody can look up leaves the run incomplete", async () => {
    const server = await serverOf([srv("_http._tcp.corp.test", "web.elsewhere.test", 80)]);
    const { found, warnings, complete } = await look([server]);
    expect(found).toEqual([]);
    expect(warnings).toEqual([
      `web.elsewhere.test could not be looked up: 127.0.0.1:${server.port} answered REFUSED`,
    ]);
    expect(complete).toBe(false);
  });

  test('with "." for a target is not offered: only who asked for it is told', async () => {
    const server = await serverOf([
      srv("_http._tcp.corp.test", ".", 0),
      srv("_redis._tcp.corp.test", "web.corp.test", 0),
    ]);
    const all = await look([server]);
    expect(all).toMatchObject({ found: [], warnings: [], complete: true });
    const one = await look([server], { services: ["_http._tcp"] });
    expect(one.found).toEqual([]);
    expect(one.warnings).toEqual([
      "_http._tcp.corp.test is decidedly not offered: its SRV record names no host",
    ]);
  });

  test.each([
    ["under the domain", "*.corp.test", ["_nats._udp.corp.test"]],
    ["beside it", "*._tcp.corp.test", ["_http._tcp.corp.test"]],
  ])(
    "that a wildcard %s makes up is no service, and one with its own word is",
    async (_, wildcard, services) => {
      const server = await serverOf([
        srv(wildcard, "web.corp.test", 1),
        record(wildcard, { type: "PTR", target: name("any._http._tcp.corp.test") }),
        ...services.map((service) => srv(service, "web.corp.test", 80)),
        a("web.corp.test", "10.1.1.1"),
      ]);
      const { found } = await look([server], {
        services: ["_nats._udp", "_nats._tcp", "_http._tcp", "redis"],
      });
      expect(found.map(({ announcement }) => announcement?.name)).toEqual(services);
    },
  );

  test("that a wildcard makes up is one where the user asked for that very name", async () => {
    const server = await serverOf([srv("*.corp.test", "web.corp.test", 1), a("web.corp.test", "10.1.1.1")]);
    const { found } = await look([server], { services: ["_http._tcp.corp.test"] });
    expect(places(found)).toEqual(["10.1.1.1 1 tcp"]);
  });

  test("of 80 comes over TCP whole", async () => {
    const many = Array.from({ length: 80 }, (_, at) => srv("_http._tcp.corp.test", `h${at}.corp.test`, 80));
    const hosts = Array.from({ length: 80 }, (_, at) => a(`h${at}.corp.test`, `10.1.2.${at}`));
    const server = await serverOf([...many, ...hosts]);
    const { found, warnings } = await look([server], { services: ["_http._tcp"] });
    expect(found).toHaveLength(80);
    expect(warnings).toEqual([]);
    expect(server.asked.filter(({ over }) => over === "tcp").map(({ text }) => text)).toEqual([
      "SRV _http._tcp.corp.test",
    ]);
  });

  test("of two kinds goes to the one of that name, and of many without one is less sure", async () => {
    const server = await serverOf([
      srv("_amqp._tcp.corp.test", "web.corp.test", 5672),
      srv("_amqps._tcp.corp.test", "web.corp.test", 5671),
      srv("_kafka._tcp.corp.test", "web.corp.test", 9092),
      srv("_nobody-knows._tcp.corp.test", "web.corp.test", 9),
      a("web.corp.test", "10.1.1.1"),
    ]);
    const services = ["_amqp._tcp", "_amqps._tcp", "_kafka._tcp", "_nobody-knows._tcp"];
    const { found } = await look([server], { services });
    const claims = Object.fromEntries(found.map(({ endpoint, claim }) => [endpoint.port, claim]));
    expect(claims).toMatchObject({
      5672: { type: "amqp", confidence: 0.6 },
      5671: { confidence: 0.4 },
      9092: { type: "kafka", confidence: 0.6 },
    });
    expect(claims[9]).toBeUndefined();
  });
});

const HTTP = ["_http", "_tcp", "corp", "test"];
const FOO = ["Dr. Foo v1.2 é", ...HTTP];
const META = ["_services", "_dns-sd", "_udp", "corp", "test"];
const CHAIN = [
  pointer(META, HTTP),
  pointer(HTTP, FOO, 40),
  srv(FOO, "web.corp.test", 8080),
  txt(FOO, "path=/", "PATH=/no", "flag", "=ignored", "raw=\xff"),
  ...WEB,
];

describe("DNS-SD in a domain", () => {
  test("is followed from the types to the instances, their records and their addresses", async () => {
    const { found, warnings } = await look([await serverOf(CHAIN)]);
    expect(warnings).toEqual([]);
    expect(places(found)).toEqual(["10.1.1.1 8080 tcp", "fd00::1 8080 tcp"]);
    expect(found[0]?.announcement).toEqual({
      name: nameText(FOO),
      instance: "Dr. Foo v1.2 é",
      serviceType: "_http._tcp",
      domain: "corp.test",
      target: "web.corp.test",
      priority: 10,
      weight: 5,
      txt: { path: "/", flag: true, raw: { base64: "/w==" } },
      ttlSeconds: 40,
    });
  });

  test("finds types that no catalog knows, UDP ones too", async () => {
    const type = ["_odd-thing", "_udp", "corp", "test"];
    const server = await serverOf([
      pointer(META, type),
      pointer(type, ["One", ...type]),
      srv(["One", ...type], "web.corp.test", 7),
      a("web.corp.test", "10.1.1.1"),
    ]);
    const { found } = await look([server]);
    expect(places(found)).toEqual(["10.1.1.1 7 udp"]);
    expect(found[0]?.claim).toBeUndefined();
  });

  test("follows a pointer to an instance in another domain", async () => {
    const there = ["Far", "_http", "_tcp", "other", "test"];
    const records = [pointer(HTTP, there), srv(there, "web.corp.test", 80), a("web.corp.test", "10.1.1.1")];
    const { found } = await look([await serverOf(records, { zones: ["corp.test", "other.test"] })]);
    expect(found[0]?.announcement).toMatchObject({ instance: "Far", domain: "other.test" });
  });

  test("is read with what came along, whatever came along twice", async () => {
    const server = await serverOf(CHAIN, {
      meddle: ({ text }, honest) => {
        const along = [...CHAIN, ...CHAIN].filter(({ type }) => type !== "PTR");
        return text === "PTR _http._tcp.corp.test"
          ? [encodeMessage({ ...honest, additionals: along })]
          : undefined;
      },
    });
    const { found } = await look([server], { services: ["_http._tcp"] });
    expect(places(found)).toEqual(["10.1.1.1 8080 tcp", "fd00::1 8080 tcp"]);
    expect(found[0]).toMatchObject({
      sameHost: ["10.1.1.1", "fd00::1"],
      announcement: { txt: { path: "/" } },
    });
    const asked = server.asked.map(({ text }) => text);
    expect(asked.filter((text) => /Dr|web/i.test(text))).toEqual([]);
  });

  test("passes over what is listed and not there, and what is no instance", async () => {
    const records = [
      ...CHAIN,
      pointer(HTTP, ["Gone", ...HTTP]),
      pointer(HTTP, ["corp", "test"]),
      pointer(META, ["x"]),
    ];
    const { found, warnings } = await look([await serverOf(records)]);
    expect(found).toHaveLength(2);
    expect(warnings).toEqual([]);
  });

  test("looks at 256 instances, and says so", async () => {
    const many = Array.from({ length: 300 }, (_, at) => pointer(HTTP, [`i${at}`, ...HTTP]));
    const records = [...many, srv(["i7", ...HTTP], "web.corp.test", 80), a("web.corp.test", "10.1.1.1")];
    const { found, warnings, complete } = await look([await serverOf(records)], { services: ["_http._tcp"] });
    expect(found).toHaveLength(1);
    expect(warnings).toEqual(["only 256 of 300 instances at _http._tcp.corp.test are looked at"]);
    expect(complete).toBe(false);
  });
});

/** `_s0._tcp` and so on. */
function typesUpTo(count: number): string[] {
  return Array.from({ length: count }, (_, at) => `_s${at}._tcp`);
}

describe("more than anybody has", () => {
  test("of addresses of a target: 16 are looked at, and that is said", async () => {
    const records = Array.from({ length: 20 }, (_, at) => a("web.corp.test", `10.1.1.${at}`));
    const server = await serverOf([srv("_http._tcp.corp.test", "web.corp.test", 80), ...records]);
    const { found, warnings, complete } = await look([server]);
    expect(found).toHaveLength(16);
    expect(warnings).toEqual(["only 16 of 20 addresses of web.corp.test are looked at"]);
    expect(complete).toBe(false);
  });

  test("of endpoints: 4096 are told of, and that is said", async () => {
    const addresses = Array.from({ length: 16 }, (_, at) => a("web.corp.test", `10.1.1.${at}`));
    const services = typesUpTo(2);
    const many = services.flatMap((type) =>
      Array.from({ length: 200 }, (_, at) => srv(`${type}.corp.test`, "web.corp.test", 1 + at)),
    );
    const server = await serverOf([...many, ...addresses]);
    const { found, warnings, complete } = await look([server], { services });
    expect(found).toHaveLength(4_096);
    expect(warnings).toEqual(["dns: only 4096 announced endpoints are looked at in one run"]);
    expect(complete).toBe(false);
  });

  test("of SRV records: 4096 are followed, and that is said", async () => {
    const services = typesUpTo(17);
    const server = await serverOf([a("web.corp.test", "10.1.1.1")], {
      meddle: ({ question, over }, honest) => {
        if (question.type !== "SRV" || !/^_s\d/i.test(question.name[0] ?? "")) return undefined;
        const many = Array.from({ length: 256 }, (_, at) =>
          srv(question.name, "web.corp.test", 0, { weight: at }),
        );
        const [truncated, answers] = over === "udp" ? [true, []] : [false, many];
        return [encodeMessage({ ...honest, rcode: 0, authorities: [], truncated, answers })];
      },
    });
    const { warnings, complete } = await look([server], { services });
    expect(warnings).toContain("dns: only 4096 SRV records are looked at in one run");
    expect(complete).toBe(false);
  });
});

function nobodysOwn(): boolean {
  return false;
}

function fateOf({ announcement }: Observation): string {
  return announcement?.facts?.["offLink"] === true ? "left" : "followed";
}

/** What became of each address. */
function told(found: readonly Observation[]): Record<string, string> {
  return Object.fromEntries(found.map((one) => [one.endpoint.address, fateOf(one)]));
}

/** The same for all addresses below, where those of this machine and its link are left or followed. */
function wholly(near: "left" | "followed"): Record<string, string> {
  return {
    "10.1.1.1": "followed",
    "fd00::1": "followed",
    "64:ff9b::808:808": "followed",
    "127.0.0.1": near,
    "127.0.0.2": near,
    "169.254.7.7": near,
    "::1": near,
    "64:ff9b::7f00:1": near,
    "169.254.169.254": "left",
    "168.63.129.16": "left",
    "fd00:ec2::254": "left",
    "fd20:ce::254": "left",
    "64:ff9b::a9fe:a9fe": "left",
  };
}

describe("a name server's word", () => {
  const near = ["127.0.0.1", "169.254.7.7"];
  const never = ["169.254.169.254", "168.63.129.16"];
  const records = [
    srv("_http._tcp.corp.test", "web.corp.test", 80),
    ...["10.1.1.1", ...near, ...never].map((address) => a("web.corp.test", address)),
    ...["::1", "::7f00:1", "::ffff:127.0.0.2", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b::808:808"]
      .concat("fd00:ec2::254", "fd20:ce::254", "fd00::1")
      .map((address) => aaaa("web.corp.test", address)),
  ];
  test("leads nobody to this machine or its link, by names that nobody asked for", async () => {
    const { found } = await look([await serverOf(records)], { domains: [] }, "search corp.test", nobodysOwn);
    expect(told(found)).toEqual(wholly("left"));
  });

  test.each<[string, Partial<Scope>]>([
    ["in the user's domain", { domains: ["corp.test"] }],
    ["for the user's name", { domains: [], services: ["_http._tcp.corp.test"] }],
  ])("leads there %s, and to no cloud's metadata", async (_, scope) => {
    const { found } = await look([await serverOf(records)], scope, "search lab.test", nobodysOwn);
    expect(told(found)).toEqual(wholly("followed"));
  });

  test("leads there where it is this machine's own name server's", async () => {
    const { found } = await look([await serverOf(records)], { domains: [] }, "search corp.test");
    expect(told(found)).toEqual(wholly("followed"));
  });

  test("leads nobody there by an instance in another domain than the user's", async () => {
    const there = ["Far", "_http", "_tcp", "other", "test"];
    const server = await serverOf(
      [pointer(HTTP, there), srv(there, "web.corp.test", 80), a("web.corp.test", "127.0.0.1")],
      { zones: ["corp.test", "other.test"] },
    );
    for (const scope of [{}, { domains: [], services: ["_http._tcp.corp.test"] }])
      expect(told((await look([server], scope, "", nobodysOwn)).found)).toEqual({ "127.0.0.1": "left" });
  });

  test("does not make this machine one with another", async () => {
    const both = [srv("_http._tcp.corp.test", "web.corp.test", 80), a("web.corp.test", "10.1.1.1")];
    for (const address of ["::1", "fd00:ec2::254", "64:ff9b::7f00:1"]) {
      const { found } = await look([await serverOf([...both, aaaa("web.corp.test", address)])]);
      expect(found).toHaveLength(2);
      expect(found.every(({ sameHost }) => sameHost === undefined)).toBe(true);
    }
  });

  test("about the link's own names is not asked for", async () => {
    const server = await serverOf([pointer(HTTP, ["Foo", "_http", "_tcp", "local"])]);
    await look([server]);
    expect(server.asked.filter(({ text }) => text.endsWith(".local"))).toEqual([]);
  });
});

describe("what a user asks for", () => {
  const records = [
    ...CHAIN,
    pointer(["_printer", "_sub", ...HTTP], FOO),
    srv("_redis._tcp.corp.test", "web.corp.test", 6379),
    srv("cache.corp.test", "web.corp.test", 6380),
  ];

  test.each([
    ["a type", "_http._tcp", [8080]],
    ["a type in another case, with a dot", "_HTTP._TCP.corp.test.", [8080]],
    ["a subtype", "_printer._sub._http._tcp", [8080]],
    ["an instance", "Dr. Foo v1.2 é._http._tcp", [8080]],
    ["an instance with its domain", "Dr. Foo v1.2 é._http._tcp.corp.test", [8080]],
    ["an instance with escapes", String.raw`Dr\. Foo v1\.2 é._http._tcp`, [8080]],
    ["a plain name for a type", "redis", [6379]],
    ["half a type", "_redis", [6379]],
    ["a plain name for a name", "cache", [6380]],
    ["a whole name", "cache.corp.test", [6380]],
    ["a whole name of a type", "_redis._tcp.corp.test", [6379]],
    ["nothing that is there", "_nothing._tcp", []],
  ])("as %s, %s, is found and nothing else", async (_, service, ports) => {
    const { found, warnings } = await look([await serverOf(records)], { services: [service] });
    expect([...new Set(found.map(({ endpoint }) => endpoint.port))]).toEqual(ports);
    expect(warnings).toEqual([]);
  });

  test("by a name that is not there is told so", async () => {
    const { found, warnings } = await look([await serverOf(records)], { services: ["gone.corp.test."] });
    expect(found).toEqual([]);
    expect(warnings).toEqual(["gone.corp.test is not announced: there is no SRV record"]);
  });

  test("by what is no name is told so, and nothing is asked", async () => {
    const server = await serverOf(records);
    const { warnings, complete } = await look([server], { services: ["a..b", "x".repeat(64)] });
    expect(complete).toBe(false);
    expect(warnings).toEqual([
      "'a..b' is no name that DNS could have",
      `'${"x".repeat(64)}' is no name that DNS could have`,
    ]);
    expect(server.asked).toEqual([]);
  });

  test("for multicast is not asked of a name server", async () => {
    const server = await serverOf(records);
    await look([server], { services: ["Foo._http._tcp.local", "web.local."] });
    expect(server.asked).toEqual([]);
  });

  test("is looked for in every domain, a name in the first where it is", async () => {
    const server = await serverOf(
      [
        srv("a.b.two.test", "web.corp.test", 1),
        srv("a.b.three.test", "web.corp.test", 2),
        a("web.corp.test", "10.1.1.1"),
      ],
      { zones: ["one.test", "two.test", "three.test", "corp.test", "b"] },
    );
    const domains = ["one.test", "two.test", "three.test"];
    const { found } = await look([server], { domains, services: ["a.b"] });
    expect(found.map(({ endpoint }) => endpoint.port)).toEqual([1]);
  });
});

describe("domains", () => {
  test("are those of the machine's search list where nobody names one, and those listed there for browsing", async () => {
    const server = await serverOf(
      [
        srv("_http._tcp.corp.test", "web.corp.test", 80),
        pointer(["lb", "_dns-sd", "_udp", "corp", "test"], ["lab", "test"]),
        pointer(["b", "_dns-sd", "_udp", "corp", "test"], ["local"]),
        srv("_http._tcp.lab.test", "web.corp.test", 81),
        a("web.corp.test", "10.1.1.1"),
      ],
      { zones: ["corp.test", "lab.test"] },
    );
    const { found, warnings } = await look([server], { domains: [] }, "search corp.test\n");
    expect(places(found).toSorted()).toEqual(["10.1.1.1 80 tcp", "10.1.1.1 81 tcp"]);
    expect(warnings).toEqual([]);
    expect(server.asked.some(({ text }) => text.endsWith(".local"))).toBe(false);
  });

  test("that are not there are passed over: with a warning where the user named them", async () => {
    const server = await serverOf([], { zones: ["test"] });
    const named = await look([server], { domains: ["gone.test"] });
    expect(named).toMatchObject({ found: [], warnings: ["there is no domain gone.test"], complete: true });
    const searched = await look([server], { domains: [] }, "search gone.test");
    expect(searched).toMatchObject({ found: [], warnings: [], complete: true });
  });

  test("that a server without SOA records denies are looked in all the same", async () => {
    const server = await serverOf(
      [srv("_http._tcp.corp.test", "web.corp.test", 80), a("web.corp.test", "10.1.1.1")],
      {
        tellsSoa: false,
        meddle: ({ text }, honest) =>
          text === "SOA corp.test" ? [encodeMessage({ ...honest, rcode: 3 })] : undefined,
      },
    );
    expect(places((await look([server])).found)).toEqual(["10.1.1.1 80 tcp"]);
  });

  test("of none, and none to search in: nothing is asked, and that is said", async () => {
    const server = await serverOf([]);
    expect(await look([server], { domains: [] })).toMatchObject({
      found: [],
      warnings: [expect.stringContaining("--domain names one")],
      complete: false,
    });
    expect(server.asked).toEqual([]);
  });

  test("of none are no fault where others look, too, and nobody named a name server", async () => {
    const strategies = ["dns", "mdns"];
    expect(await look([], { domains: [], strategies })).toMatchObject({ complete: true });
    const server = await serverOf([]);
    expect(await look([server], { domains: [], strategies })).toMatchObject({ complete: false });
  });

  test("that are for multicast are not asked for: who named one is told how to go there", async () => {
    const server = await serverOf([], { zones: ["local"] });
    const alone = await look([server], { domains: ["local."], strategies: ["dns"] });
    expect(alone).toMatchObject({ found: [], complete: false });
    expect(alone.warnings).toEqual([
      "dns: no name server is asked for what is in local: that is what the mdns strategy is for",
    ]);
    const both = await look([server], { domains: ["LOCAL"], strategies: ["dns", "mdns"] });
    expect(both.warnings).toEqual([]);
    await look([server], { domains: [] }, "search local");
    await look([server], { domains: ["local"], services: ["_http._tcp", "redis"] });
    expect(server.asked).toEqual([]);
  });

  test("of the user that end in local are asked for where they are not the link's", async () => {
    const server = await serverOf(
      [srv("_http._tcp.corp.local", "web.corp.local", 80), a("web.corp.local", "10.1.1.1")],
      { zones: ["corp.local"] },
    );
    expect(places((await look([server], { domains: ["corp.local"] })).found)).toEqual(["10.1.1.1 80 tcp"]);
  });

  test("that are none are told of, and 16 are enough", async () => {
    const server = await serverOf([], { zones: ["test"] });
    const many = Array.from({ length: 20 }, (_, at) => `d${at}.test`);
    const { warnings, complete } = await look([server], { domains: ["a..b", ...many] });
    expect(warnings).toContain("'a..b' is no domain name");
    expect(warnings).toContain("only 16 domains are looked in: d16.test and those after it are not");
    expect(complete).toBe(false);
  });
});

describe("conventions", () => {
  test("Consul is asked for services by name, over TCP, and its nodes are told", async () => {
    const server = await serverOf(
      [
        srv("redis.service.consul", "node-1.node.dc1.consul", 6379),
        srv("_web._primary.service.consul", "node-1.node.dc1.consul", 8080),
        a("node-1.node.dc1.consul", "10.1.1.1"),
      ],
      { zones: ["consul"] },
    );
    const { found, warnings } = await look([server], { domains: ["consul"] });
    expect(warnings).toEqual([]);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({
      endpoint: { address: "10.1.1.1", port: 6379 },
      claim: { type: "redis", confidence: 0.4 },
      announcement: {
        name: "redis.service.consul",
        domain: "consul",
        target: "node-1.node.dc1.consul",
        facts: { convention: "consul", node: "node-1", datacenter: "dc1" },
      },
    });
    const services = server.asked.filter(({ text }) => text.includes(".service."));
    expect(services.length).toBeGreaterThan(10);
    expect(services.every(({ over }) => over === "tcp")).toBe(true);
    for (const service of ["_web._primary", "_web._primary.service.consul"]) {
      const tagged = await look([server], { domains: ["consul"], services: [service] });
      expect(places(tagged.found)).toEqual(["10.1.1.1 8080 tcp"]);
    }
  });

  test("Consul is found under another name by what it says of its zone and of itself", async () => {
    const own: DnsRecord = record("cloud.test", {
      type: "SOA",
      primary: name("ns.cloud.test"),
      mailbox: name("hostmaster.cloud.test"),
      serial: 1,
      minimum: 0,
    });
    const records = [
      srv("consul.service.cloud.test", "n.node.dc1.cloud.test", 8300),
      srv("nats.service.cloud.test", "n.node.dc1.cloud.test", 4222),
      a("n.node.dc1.cloud.test", "10.1.1.1"),
    ];
    const server = await serverOf(records, {
      zones: ["cloud.test"],
      meddle: ({ text }, honest) =>
        text === "SOA cloud.test" ? [encodeMessage({ ...honest, answers: [own] })] : undefined,
    });
    const { found } = await look([server], { domains: ["cloud.test"] });
    expect(places(found).toSorted()).toEqual(["10.1.1.1 4222 tcp", "10.1.1.1 8300 tcp"]);
  });

  test("Kubernetes is known by its version record; names come from the user", async () => {
    const server = await serverOf(
      [
        txt(["dns-version", "cluster", "local"], "1.1.0"),
        srv("_https._tcp.kubernetes.default.svc.cluster.local", "kubernetes.default.svc.cluster.local", 443),
        a("kubernetes.default.svc.cluster.local", "10.96.0.1"),
        srv("web.prod.svc.cluster.local", "web.prod.svc.cluster.local", 8080),
        a("web.prod.svc.cluster.local", "10.96.0.2"),
        srv("db.default.svc.cluster.local", "db.default.svc.cluster.local", 5432),
        a("db.default.svc.cluster.local", "10.96.0.3"),
      ],
      { zones: ["cluster.local"] },
    );
    const all = await look([server], { domains: ["cluster.local"] });
    expect(places(all.found)).toEqual(["10.96.0.1 443 tcp"]);
    expect(all.found[0]?.announcement?.facts).toEqual({ convention: "kubernetes" });
    for (const [domain, service, place] of [
      ["cluster.local", "web.prod", "10.96.0.2 8080 tcp"],
      ["prod.svc.cluster.local", "web", "10.96.0.2 8080 tcp"],
      ["cluster.local", "db", "10.96.0.3 5432 tcp"],
    ] as const) {
      const one = await look([server], { domains: [domain], services: [service] });
      expect(places(one.found)).toEqual([place]);
    }
  });

  test("AWS Cloud Map draws eight of many: it is asked again, and the answers are united", async () => {
    const hosts = Array.from({ length: 14 }, (_, at) => a(`h${at}.corp.test`, `10.1.1.${at}`));
    const all = hosts.map((_, at) => srv("orders.corp.test", `h${at}.corp.test`, 80, { ttlSeconds: 60 }));
    let draw = 0;
    const server = await serverOf([...all, ...hosts], {
      meddle: ({ text }, honest) => {
        if (text !== "SRV orders.corp.test") return undefined;
        const from = (draw++ * 3) % all.length;
        const drawn = [...all, ...all].slice(from, from + 8);
        const answers = drawn.map((one) => ({ ...one, name: honest.questions[0]?.name ?? [] }));
        return [encodeMessage({ ...honest, answers, additionals: [] })];
      },
    });
    const { found } = await look([server], { services: ["orders"] });
    expect(new Set(found.map(({ endpoint }) => endpoint.address)).size).toBe(14);
    expect(draw).toBeLessThanOrEqual(12);
  });

  test("AWS Cloud Map's zones are asked for the catalog's names", async () => {
    const own: DnsRecord = record("corp.test", {
      type: "SOA",
      primary: name("ns-1536.awsdns-00.co.uk"),
      mailbox: name("awsdns-hostmaster.amazon.com"),
      serial: 1,
      minimum: 60,
    });
    const server = await serverOf(
      [srv("redis.corp.test", "web.corp.test", 6379), a("web.corp.test", "10.1.1.1")],
      {
        meddle: ({ text }, honest) =>
          text === "SOA corp.test" ? [encodeMessage({ ...honest, answers: [own] })] : undefined,
      },
    );
    const { found } = await look([server]);
    expect(found[0]).toMatchObject({
      endpoint: { port: 6379 },
      claim: { type: "redis", confidence: 0.4 },
      announcement: { facts: { convention: "cloud-map" } },
    });
  });
});

describe("name servers that fail", () => {
  const good = [srv("_http._tcp.corp.test", "web.corp.test", 80), a("web.corp.test", "10.1.1.1")];

  test("all of them: one warning, and the run is not complete", async () => {
    const nobody = { address: "127.0.0.1", port: await closedPort() };
    const { found, warnings, complete } = await look([nobody]);
    expect(found).toEqual([]);
    expect(warnings).toEqual([
      `no name server answers: 127.0.0.1:${nobody.port} cannot be asked, nothing listens there`,
    ]);
    expect(complete).toBe(false);
  });

  test("all mute: the same, after few questions", async () => {
    const server = await serverOf(good, { meddle: () => [] });
    const { warnings, complete } = await look([server], {
      timeoutMs: 50,
      domains: ["corp.test", "lab.test"],
    });
    expect(warnings).toEqual([`no name server answers: 127.0.0.1:${server.port} does not answer`]);
    expect(complete).toBe(false);
    expect(server.asked.length).toBeLessThanOrEqual(8);
  });

  test("the first mute: the second is asked, and the first is waited for a time or two and not each time", async () => {
    const mute = await serverOf(good, { meddle: () => [] });
    const server = await serverOf(good);
    const { found, warnings, complete } = await look([mute, server], { timeoutMs: 100 });
    expect(places(found)).toEqual(["10.1.1.1 80 tcp"]);
    expect({ warnings, complete }).toEqual({ warnings: [], complete: true });
    expect(mute.asked.length).toBeLessThanOrEqual(4);
    expect(server.asked.length).toBeGreaterThan(50);
  });

  test("one that lies, and then tells the truth: the truth counts", async () => {
    const server = await serverOf(good, {
      meddle: ({ question }, honest) => {
        const evil = question.type === "A" ? [{ ...a("x.test", "6.6.6.6"), name: question.name }] : [];
        const lie = { ...honest, rcode: 0, answers: evil, authorities: [] };
        return [
          encodeMessage({ ...lie, id: honest.id ^ 0x5555 }),
          encodeMessage({ ...lie, questions: [{ name: name("evil.test"), type: question.type }] }),
          encodeMessage({ ...lie, response: false }),
          Uint8Array.of(1, 2, 3),
          encodeMessage(honest),
        ];
      },
    });
    const { found, warnings } = await look([server]);
    expect(places(found)).toEqual(["10.1.1.1 80 tcp"]);
    expect(warnings).toEqual([]);
  });

  test("one that only lies has not answered", async () => {
    const server = await serverOf(good, {
      meddle: (_, honest) => [encodeMessage({ ...honest, id: honest.id ^ 1 })],
    });
    const { found, warnings } = await look([server], { timeoutMs: 50 });
    expect(found).toEqual([]);
    expect(warnings).toEqual([`no name server answers: 127.0.0.1:${server.port} does not answer`]);
  });

  test("one question among many: the others count, and the one is told", async () => {
    const server = await serverOf(good, {
      meddle: ({ text }, honest) =>
        text === "SRV _redis._tcp.corp.test" ? [encodeMessage({ ...honest, rcode: 2 })] : undefined,
    });
    const { found, warnings, complete } = await look([server]);
    expect(places(found)).toEqual(["10.1.1.1 80 tcp"]);
    expect(warnings).toEqual([
      `_redis._tcp.corp.test could not be looked up: 127.0.0.1:${server.port} answered SERVFAIL`,
    ]);
    expect(complete).toBe(false);
  });

  test("a zone full of broken targets fills no report", async () => {
    const many = Array.from({ length: 90 }, (_, at) => srv("_http._tcp.corp.test", `h${at}.corp.test`, 80));
    const { warnings } = await look([await serverOf(many)], { services: ["_http._tcp"] });
    expect(warnings).toHaveLength(51);
    expect(warnings.at(-1)).toBe("dns: 40 more warnings are left out");
  });
});

describe("the end of a look", () => {
  test("comes with the signal, and leaves nothing", async () => {
    const before = handles();
    const bench = await benchOf();
    const server = await startNameServer({
      zones: ["corp.test"],
      records: [],
      meddle: () => {
        bench.stop.abort();
        return [];
      },
    });
    const scope = scopeOf({ domains: ["corp.test"], dnsServers: [server] });
    for await (const one of dns.observe(scope, contextOf(bench, scope))) expect(one).toBeUndefined();
    expect(bench.warnings).toEqual([]);
    await server.close();
    await handlesBackTo(before);
  });

  test("comes with a reader that stops, and leaves nothing", async () => {
    const before = handles();
    const server = await startNameServer({
      zones: ["corp.test"],
      records: CHAIN,
      // All that is not of the chain is never answered.
      meddle: ({ text }) => (/_redis|_nats|_kafka/.test(text) ? [] : undefined),
    });
    const bench = await benchOf();
    const scope = scopeOf({ domains: ["corp.test"], dnsServers: [server] });
    for await (const one of dns.observe(scope, contextOf(bench, scope))) {
      expect(one.outcome).toBe("announced");
      break;
    }
    await server.close();
    await handlesBackTo(before);
  });
});

async function checked(scope: Scope, resolverConfig = ""): Promise<readonly StrategyCheck[]> {
  const bench = await benchOf();
  return (await dns.test?.(scope, contextOf(bench, scope, resolverConfig))) ?? [];
}

describe("whether it can work here", () => {
  test("is told server by server: one that refuses to speak of the domain is there", async () => {
    const server = await serverOf([]);
    const nobody = { address: "127.0.0.1", port: await closedPort() };
    const scope = scopeOf({ dnsServers: [server, nobody] });
    const checks = await checked(scope, "search lab.test");
    expect(checks.map(({ works }) => works)).toEqual([true, true, false, true]);
    expect(checks[1]?.summary).toBe(`127.0.0.1:${server.port} answered when asked about lab.test`);
    expect(checks[2]?.summary).toBe(`127.0.0.1:${nobody.port} cannot be asked, nothing listens there`);
    expect(checks[2]?.remedy).toMatch(/--dns-server/);
    expect(checks[3]?.summary).toBe("domains to look in: lab.test");
  });

  test("asks about the root where there is no domain, and says that one is missing", async () => {
    const server = await serverOf([], { zones: ["."] });
    const checks = await checked(scopeOf({ dnsServers: [server] }));
    expect(server.asked.map(({ text }) => text)).toEqual(["SOA ."]);
    expect(checks.at(-1)).toMatchObject({ works: true, remedy: "name one with --domain" });
  });
});
