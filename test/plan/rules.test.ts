import { describe, expect, test } from "vitest";

import type { Service } from "../../src/model/inventory.ts";
import type { Decision, PlanInput, StartedService } from "../../src/model/plan.ts";
import type { Requirement } from "../../src/model/stack.ts";
import { plan } from "../../src/plan/plan.ts";
import { host, inputOf, local, requirement, service } from "./world.ts";

const AUTO = { kind: "auto" } as const;
const DISCOVERED = { kind: "discovered" } as const;
const ON_BOB = { kind: "remote", host: "bob" } as const;
const BOB = host("bob", "10.0.1.2");
const FIXED = { kind: "fixed", ports: [8100] } as const;

type Changes = Parameters<typeof inputOf>[1];

function decide(wanted: Requirement | readonly Requirement[], changes: Changes = {}): Decision[] {
  const requirements = "name" in wanted ? [wanted] : wanted;
  return [...plan(inputOf(requirements, { hosts: [local(), BOB], ...changes })).decisions];
}

/** The first decision, as `adopt 10.0.1.2`, `start localhost`, `blocked null`. */
function outcome(wanted: Requirement | readonly Requirement[], changes: Changes = {}): string {
  const [first] = decide(wanted, changes);
  return `${first?.action} ${first?.host}`;
}

function redis(changes: Parameters<typeof requirement>[1] = {}): Requirement {
  return requirement("redis", { placement: AUTO, ...changes });
}

function withServices(...services: Service[]): Changes {
  return { services };
}

const STARTED: StartedService = {
  service: "api",
  instance: 1,
  host: "localhost",
  address: "127.0.0.1",
  port: 8100,
  by: "pid 812",
};

