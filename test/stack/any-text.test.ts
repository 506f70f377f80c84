import { Ajv2020 } from "ajv/dist/2020.js";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";

import { publishedStackSchema } from "../../src/cli/stack/schema.ts";
import { DiscoverError } from "../../src/model/errors.ts";
import { faultOf, stackOf } from "./stack-of.ts";

const validate = new Ajv2020({ allowUnionTypes: true }).compile(publishedStackSchema());

/** What moves a cursor, turns text round, or cannot be seen. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/** Reads a text; a fault must be one line that is fit to be printed, and nothing else may come out. */
async function holds(text: string): Promise<boolean> {
  try {
    await stackOf(text);
    return true;
  } catch (error) {
    if (!(error instanceof DiscoverError)) throw error;
    expect(error.code).toBe("bad-stack");
    expect(error.message).not.toMatch(UNSEEN);
    expect(error.message).toMatch(/^services\.yaml line \d+, column \d+: ./);
    expect(error.message.length).toBeLessThan(2000);
    return false;
  }
}

/** Every word of the format, and others like them. */
const KEYS =
  "strategy discovery services hosts redis api nats ranges timeout placement type version required replicas needs cpu memory gpu labels ports from dependsOn health http start command env cwd compose service user address capacity gpu_enabled localhost constructor toString versoin";
const key = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom(...KEYS.split(" ")) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 5 }) },
);
const WORDS =
  "local auto discovered remote@a remote@10.0.0.1 remote@ redis api nats http 64Gi 10s >=6 ${port} ${redis.url} ${ $${a} / /health local-first [] {} \u001b[2J \u202e \u{1f980}";
const leaf = fc.oneof(
  fc.constantFrom(...WORDS.split(" ")),
  fc.constantFrom<unknown>(0, 1, 8100, 65_536, -1, 1.5, 1e300, true, false, null, [], {}),
  fc.string({ unit: "binary", maxLength: 8 }),
  fc.double(),
);
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5, depthSize: "small" },
    leaf,
    fc.array(tie("tree"), { maxLength: 3 }),
    fc.dictionary(key, tie("tree"), { maxKeys: 4 }),
  ),
}));

describe("any text at all", () => {
  test("of the words of the format is a stack or one fault in one line", async () => {
    await fc.assert(
      fc.asyncProperty(fc.dictionary(key, tree, { maxKeys: 4 }), async (value) => {
        await holds(stringify(value));
        await holds(JSON.stringify(value));
      }),
      { numRuns: 300 },
    );
  });

  test("under a service is a stack or one fault in one line", async () => {
    const entry = fc.dictionary(key, tree, { maxKeys: 3 });
    await fc.assert(
      fc.asyncProperty(entry, entry, async (service, host) => {
        await holds(stringify({ services: { redis: service, api: "local" }, hosts: { a: host } }));
      }),
      { numRuns: 300 },
    );
  });

  test("that is no document is one fault in one line", async () => {
    const pieces = fc.constantFrom(
      ...Array.from("[]{}:,-?!&*|>'\"\\\n a\0\u202e\u2028\u{1f980}"),
      "services: ",
      "redis: ",
      "*a",
      "&a ",
    );
    await fc.assert(
      fc.asyncProperty(fc.array(pieces, { maxLength: 50 }), async (some) => {
        await holds(some.join(""));
      }),
      { numRuns: 300 },
    );
  });

  test.each([
    ["deep", `services: ${"{a: ".repeat(5000)}`],
    ["a bomb of aliases", `a: &a [x]\n${"b: &b [*a, *a]\n".repeat(3)}services: *b`],
    ["a huge number", `services: { redis: { replicas: ${"9".repeat(5000)}, version: ${"9".repeat(5000)} } }`],
    ["a huge port", "services: { redis: { ports: 1e400 } }"],
    ["a prototype's", 'services: { "__proto__": { "placement": "local" } }'],
    ["an object's own words", "services: { constructor: { toString: 1, hasOwnProperty: 2 } }"],
    ["an unseen name", 'services: { "\\e]0;x\\a\\u202e": local }'],
    ["an unseen value", 'services: { redis: "\\e[2J\\u2028" }'],
    ["an unseen key", 'services: { redis: { "\\n\\r\\0": 1 } }'],
    ["an unseen host", 'services: { redis: "remote@\\e[2J" }'],
    ["an unseen host that is declared", 'services: { redis: remote@aaaaaaa }\nhosts: { "aaaaaa\\e": {} }'],
    ["an unseen placeholder", 'services: { redis: { start: { command: ["${\\e[2J}"] } } }'],
    ["an unseen setting", 'discovery: { "\\e": 1 }\nservices: { redis: auto }'],
    ["an unseen tag", "services: !\u202e\u0007 x"],
    ["a long word", `services: { redis: ${"a".repeat(100_000)} }`],
    ["a long key", `services: { ${"a".repeat(1000)}: auto }`],
  ])("%s is one fault in one line", async (_, text) => {
    expect(await holds(text)).toBe(false);
  });

  test("with thousands of faults is one line about the first", async () => {
    const rows = Array.from(
      { length: 900 },
      (_, at) => `  s${at}: { type: reddis, dependsOn: [nobody-${at}] }`,
    );
    expect(await faultOf(`services:\n${rows.join("\n")}`)).toBe(
      "line 2, column 15: services.s0.type: no such type: 'reddis' — did you mean 'redis'? (and 1799 more)",
    );
    const keys = Array.from({ length: 5_000 }, (_, at) => `k${at}: 1`);
    expect(await faultOf(keys.join("\n"))).toBe("line 1, column 1: services: is missing (and 5000 more)");
    const many = Array.from({ length: 1001 }, (_, at) => `s${at}: { type: redis }`);
    expect(await faultOf(`services: { ${many.join(", ")} }`)).toBe(
      "line 1, column 11: services: more than 1000",
    );
  });
});

