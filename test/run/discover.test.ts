import { describe, expect, test } from "vitest";

import { type CatalogEntry, type DiscoverOptions, type Strategy, discover } from "../../src/index.ts";
import { always, greets, startScripted } from "../identify/scripted-server.ts";
import { handles, handlesBackTo } from "../net/peers.ts";

/** On an address of its own: other tests listen on 127.0.0.1. */
function at(port: number, more: DiscoverOptions = {}): DiscoverOptions {
  return { targets: ["127.0.0.1"], ports: [port], timeoutMs: 500, httpTimeoutMs: 500, ...more };
}

describe("discover as a library", () => {
  test("tells events in order: started, services, finished with all of them", async () => {
    await using server = await startScripted(greets("SSH-2.0-OpenSSH_9.2p1\r\n"));
    const names: string[] = [];
    for await (const event of discover(at(server.port))) {
      if (event.event !== "progress") names.push(event.event);
      if (event.event === "finished") expect(event.inventory.services).toHaveLength(1);
    }
    expect(names).toEqual(["started", "service", "finished"]);
  });

  test("knows more with entries of the caller's own", async () => {
    await using server = await startScripted(greets("ACME 7 ready\n"));
    const acme: CatalogEntry = {
      type: "acme",
      title: "Acme",
      category: "database",
      summary: "Test",
      ports: [],
      scheme: "acme",
      probes: [
        {
          name: "greeting",
          read: (reply) =>
            Buffer.from(reply).toString().startsWith("ACME 7")
              ? { kind: "match", match: { version: "7", confidence: 0.9, summary: "greeted" } }
              : undefined,
        },
      ],
      examples: [],
    };
    const { services } = await discover(at(server.port, { catalog: [acme] })).inventory();
    expect(services).toMatchObject([{ type: "acme", version: "7", url: `acme://127.0.0.1:${server.port}` }]);
  });

  test("loses nothing but one name to an entry that throws, and says so", async () => {
    await using server = await startScripted(greets("hello\n"));
    const broken: CatalogEntry = {
      type: "broken",
      title: "Broken",
      category: "database",
      summary: "Test",
      ports: [],
      probes: [
        {
          name: "greeting",
          read() {
            throw new Error("cannot read that");
          },
        },
      ],
      examples: [],
    };
    const found = await discover(at(server.port, { catalog: [broken] })).inventory();
    expect(found.services).toMatchObject([{ type: "unknown", port: server.port }]);
    expect(found.warnings).toEqual([expect.stringContaining("cannot read that")]);
    expect(found.coverage.complete).toBe(false);
  });

  test("names what it finds at a slow rate too: waiting for one's own turn is not the peer's silence", async () => {
    await using one = await startScripted(always("VERSION 1.6.18\r\n"));
    await using two = await startScripted(always("VERSION 1.6.18\r\n"));
    const options = {
      targets: ["127.0.0.1"],
      ports: [one.port, two.port],
      timeoutMs: 200,
      httpTimeoutMs: 200,
      rate: 15,
    };
    const { services } = await discover(options).inventory();
    expect(services.map(({ type }) => type)).toEqual(["memcached", "memcached"]);
  });

  test("stops everything when its reader has seen enough", async () => {
    await using server = await startScripted(() => {});
    const before = handles();
    for await (const event of discover(at(server.port, { timeoutMs: 60_000, httpTimeoutMs: 60_000 }))) {
      if (event.event === "progress") break;
    }
    await handlesBackTo(before);
  });

  test("that is over before it begins sends nothing, and says that it is not the whole", async () => {
    await using server = await startScripted(() => {});
    const over = { signal: AbortSignal.abort() };
    const { coverage, services, warnings } = await discover(at(server.port, over)).inventory();
    expect(warnings).toEqual(["the run ended before it began"]);
    const named = await discover(at(server.port, { ...over, exclude: ["name.invalid"] })).inventory();
    expect(named.warnings).toEqual(["the run ended while host names were being looked up"]);
    expect({ coverage, services }).toMatchObject({ coverage: { open: 0, complete: false }, services: [] });
    expect(server.conversations).toEqual([]);
  });

  test.each<[string, DiscoverOptions, string]>([
    ["no targets at all", { targets: [] }, "no-target"],
    ["no strategy", { strategies: [] }, "bad-option"],
    ["a strategy twice", { strategies: ["tcp", "tcp"] }, "bad-option"],
    ["a strategy that is not there", { strategies: ["tpc"] }, "bad-option"],
    ["a timeout of nothing", { timeoutMs: 0 }, "bad-option"],
    ["a rate that is no number", { rate: Number.NaN }, "bad-option"],
    ["a port that cannot be", { ports: [70_000] }, "bad-port"],
    ["a target that cannot be", { targets: ["10.0.0.0/33"] }, "bad-target"],
    ["a large range unasked", { targets: ["127.0.0.0/8"] }, "large-range"],
  ])("refuses %s", async (_what, options, code) => {
    await expect(discover({ targets: ["127.0.0.1"], ...options }).inventory()).rejects.toMatchObject({
      code,
    });
  });
});

