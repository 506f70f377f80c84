import { once } from "node:events";

import { describe, expect, test } from "vitest";

import { run } from "../../src/cli/run.ts";
import { DiscoverError } from "../../src/model/errors.ts";
import type { DiscoveryEvent } from "../../src/model/event.ts";
import type { Service } from "../../src/model/inventory.ts";
import type { DiscoverOptions } from "../../src/model/options.ts";
import type { Coverage } from "../../src/model/outcome.ts";
import { type FakeOptions, discover, fakeIo, finished, found, inventory, service } from "./fake-io.ts";

const redis = service("redis", { product: "Redis", version: "7.2.5", port: 6379 });

function nothing(more: Partial<Coverage> = { closed: 1 }): DiscoveryEvent[] {
  const whole = inventory();
  return [finished({ ...whole, coverage: { ...whole.coverage, closed: 0, ...more } })];
}

const there = (): DiscoveryEvent[] => [found(redis), finished(inventory([redis]))];

/** Answers each look with the next of these, the last one for ever. */
function looks(...answers: readonly (() => DiscoveryEvent[])[]): () => DiscoveryEvent[] {
  let at = 0;
  return () => answers[Math.min(at++, answers.length - 1)]?.() ?? [];
}

function noSuchName(): never {
  throw new DiscoverError("no-target", "nothing to look at: db (argument 1): name not found");
}

/** Redis, and nothing beside it. */
function onlyRedis({ ports }: DiscoverOptions): DiscoveryEvent[] {
  return String(ports) === "6379" ? there() : nothing();
}

/** A server whose health was asked for over HTTP. */
function checked(status: Service["status"]): Service {
  const checks = [{ health: status, path: "/health", code: 200, latencyMs: 1, summary: "said so" }];
  return service("http", { status, port: 80, url: "http://127.0.0.1:80", metadata: { checks } });
}

async function* wellAndSlow({ signal }: DiscoverOptions): AsyncGenerator<DiscoveryEvent> {
  yield found(checked("healthy"));
  if (signal?.aborted === false) await once(signal, "abort");
  yield finished(inventory([]));
}

const quietly = (script: () => DiscoveryEvent[]) =>
  discover(["wait", at, "--quiet", "--timeout=30ms"], { script });

/** Ends the wait, as Ctrl-C does, in the look after `count` of them. */
function interruptedAfter(count: number, given: FakeOptions): ReturnType<typeof fakeIo> {
  let left = count;
  const fake = fakeIo({
    ...given,
    script: (options) => {
      if (left-- === 0) fake.interrupt("SIGINT");
      return given.script?.(options) ?? nothing();
    },
  });
  return fake;
}

const at = "127.0.0.1:6379";