describe("what is there", () => {
  test.each<[string, Requirement, Service, string]>([
    [
      "local, here",
      redis({ placement: { kind: "local" } }),
      service("redis", "127.0.0.1"),
      "adopt localhost",
    ],
    [
      "local, at another address of this machine",
      redis({ placement: { kind: "local" } }),
      service("redis", "10.0.0.1"),
      "adopt localhost",
    ],
    [
      "local, elsewhere",
      redis({ placement: { kind: "local" } }),
      service("redis", "10.0.1.2"),
      "start localhost",
    ],
    ["remote, there", redis({ placement: ON_BOB }), service("redis", "10.0.1.2"), "adopt bob"],
    ["remote, elsewhere", redis({ placement: ON_BOB }), service("redis", "127.0.0.1"), "deploy bob"],
    [
      "discovered, anywhere",
      redis({ placement: DISCOVERED }),
      service("redis", "10.0.9.9"),
      "adopt 10.0.9.9",
    ],
    ["auto, anywhere", redis(), service("redis", "10.0.9.9"), "adopt 10.0.9.9"],
    ["on another port than usual", redis(), service("redis", "10.0.9.9", { port: 7000 }), "adopt 10.0.9.9"],
    ["on another port than its own", redis({ ports: FIXED }), service("redis", "10.0.9.9"), "adopt 10.0.9.9"],
    [
      "of a product by its name",
      requirement("mariadb", { placement: AUTO }),
      service("mysql", "10.0.9.9", { product: "MariaDB" }),
      "adopt 10.0.9.9",
    ],
    [
      "with a version in the range",
      redis({ version: ">=6" }),
      service("redis", "10.0.9.9", { version: "7.2.1" }),
      "adopt 10.0.9.9",
    ],
    [
      "that wants credentials",
      redis(),
      service("redis", "10.0.9.9", { status: "protected" }),
      "adopt 10.0.9.9",
    ],
    ["that is degraded", redis(), service("redis", "10.0.9.9", { status: "degraded" }), "adopt 10.0.9.9"],
    [
      "that is announced and answers",
      redis(),
      service("redis", "10.0.9.9", {
        strategies: ["mdns", "tcp"],
        metadata: { announcements: [{ verified: true }] },
      }),
      "adopt 10.0.9.9",
    ],
    [
      "http at a port of its own",
      requirement("api", { type: "http", ports: FIXED }),
      service("http", "127.0.0.1", { port: 8100 }),
      "adopt localhost",
    ],
  ])("is adopted where its placement allows: %s", (_what, wanted, seen, expected) => {
    expect(outcome(wanted, withServices(seen))).toBe(expected);
  });

  test("is said to be adopted in spite of its port, with where to reach it", () => {
    const seen = service("postgresql", "127.0.0.1", { port: 5433, version: "16.2" });
    const [decision] = decide(
      requirement("postgresql", { ports: { kind: "fixed", ports: [5440] } }),
      withServices(seen),
    );
    expect(decision).toMatchObject({
      action: "adopt",
      address: "127.0.0.1",
      port: 5433,
      serviceId: seen.id,
      version: "16.2",
      url: "postgresql://127.0.0.1:5433",
      reasons: [
        "answers, healthy, version 16.2",
        "port 5433 is none of its own (5440): those are for starting it",
      ],
      evidence: ["127.0.0.1:5433: answered as postgresql does"],
      remedy: null,
    });
  });

  test.each<[string, Partial<Service>, string, RegExp]>([
    ["the wrong version", { version: "5.0.3" }, "start localhost", /^has version 5\.0\.3, not >=6$/],
    [
      "no version that it tells",
      { version: null },
      "unknown null",
      /^does not tell whether its version is >=6$/,
    ],
    ["a version nobody can compare", { version: "edge" }, "unknown null", /^does not tell whether/],
    ["a weak claim", { confidence: 0.7 }, "unknown null", /^is only probably redis \(confidence 0\.7\)$/],
    ["only a word of DNS", { strategies: ["dns"] }, "unknown null", /^is only announced/],
    [
      "a word of DNS and no answer",
      { strategies: ["dns", "tcp"], latencyMs: null, metadata: { announcements: [{}] } },
      "unknown null",
      /^is only announced/,
    ],
    [
      "a word that is refused",
      {
        strategies: ["dns", "tcp"],
        latencyMs: null,
        status: "unhealthy",
        metadata: { announcements: [{ verified: false }] },
      },
      "start localhost",
      /^is announced, and refuses/,
    ],
    [
      "that it cannot serve",
      { status: "unhealthy" },
      "blocked null",
      /^is there, and says that it cannot serve$/,
    ],
    [
      "that it cannot serve, in the wrong version",
      { status: "unhealthy", version: "5.0.3" },
      "start localhost",
      /^has version/,
    ],
  ])("is not adopted with %s", (_what, changes, expected, reason) => {
    const seen = service("redis", "10.0.9.9", { version: "7.0.0", ...changes });
    const [decision] = decide(redis({ version: ">=6" }), withServices(seen));
    expect(`${decision?.action} ${decision?.host}`).toBe(expected);
    expect(decision?.rejected[0]).toEqual({ candidate: seen.id, reason: expect.stringMatching(reason) });
    // With a better one beside it none of that matters.
    const better = service("redis", "10.0.9.8", { version: "7.0.0" });
    expect(outcome(redis({ version: ">=6" }), withServices(seen, better))).toBe("adopt 10.0.9.8");
  });

  test("is not adopted where only an earlier look saw it", () => {
    const seen = service("redis", "10.0.9.9");
    expect(outcome(redis(), { services: [seen], stale: [seen.id] })).toBe("unknown null");
  });

  test("is not adopted on a host without the labels", () => {
    const wanted = redis({ labels: { zone: "eu" } });
    const hosts = [local(), { ...BOB, labels: { zone: "eu" } }];
    expect(outcome(wanted, { hosts, services: [service("redis", "127.0.0.1")] })).toBe("deploy bob");
    expect(outcome(wanted, { hosts, services: [service("redis", "10.0.1.2")] })).toBe("adopt bob");
  });

  test("is not adopted by what is only HTTP, but at a port of its own", () => {
    const seen = service("http", "127.0.0.1", { port: 9999 });
    expect(outcome(requirement("api", { type: "http" }), withServices(seen))).toBe("start localhost");
    expect(outcome(requirement("api", { type: "http", ports: FIXED }), withServices(seen))).toBe(
      "start localhost",
    );
    const [found] = decide(requirement("api", { type: "http", placement: DISCOVERED }), withServices(seen));
    expect(found).toMatchObject({
      action: "blocked",
      remedy: "give 'api' its ports, or a type that tells more",
    });
  });

  test("is one requirement's alone, and goes to whom it helps most", () => {
    const any = requirement("any", { type: "redis", placement: DISCOVERED });
    const fresh = requirement("fresh", { type: "redis", placement: DISCOVERED, version: ">=7" });
    const services = [
      service("redis", "10.0.9.1", { version: "7.0.0" }),
      service("redis", "10.0.9.2", { version: "6.0.0" }),
    ];
    expect(decide([any, fresh], { services }).map((one) => one.host)).toEqual(["10.0.9.2", "10.0.9.1"]);
    const [, second] = decide([any, { ...any, name: "other" }], { services: services.slice(0, 1) });
    expect(second).toMatchObject({ action: "blocked" });
    expect(second?.rejected).toEqual([{ candidate: "redis@10.0.9.1:6379", reason: "is adopted for 'any'" }]);
  });

  test.each<[string, Partial<Service>, Partial<Service>, Partial<PlanInput>]>([
    [
      "was in use before",
      {},
      { status: "degraded" },
      { previous: [{ service: "redis", instance: 1, host: "10.0.9.9" }] },
    ],
    ["is at a port of its own", {}, { port: 8100, status: "degraded" }, {}],
    ["fares better", { status: "degraded" }, { confidence: 0.9 }, {}],
    ["was recognised more surely", { confidence: 0.9 }, {}, {}],
  ])("is preferred where it %s", (why, worse, better, changes) => {
    const services = [service("redis", "10.0.9.1", worse), service("redis", "10.0.9.9", better)];
    const [decision] = decide(redis({ ports: FIXED }), { ...changes, services });
    expect(decision?.host).toBe("10.0.9.9");
    expect(decision?.rejected[0]?.reason).toBe(`would do as well; ${services[1]?.id} ${why}`);
  });
});