/** Mostly right services: enough of them are stacks. */
const size = fc.constantFrom("64Gi", "512Mi", "1.5G", "2 TB", 1024);
const serviceAfter = (names: readonly string[]) =>
  fc.record(
    {
      placement: fc.constantFrom("auto", "local", "discovered", "remote@a", "remote@10.0.0.9"),
      type: fc.constantFrom("redis", "PostgreSQL", "llm", "valkey"),
      version: fc.constantFrom(">=6", "7", 7.2),
      required: fc.boolean(),
      replicas: fc.constantFrom(1, 2),
      needs: fc.record(
        { cpu: fc.constantFrom(0.5, 2), memory: size, gpu: fc.constantFrom(true, 1, 0) },
        { requiredKeys: [] },
      ),
      labels: fc.dictionary(fc.constantFrom("disk", "zone"), fc.constantFrom("ssd", 1)),
      ports: fc.constantFrom("auto", 8100, [8200, 8201], { from: 9000 }),
      dependsOn: fc.subarray([...names]),
      health: fc.record(
        { http: fc.constant("/health"), timeout: fc.constantFrom(10, "500ms", " 1m ") },
        { requiredKeys: [] },
      ),
      start: fc.constantFrom(
        { command: ["a", "${port}"], env: { A: "b" } },
        { compose: "c.yml", service: "d" },
      ),
    },
    { requiredKeys: ["type"] },
  );
const stack = fc.record(
  {
    strategy: fc.constantFrom("local-first", "remote-compute", "distributed-ha", "dynamic-discovery"),
    discovery: fc.record(
      { ranges: fc.constant(["10.0.0.0/28"]), timeout: fc.constantFrom("1s", 2) },
      { requiredKeys: [] },
    ),
    services: fc
      .record({ a: serviceAfter(["b", "c"]), b: fc.constant("discovered"), c: serviceAfter(["b"]) })
      .map(({ b, ...others }) => ({
        ...others,
        b: { placement: b, type: "nats" },
      })),
    hosts: fc.record({
      a: fc.record({ user: fc.constant("me"), gpu_enabled: fc.boolean() }, { requiredKeys: [] }),
    }),
  },
  { requiredKeys: ["services"] },
);

/** The same with the keys of every mapping turned round, but for those of `services` itself. */
function turned(value: unknown, isKept = false): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const members = Object.entries(value).map(
    ([name, member]) => [name, turned(member, name === "services")] as const,
  );
  return Object.fromEntries(isKept ? members : members.toReversed());
}

const lineless = (_: string, value: unknown): unknown =>
  typeof value === "object" && value !== null && "line" in value
    ? Object.fromEntries(Object.entries(value).filter(([name]) => name !== "line"))
    : value;

async function shapeOf(value: unknown): Promise<unknown> {
  const { digest: _, discovery, ...rest } = await stackOf(JSON.stringify(value));
  const settings = Object.fromEntries(Array.from(discovery, ([name, { texts }]) => [name, texts]));
  const hosts = rest.hosts.toSorted((one, other) => one.name.localeCompare(other.name));
  return JSON.parse(JSON.stringify({ ...rest, hosts, settings }, lineless));
}

describe("a stack", () => {
  test("is by the published schema, whatever is in it", async () => {
    let stacks = 0;
    await fc.assert(
      fc.asyncProperty(stack, async (value) => {
        if (!(await holds(JSON.stringify(value)))) return;
        stacks += 1;
        validate(value);
        expect(validate.errors ?? []).toEqual([]);
      }),
      { numRuns: 150 },
    );
    expect(stacks).toBeGreaterThan(20);
  });

  test("does not depend on the order of keys", async () => {
    let stacks = 0;
    await fc.assert(
      fc.asyncProperty(stack, async (value) => {
        const isStack = await holds(JSON.stringify(value));
        expect(await holds(JSON.stringify(turned(value)))).toBe(isStack);
        if (!isStack) return;
        stacks += 1;
        expect(await shapeOf(turned(value))).toEqual(await shapeOf(value));
      }),
      { numRuns: 150 },
    );
    expect(stacks).toBeGreaterThan(20);
  });

  test("has its services in the order of the file", async () => {
    for (const names of [
      ["a", "b", "c"],
      ["c", "a", "b"],
    ]) {
      const services = Object.fromEntries(names.map((name) => [name, { type: "redis" }]));
      expect((await stackOf(stringify({ services }))).services.map(({ name }) => name)).toEqual(names);
    }
  });
});