describe("discover wait", () => {
  test("ends with 0 and a line when it is there", async () => {
    const { code, stdout, stderr } = await discover(["wait", at], { script: there });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toBe("127.0.0.1:6379 is there: Redis 7.2.5, after 0 ms\n");
  });

  test("looks again until it is", async () => {
    const script = looks(nothing, nothing, there);
    const { code, options } = await discover(["wait", `redis://${at}`], { script });
    expect({ code, looks: options.length }).toEqual({ code: 0, looks: 3 });
  });

  test("waits for a name that nobody knows yet", async () => {
    const script = looks(noSuchName, there);
    const { code, stderr } = await discover(["wait", "db:6379", "--debug"], { script });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "debug: db:6379: name not found\n" });
  });

  test("looks only at what is asked", async () => {
    const { options } = await discover(["wait", "redis://db", "--range=10.0.0.0/8"], { script: there });
    const target = { text: "db", where: "argument 1" };
    expect(options).toMatchObject([{ targets: [target], ports: [6379], strategies: ["tcp"] }]);
    expect((await discover(["wait", "db:80"], { script: there })).options).toMatchObject([
      { targets: [target], ports: [80], strategies: ["tcp", "http"] },
    ]);
  });

  test("looks for a type at its own ports, on this machine or in the range", async () => {
    const script = there;
    const own = (await discover(["wait", "redis"], { script })).options;
    expect(own).toContainEqual(expect.objectContaining({ targets: ["localhost"], ports: [6379, 6380] }));
    const argv = ["wait", "valkey", "--range=10.0.0.1,10.0.0.2", "--ports=7000-7001", "--exclude=10.0.0.2"];
    const valkey = service("redis", { product: "Valkey" });
    const range = (await discover(argv, { script: () => [finished(inventory([valkey]))] })).options;
    expect(range).toMatchObject([
      {
        targets: [
          { text: "10.0.0.1", where: "--range" },
          { text: "10.0.0.2", where: "--range" },
        ],
        ports: [7000, 7001],
        exclude: [{ text: "10.0.0.2", where: "--exclude" }],
      },
    ]);
  });

  test("asks nobody in a hurry: time-outs are what is set for them, whatever is left", async () => {
    const env = { DISCOVERY_TCP_TIMEOUT: "700ms", DISCOVERY_DEADLINE: "1s", DISCOVERY_RATE: "5" };
    const timeouts = async (...argv: string[]) =>
      (await discover(["wait", at, ...argv], { script: there, env })).options[0];
    expect(await timeouts()).toMatchObject({ timeoutMs: 700, httpTimeoutMs: 5_000, rate: 5 });
    expect(await timeouts("--timeout=300ms")).toMatchObject({ timeoutMs: 700, httpTimeoutMs: 5_000 });
    expect(await timeouts()).not.toHaveProperty("deadlineMs");
  });

  test("needs all of it, and says of each what became of it", async () => {
    const given = { script: onlyRedis };
    const { code, stdout, stderr } = await discover(["wait", at, "127.0.0.1:1", "--timeout=50ms"], given);
    expect({ code, stdout }).toEqual({
      code: 1,
      stdout: "127.0.0.1:6379 is there: Redis 7.2.5, after 0 ms\n",
    });
    expect(stderr).toBe("127.0.0.1:1 is not there after 0 ms: refused the connection\n");
  });

  test("keeps what it saw last when a look is cut short", async () => {
    const cut = nothing({ unprobed: 1 });
    const script = looks(
      () => nothing({ filtered: 1 }),
      () => cut,
    );
    const fake = interruptedAfter(1, { script });
    const { code, stderr } = fake.outcome(await run(["wait", at], fake.io));
    expect({ code, stderr }).toEqual({
      code: 130,
      stderr: "127.0.0.1:6379 is not there after 0 ms: no answer\n",
    });
  });

  test("does not say there of what was still being asked when the time was over", async () => {
    const open = service("http", { status: "unknown", port: 80, url: "http://127.0.0.1:80" });
    const script = (): DiscoveryEvent[] => [found(open), finished(inventory([open]))];
    const fake = interruptedAfter(0, { script });
    const { code, stderr } = fake.outcome(await run(["wait", "127.0.0.1:80"], fake.io));
    expect({ code, stderr }).toEqual({
      code: 130,
      stderr: "127.0.0.1:80 is not there after 0 ms: not seen in full in that time\n",
    });
  });

  test("says there of what was decided before the time was over, and of nothing later", async () => {
    const well = checked("healthy");
    const cutAfter = async (...seen: readonly Service[]): Promise<number> => {
      const fake = fakeIo({
        async *script() {
          yield* seen.map((one) => found(one));
          fake.interrupt("SIGINT");
          yield* [found(well), finished(inventory([well]))];
        },
      });
      return run(["wait", "127.0.0.1:80"], fake.io);
    };
    expect(await cutAfter(well)).toBe(0);
    expect(await cutAfter()).toBe(130);
    expect(await cutAfter(service("http", { url: "http://127.0.0.1:80" }))).toBe(130);
    expect(await cutAfter(redis)).toBe(0);
  });

  test("does not wait for those that are asked besides, once the usual one is there and well", async () => {
    let readOn = 0;
    const script: FakeOptions["script"] = async function* ({ ports, signal }) {
      if (String(ports).startsWith("6379")) {
        yield found(redis);
        readOn++;
      }
      if (signal?.aborted === false) await once(signal, "abort");
      yield* nothing();
    };
    expect(await discover(["wait", "redis"], { script })).toMatchObject({ code: 0 });
    expect(await discover(["wait", at], { script })).toMatchObject({ code: 0 });
    expect(readOn).toBe(0);
  });

  test("goes on for a moment where a better one may come, and names the best of all", async () => {
    const [usual, other] = [6379, 6380].map((port) => ({ ...redis, port, id: `redis@127.0.0.1:${port}` }));
    const both = [usual, other].filter((one) => one !== undefined);
    const script: FakeOptions["script"] = function* ({ ports }) {
      if (!String(ports).startsWith("6379")) return yield* nothing();
      yield* both.toReversed().map((one) => found(one));
      yield finished(inventory(both));
    };
    const { stdout } = await discover(["wait", "redis"], { script });
    expect(stdout).toBe("redis at 127.0.0.1:6379 is there: Redis 7.2.5, after 0 ms\n");
  });

  test("ends for a URL once it answered well, though nobody can say what answers", async () => {
    const { code, stdout } = await discover(["wait", "http://localhost/up"], { script: wellAndSlow });
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: "http://localhost:80/up is there: 200, said so, after 0 ms\n",
    });
  });

  test("prints nothing with --quiet", async () => {
    expect(await quietly(there)).toMatchObject({ code: 0, stdout: "", stderr: "" });
    expect(await quietly(nothing)).toMatchObject({ code: 1, stdout: "", stderr: "" });
  });

  test("says on a terminal what it waits for, and takes that away again", async () => {
    const given: FakeOptions = { script: looks(nothing, there), terminals: ["stderr"] };
    const { stdout, stderr } = await discover(["wait", at], given);
    expect(stdout).toBe("127.0.0.1:6379 is there: Redis 7.2.5, after 0 ms\n");
    expect(stderr).toBe(
      "\rwaiting for 127.0.0.1:6379 · 0 ms of 30.0 s · refused the connection\u001B[K\r\u001B[K",
    );
    const { stderr: none } = await discover(["wait", at, "--no-progress"], {
      script: looks(nothing, there),
      terminals: ["stderr"],
    });
    expect(none).toBe("");
  });

  test("escapes what strangers send", async () => {
    const evil = service("redis", { product: "Re\u001B[2Jdis\n" });
    const { stdout } = await discover(["wait", at], { script: () => [finished(inventory([evil]))] });
    expect(stdout).toContain("Re\\x1b[2Jdis\\n");
  });

  test("is ended by a signal, and leaves nobody listening", async () => {
    const fake = interruptedAfter(0, {});
    const code = await run(["wait", "redis"], fake.io);
    expect(code).toBe(130);
    expect(fake.listening()).toBe(0);
    expect(fake.outcome(code).options.every(({ signal }) => signal?.aborted === true)).toBe(true);
  });

  test("ends when nobody reads any more", async () => {
    const fake = fakeIo({
      script: () => {
        fake.closeStdout("EPIPE");
        return nothing();
      },
    });
    expect(await run(["wait", at], fake.io)).toBe(1);
  });
});