describe("an impostor", () => {
  const impostor = service("http", "10.0.1.2", { port: 5432 });

  test("is not adopted, and named", () => {
    const [decision] = decide(requirement("postgresql", { placement: DISCOVERED }), withServices(impostor));
    expect(decision?.action).toBe("blocked");
    expect(decision?.reasons).toEqual(["http answers at 10.0.1.2:5432, not postgresql"]);
    expect(decision?.rejected).toEqual([
      { candidate: "http@10.0.1.2:5432", reason: "http answers at 10.0.1.2:5432, not postgresql" },
    ]);
  });

  test("keeps its port: what would be started there is blocked", () => {
    const [decision] = decide(requirement("postgresql", { placement: ON_BOB }), withServices(impostor));
    expect(decision).toMatchObject({
      action: "blocked",
      remedy: "free the port, or give 'postgresql' another one, or ports: auto",
    });
    expect(decision?.reasons[0]).toBe("bob: port 5432 is taken by http");
    expect(outcome(requirement("postgresql", { placement: AUTO }), withServices(impostor))).toBe(
      "start localhost",
    );
  });

  test("may be the wanted one where nobody recognised it, or where it does not tell its product", () => {
    const silent = service("unknown", "10.0.9.9", { port: 6379 });
    expect(outcome(redis(), withServices(silent))).toBe("unknown null");
    expect(outcome(redis(), { services: [silent], assumeAbsent: true })).toBe("start localhost");
    expect(outcome(redis(), withServices({ ...silent, port: 9999 }))).toBe("start localhost");
    expect(outcome(redis({ ports: FIXED }), withServices({ ...silent, port: 8100 }))).toBe("unknown null");
    const mariadb = requirement("mariadb", { placement: AUTO });
    expect(outcome(mariadb, withServices(service("mysql", "10.0.9.9")))).toBe("unknown null");
    expect(outcome(mariadb, withServices(service("http", "10.0.9.9", { port: 3306 })))).toBe(
      "start localhost",
    );
  });
});