/** A strategy that observes these, nonsense among them as a module without types may. */
function mine(observe: () => AsyncIterable<unknown>): Strategy {
  const strategy: unknown = { name: "mine", summary: "A test", observe };
  if (!isStrategy(strategy)) throw new Error("no strategy");
  return strategy;
}

function isStrategy(value: unknown): value is Strategy {
  return typeof value === "object" && value !== null && "observe" in value;
}

async function* after(first: Promise<unknown>, ...then: readonly unknown[]): AsyncGenerator {
  await first;
  yield* then;
}

function runMine(observe: () => AsyncIterable<unknown>, more: DiscoverOptions = {}) {
  return discover({ targets: ["127.0.0.1"], ports: [1], strategies: [mine(observe)], ...more }).inventory();
}

describe("a strategy of the caller's own", () => {
  test("that throws costs a warning and the run's completeness", async () => {
    const { warnings, coverage } = await runMine(() => after(Promise.reject(new Error("no idea"))));
    expect(warnings).toEqual(["strategy mine failed: no idea"]);
    expect(coverage.complete).toBe(false);
  });

  test("that does not stop is left behind", async () => {
    const { warnings, coverage } = await runMine(() => after(new Promise(() => {})), { deadlineMs: 20 });
    expect(warnings).toEqual(["strategy mine did not stop in time"]);
    expect(coverage.complete).toBe(false);
  });

  const endpoint = { address: "127.0.0.1", port: 1, transport: "tcp" };
  const good = { strategy: "mine", at: 1_000, endpoint, outcome: "open" };
  const claim = { type: "mine", confidence: 0.9, summary: "said so" };

  test.each([
    ["strategy is missing", { outcome: "open" }],
    ["endpoint is missing", { ...good, endpoint: undefined }],
    ["endpoint.port is 99999", { ...good, endpoint: { ...endpoint, port: 99_999 } }],
    ['endpoint.address is "nowhere"', { ...good, endpoint: { ...endpoint, address: "nowhere" } }],
    ['outcome is "ajar"', { ...good, outcome: "ajar" }],
    ["claim.confidence is 7", { ...good, claim: { ...claim, confidence: 7 } }],
    ["claim.confidence is null", { ...good, claim: { ...claim, confidence: Number.NaN } }],
    ["claim.summary is 5", { ...good, claim: { ...claim, summary: 5 } }],
    ['claim.health is "fine"', { ...good, claim: { ...claim, health: "fine" } }],
    ["hostnames is [1]", { ...good, hostnames: [1] }],
    ["at is -1", { ...good, at: -1 }],
    ["BigInt", { ...good, claim: { ...claim, metadata: { size: 1n } } }],
  ])("that observes nonsense (%s) loses that observation alone", async (why, bad) => {
    const { warnings, services, coverage } = await runMine(() => after(Promise.resolve(), bad, good));
    expect(warnings).toEqual([expect.stringMatching(/^an observation that makes no sense was left out: /)]);
    expect(warnings[0]).toContain(why);
    expect(services).toHaveLength(1);
    expect(coverage.complete).toBe(false);
  });

  test("may put into metadata what JSON can carry, and nothing else gets through", async () => {
    const metadata = { when: new Date(0), none: undefined, call: () => 1, deep: { list: [1, "two", null] } };
    const { services } = await runMine(() =>
      after(Promise.resolve(), { ...good, claim: { ...claim, metadata } }),
    );
    expect(services[0]?.metadata).toEqual({
      when: "1970-01-01T00:00:00.000Z",
      deep: { list: [1, "two", null] },
    });
  });
});