describe("a mistake", () => {
  test.each([
    [["wait"], "wait for what? redis, localhost:5432, http://localhost:8080/health"],
    [["wait", "redsi"], "redsi (argument 1): no such type — did you mean 'redis'?"],
    [["wait", at, "db:x"], "x (argument 2): a port is a number from 1 to 65535"],
    [["wait", "redis", "--range=10.0.0.0/33"], "10.0.0.0/33 (--range): an IPv4 prefix is 0 to 32"],
    [["wait", "redis", "--exclude=10.0.0.0/33"], "10.0.0.0/33 (--exclude): an IPv4 prefix is 0 to 32"],
    [["wait", "redis", "--ports=0"], "0 (--ports): a port is 1 to 65535"],
    [
      ["wait", "redis", "--timeout=soon"],
      "soon (--timeout): not a duration; 500ms, 2s, 1m and plain seconds are",
    ],
    [["wait", "redis", "--output=yaml"], "yaml (--output): no such format here; known are table, json"],
    [["wait", "redis", "--save=x.json"], "--save means nothing to 'discover wait'"],
  ])("is told before anything is looked at: %j", async (argv, message) => {
    const { code, stdout, stderr, options } = await discover(argv);
    expect({ code, stdout, stderr, options }).toEqual({
      code: 2,
      stdout: "",
      stderr: `discover: ${message}\n`,
      options: [],
    });
  });

  test.each([
    [
      new DiscoverError(
        "large-range",
        "the targets hold 70,000 addresses, and more than 65,536 need a yes first",
      ),
      "the targets hold 70,000 addresses: too many to look at again and again; name fewer",
    ],
    [
      new DiscoverError("no-target", "nothing left to look at: the exclusions take out the one address"),
      "nothing left to look at: the exclusions take out the one address",
    ],
  ])("that waiting will not mend ends it: %s", async (error, message) => {
    const script = (): never => {
      throw error;
    };
    const { code, stderr } = await discover(["wait", at], { script });
    expect({ code, stderr }).toEqual({ code: 2, stderr: `discover: ${message}\n` });
  });
});