describe("what only speaks HTTP", () => {
  const api = requirement("api", { type: "http", ports: FIXED });
  const there = service("http", "127.0.0.1", { port: 8100 });

  test("is adopted at a port of its own, where a look at its health path had nothing to say against it", () => {
    expect(outcome([api], { services: [there] })).toBe("adopt localhost");
  });

  test("is not where no health path tells it from others: then its port is taken", () => {
    const [decision] = decide([{ ...api, health: { timeoutMs: 1_000 } }], { services: [there] });
    expect(decision).toMatchObject({ action: "blocked" });
    expect(decision?.reasons[0]).toBe(
      "Port 8100 is already in use and auto-discovery is disabled (http has it)",
    );
    expect(decision?.rejected[0]?.reason).toBe("speaks http, and no health path tells it from others");
  });

  test("is not where the path answered otherwise, and may be it where nothing did", () => {
    const looked = { service: "api", id: there.id, reason: "GET /health answered 404" };
    const other = { services: [there], looked: [{ ...looked, kind: "other" as const }] };
    expect(decide([api], other)[0]).toMatchObject({ action: "blocked" });
    expect(decide([api], other)[0]?.rejected[0]?.reason).toBe("is not api: GET /health answered 404");
    const unsure = { services: [there], looked: [{ ...looked, kind: "unsure" as const }] };
    expect(decide([api], unsure)[0]).toMatchObject({ action: "unknown" });
    const ofAnother = [{ ...looked, service: "web", kind: "other" as const }];
    expect(outcome([api], { services: [there], looked: ofAnother })).toBe("adopt localhost");
  });
});

describe("services that are told apart by their health paths alone", () => {
  test("are each adopted where theirs answered, though they may be at the same ports", () => {
    const at8100 = { type: "http", ports: FIXED, placement: AUTO };
    const [api, admin] = [requirement("api", at8100), requirement("admin", at8100)];
    const first = service("http", "10.0.1.1", { port: 8100 });
    const second = service("http", "10.0.1.2", { port: 8100 });
    const reason = "GET /health answered 404";
    const looked = [
      { service: "api", id: second.id, kind: "other" as const, reason },
      { service: "admin", id: first.id, kind: "other" as const, reason },
    ];
    expect(decide([api, admin], { services: [first, second], looked })).toMatchObject([
      { service: "api", action: "adopt", address: "10.0.1.1" },
      { service: "admin", action: "adopt", address: "10.0.1.2" },
    ]);
  });
});

describe("what nobody knows", () => {
  const silence = { address: "10.0.1.2", ports: [22, 6379], outcome: "filtered" } as const;

  test.each<[string, Requirement, string]>([
    ["auto", redis(), "unknown null"],
    ["discovered", redis({ placement: DISCOVERED }), "unknown null"],
    ["remote there", redis({ placement: ON_BOB }), "unknown null"],
    ["local", redis({ placement: { kind: "local" } }), "start localhost"],
    ["of another port", requirement("postgresql", { placement: AUTO }), "start localhost"],
    ["of what is sought nowhere", requirement("api", { type: "http", placement: AUTO }), "start localhost"],
  ])("blocks a second one where one may be: %s", (_what, wanted, expected) => {
    expect(outcome(wanted, { unknown: [silence] })).toBe(expected);
  });

  test("says where, and what can be done", () => {
    const [decision] = decide(redis(), { unknown: [silence] });
    expect(decision).toMatchObject({
      reasons: ["cannot tell: 10.0.1.2:6379 (bob): filtered"],
      evidence: ["10.0.1.2:6379 (bob): filtered"],
      remedy: "see to it that everything can be looked at, or say --assume-absent if no redis is there",
    });
  });

  test("does not matter where one was found, and is nothing where the user says so", () => {
    expect(outcome(redis(), { unknown: [silence], services: [service("redis", "10.0.9.9")] })).toBe(
      "adopt 10.0.9.9",
    );
    const input = inputOf([redis()], { hosts: [local(), BOB], unknown: [silence], assumeAbsent: true });
    const { decisions, warnings } = plan(input);
    expect(decisions[0]?.reasons).toContain(
      "taken for absent, since the user says so: 10.0.1.2:6379 (bob): filtered",
    );
    expect(warnings).toEqual(["what could not be looked at is taken for absent, since the user says so"]);
  });

  test("is everything where the scan ended before its time", () => {
    expect(outcome(requirement("redis"), { complete: false })).toBe("unknown null");
    expect(
      outcome(requirement("redis"), { complete: false, services: [service("redis", "127.0.0.1")] }),
    ).toBe("adopt localhost");
    expect(outcome(requirement("api", { type: "http" }), { complete: false })).toBe("start localhost");
  });

  test("is a host without an address: it is neither absent there nor can it be put there", () => {
    const hosts = [local(), host("bob")];
    expect(outcome(redis({ placement: ON_BOB }), { hosts })).toBe("unknown null");
    expect(outcome(redis({ placement: ON_BOB }), { hosts, assumeAbsent: true })).toBe("blocked null");
    expect(outcome(redis({ isManual: true }), { hosts })).toBe("blocked null");
    expect(plan(inputOf([redis()], { hosts })).warnings).toEqual([
      "host 'bob': no address is known, so that nothing is put or looked for there",
    ]);
  });

  test("is told apart from what is blocked, and counts for more", () => {
    const ill = service("redis", "10.0.9.9", { status: "unhealthy" });
    expect(outcome(redis(), { services: [ill], unknown: [silence] })).toBe("unknown null");
    expect(outcome(redis(), { services: [ill], unknown: [silence], assumeAbsent: true })).toBe(
      "blocked null",
    );
  });
});

describe("what an earlier boot started", () => {
  const api = requirement("api", { type: "http", ports: { kind: "auto", from: 8100 } });

  test("is left alone, whatever is seen of it or not", () => {
    const [decision] = decide(api, { started: [STARTED], complete: false });
    expect(decision).toMatchObject({
      action: "nothing",
      host: "localhost",
      address: "127.0.0.1",
      port: 8100,
    });
    const seen = service("http", "127.0.0.1", { port: 8100, version: "2.1", status: "unhealthy" });
    const { decisions, warnings, verdict } = plan(inputOf([api], { started: [STARTED], services: [seen] }));
    expect(decisions[0]).toMatchObject({ action: "nothing", version: "2.1", url: "http://127.0.0.1:8100" });
    expect(verdict).toBe("nothing");
    expect(warnings).toEqual([
      "'api': it says that it cannot serve: look at its log, or stop 'api' and boot again",
    ]);
  });

  test("is warned of where nobody answers at its port, if all was looked at", () => {
    const { decisions, warnings } = plan(inputOf([api], { started: [STARTED] }));
    expect(decisions[0]?.action).toBe("nothing");
    expect(warnings).toEqual([
      "'api': it does not answer at its port: look at its log, or stop 'api' and boot again",
    ]);
    const worker = { ...STARTED, port: null };
    expect(plan(inputOf([api], { started: [worker] })).warnings).toEqual([]);
  });

  test("is nobody else's to adopt", () => {
    const other = requirement("other", { type: "http", placement: DISCOVERED, ports: FIXED });
    const seen = service("http", "127.0.0.1", { port: 8100 });
    expect(
      decide([other, api], { started: [STARTED], services: [seen] }).map(({ action }) => action),
    ).toEqual(["blocked", "nothing"]);
  });

  test("is not counted where the stack no longer has it", () => {
    const moved = { ...api, placement: ON_BOB };
    const { decisions, warnings } = plan(inputOf([moved], { hosts: [local(), BOB], started: [STARTED] }));
    expect(decisions[0]).toMatchObject({ action: "deploy", host: "bob" });
    expect(warnings).toEqual([
      "api #1 on localhost (pid 812): an earlier boot started it, and the stack no longer has it there",
    ]);
  });
});

describe("what is absent", () => {
  test.each<[string, Requirement, string]>([
    ["local, with a start", requirement("redis"), "start localhost"],
    ["local, without", requirement("redis", { isManual: true }), "blocked null"],
    ["remote, without a start", requirement("redis", { placement: ON_BOB, isManual: true }), "deploy bob"],
    ["auto, without a start", requirement("redis", { placement: AUTO, isManual: true }), "deploy bob"],
    ["discovered, with a start", requirement("redis", { placement: DISCOVERED }), "blocked null"],
    [
      "on a host nobody described",
      requirement("redis", { placement: { kind: "remote", host: "eve" } }),
      "unknown null",
    ],
  ])("goes where its placement says: %s", (_what, wanted, expected) => {
    expect(outcome(wanted)).toBe(expected);
  });

  test("says what keeps it from every host, and what would help", () => {
    const hosts = [
      local({ capacity: { cpu: 1 } }),
      { ...BOB, labels: { zone: "eu" }, hasGpu: true, capacity: { memoryBytes: 2 ** 30 } },
    ];
    const wanted = redis({ needs: { cpu: 2, memoryBytes: 2 * 2 ** 30 } });
    const [decision] = decide(wanted, { hosts });
    expect(decision).toMatchObject({
      action: "blocked",
      remedy: "add a host with room for 'redis', or let it need less",
    });
    expect(decision?.rejected).toEqual([
      { candidate: "bob", reason: "too little memory: 2 GiB needed, 1 GiB of 1 GiB free" },
      { candidate: "localhost", reason: "too little CPU: 2 needed, 1 of 1 free" },
    ]);
  });

  test("is not put beside a service with the same port", () => {
    const first = requirement("first", { type: "http", ports: FIXED });
    const decisions = decide([first, { ...first, name: "second" }]);
    expect(decisions.map(({ action }) => action)).toEqual(["start", "blocked"]);
    expect(decisions[1]?.reasons[0]).toBe(
      "Port 8100 is already in use and auto-discovery is disabled (first has it)",
    );
    expect(decisions[0]).toMatchObject({ address: "127.0.0.1", port: 8100, url: null });
  });

  test("has the room that those leave that run already, adopted or started", () => {
    const hosts = [local({ capacity: { cpu: 4 } }), BOB];
    const db = requirement("postgresql", { needs: { cpu: 3 } });
    const job = requirement("job", { type: "http", placement: AUTO, needs: { cpu: 2 } });
    const there = { hosts, services: [service("postgresql", "127.0.0.1")] };
    expect(decide([job, db], there).map((one) => one.host)).toEqual(["bob", "localhost"]);
    const api = requirement("api", { type: "http", needs: { cpu: 3 } });
    expect(decide([job, api], { hosts, started: [STARTED] }).map((one) => one.host)).toEqual([
      "bob",
      "localhost",
    ]);
    expect(outcome([job], { hosts })).toBe("start localhost");
  });

  test("names what stands in its way without end only in part", () => {
    const services = Array.from({ length: 40 }, (_, at) =>
      service("unknown", `10.0.9.${at}`, { port: 6379 }),
    );
    const [decision] = decide(redis(), { services });
    expect(decision?.reasons).toHaveLength(4);
    expect(decision?.reasons[3]).toBe("and 37 more");
    expect(decision?.evidence).toHaveLength(3);
    expect(decision?.rejected.at(-1)).toEqual({ candidate: "33 more", reason: "are not listed" });
  });

  test("has each of its instances on a host of its own, with those that are there", () => {
    const wanted = redis({ replicas: 3 });
    const decisions = decide(wanted, { services: [service("redis", "10.0.1.2")] });
    expect(decisions.map(({ action, host }) => `${action} ${host}`)).toEqual([
      "adopt bob",
      "start localhost",
      "blocked null",
    ]);
    expect(decisions[2]?.remedy).toBe("add a host: each of the 3 instances of 'redis' needs one of its own");
  });
});

describe("dependencies", () => {
  const api = requirement("api", { type: "http", dependsOn: ["redis"] });

  test.each<[string, Partial<Requirement>, Changes, string]>([
    ["blocked", { placement: DISCOVERED }, {}, "blocked"],
    ["blocked and optional", { placement: DISCOVERED, required: false }, {}, "blocked"],
    ["unknown", { placement: DISCOVERED }, { complete: false }, "unknown"],
    ["started", {}, {}, "start"],
    ["adopted", { placement: DISCOVERED }, { services: [service("redis", "10.0.9.9")] }, "start"],
  ])("hold up what depends on them: %s", (_what, changes, world, expected) => {
    const [decision] = decide([api, redis(changes)], world);
    expect(decision?.action).toBe(expected);
    if (expected !== "start") expect(decision?.remedy).toBe("see to 'redis' first");
  });

  test("hold up a whole chain, and nothing that is there already", () => {
    const top = requirement("top", { type: "http", dependsOn: ["api"] });
    const there = requirement("ollama", { dependsOn: ["api"] });
    const decisions = decide([top, api, redis({ placement: DISCOVERED }), there], {
      services: [service("ollama", "127.0.0.1")],
    });
    expect(decisions.map(({ action }) => action)).toEqual(["blocked", "blocked", "blocked", "adopt"]);
  });

  test("leave the room of what they hold up to others", () => {
    const hosts = [local({ capacity: { cpu: 1 } })];
    const big = requirement("big", { type: "http", needs: { cpu: 2 } });
    const waiting = requirement("waiting", { type: "http", needs: { cpu: 1 }, dependsOn: ["big"] });
    const other = requirement("other", { type: "http", needs: { cpu: 1 } });
    expect(decide([waiting, big, other], { hosts }).map(({ action }) => action)).toEqual([
      "blocked",
      "blocked",
      "start",
    ]);
  });

  test("come first in the order, and a circle is named", () => {
    const one = requirement("one", { dependsOn: ["two"] });
    const two = requirement("two", { dependsOn: ["three"] });
    const three = requirement("three");
    expect(plan(inputOf([one, two, three])).order).toEqual([["three"], ["two"], ["one"]]);
    const { order, warnings } = plan(inputOf([one, { ...two, dependsOn: ["one"] }, three]));
    expect(order).toEqual([["three"], ["one", "two"]]);
    expect(warnings).toContain("one, two depend on each other in a circle");
  });
});

describe("what is optional", () => {
  test("does not make a plan blocked or unknown, and is told of", () => {
    const optional = redis({ placement: DISCOVERED, required: false });
    const blocked = plan(inputOf([optional]));
    expect(blocked.verdict).toBe("nothing");
    expect(blocked.decisions[0]?.action).toBe("blocked");
    expect(blocked.warnings).toEqual(["optional 'redis' is blocked: no redis found"]);
    expect(plan(inputOf([optional], { complete: false })).verdict).toBe("nothing");
    expect(plan(inputOf([redis({ required: false })])).verdict).toBe("changes");
  });

  test("never takes the place of what is required", () => {
    const hosts = [local({ capacity: { cpu: 1 } })];
    const optional = requirement("optional", { type: "http", needs: { cpu: 1 }, required: false });
    const needed = requirement("needed", { type: "http", needs: { cpu: 1 } });
    expect(decide([optional, needed], { hosts }).map(({ action }) => action)).toEqual(["blocked", "start"]);
    // But what something required depends on is as good as required.
    const bound = { ...needed, needs: {}, dependsOn: ["optional"] };
    const rival = { ...optional, name: "a-rival" };
    expect(decide([rival, optional, bound], { hosts }).map(({ action }) => action)).toEqual([
      "blocked",
      "start",
      "start",
    ]);
  });

  test("chooses after what is required among what is there", () => {
    const optional = redis({ name: "optional", type: "redis", placement: DISCOVERED, required: false });
    const needed = redis({ name: "needed", type: "redis", placement: DISCOVERED });
    const decisions = decide([optional, needed], { services: [service("redis", "10.0.9.9")] });
    expect(decisions.map(({ action }) => action)).toEqual(["blocked", "adopt"]);
  });
});

describe("a verdict", () => {
  const ill = service("ollama", "127.0.0.1", { status: "unhealthy" });

  test.each<[string, readonly Requirement[], string]>([
    ["nothing", [requirement("redis")], "nothing"],
    ["changes", [requirement("redis"), requirement("postgresql")], "changes"],
    ["blocked", [requirement("postgresql"), requirement("ollama")], "blocked"],
    ["unknown", [requirement("ollama"), requirement("mysql")], "unknown"],
    ["nothing for no services", [], "nothing"],
  ])("is the gravest of its decisions: %s", (_what, wanted, verdict) => {
    const services = [service("redis", "127.0.0.1"), ill];
    const unknown = [{ address: "127.0.0.1", ports: [3306], outcome: "failed" }] as const;
    expect(plan(inputOf(wanted, { services, unknown })).verdict).toBe(verdict);
  });
});

describe("a strategy", () => {
  const gpu = { ...host("gpu", "10.0.1.9"), hasGpu: true };
  const hosts = [local(), BOB, gpu];
  const llm = requirement("llm", { type: "ollama", placement: AUTO, needs: { gpu: 1 } });
  const db = requirement("db", { type: "postgresql", placement: AUTO });

  test.each([
    ["local-first", db, "start localhost"],
    ["local-first", llm, "deploy gpu"],
    ["remote-compute", llm, "deploy gpu"],
    ["remote-compute", db, "start localhost"],
    ["distributed-ha", db, "deploy bob"],
    ["dynamic-discovery", db, "deploy bob"],
  ] as const)("%s: %o", (strategy, wanted, expected) => {
    // This machine is the busier one, so that nothing but a strategy speaks for it.
    const busy = [local({ load: 0.5, hasGpu: false }), ...hosts.slice(1)];
    expect(outcome(wanted, { hosts: busy, strategy })).toBe(expected);
  });

  test("distributed-ha spreads, where dynamic-discovery takes the roomiest", () => {
    const roomy = [local({ capacity: { cpu: 16 } }), { ...BOB, capacity: { cpu: 4 } }];
    const services = ["a", "b"].map((name) =>
      requirement(name, { type: "http", placement: AUTO, needs: { cpu: 1 } }),
    );
    const where = (strategy: "distributed-ha" | "dynamic-discovery"): unknown[] =>
      decide(services, { hosts: roomy, strategy }).map((one) => one.host);
    expect(new Set(where("distributed-ha"))).toEqual(new Set(["bob", "localhost"]));
    expect(where("dynamic-discovery")).toEqual(["localhost", "localhost"]);
  });

  test("yields to where it was, with the scores said", () => {
    const previous = [{ service: "db", instance: 1, host: "bob" }];
    const [decision] = decide(db, { hosts, previous });
    expect(decision?.host).toBe("bob");
    expect(decision?.reasons).toContain(
      "bob scores 10000, ahead of localhost (100): it was placed there before (+10000 against 0)",
    );
    expect(decision?.rejected).toContainEqual({
      candidate: "localhost",
      score: 100,
      reason: "scores less: it was placed there before (+10000 against 0)",
    });
  });

  test("puts things beside what they work with", () => {
    const [, api] = decide([db, requirement("api", { type: "http", placement: AUTO, dependsOn: ["db"] })], {
      services: [service("postgresql", "10.0.1.2")],
      strategy: "dynamic-discovery",
    });
    expect(api).toMatchObject({ action: "deploy", host: "bob" });
  });
});
