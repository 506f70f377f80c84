import addFormats from "ajv-formats";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";

import { run } from "../../src/cli/run.ts";
import { DiscoverError } from "../../src/model/errors.ts";
import type { WatchEvent, WatchOptions } from "../../src/model/watch.ts";
import { WATCH_SCHEMA } from "../../src/output/schema/watch-schema.ts";
import { type FakeOptions, type Outcome, discover, fakeIo, inventory, service } from "./fake-io.ts";

const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });
addFormats.default(ajv);
const isLine = ajv.compile(WATCH_SCHEMA);

const at = "2026-01-01T12:00:00.000Z";
const redis = service("redis", { id: "redis@h:1" });
const mysql = service("mysql", { id: "mysql@h:2", port: 2, category: "database" });

const appeared = (one = redis): WatchEvent => ({ event: "appeared", at, service: one });
const gone = (one = redis): WatchEvent => ({ event: "gone", at, service: one, reason: "refused" });
const changed = (one = redis, replaces: readonly string[] = []): WatchEvent => ({
  event: "changed",
  at,
  service: one,
  replaces,
  fields: ["version"],
});
const round = (services: number, complete = true): WatchEvent => ({
  event: "round",
  at,
  coverage: { ...inventory().coverage, complete },
  services,
});
const warning = (text: string): WatchEvent => ({ event: "warning", at, warning: text });

/** The events as lines, each by the published schema. */
function lines({ stdout }: Outcome): WatchEvent[] {
  return stdout
    .split("\n")
    .filter(Boolean)
    .map((line) => {
      const event: WatchEvent = JSON.parse(line);
      expect(isLine(event), ajv.errorsText(isLine.errors)).toBe(true);
      return event;
    });
}

const EVERY = [appeared(), appeared(mysql), round(2), changed(), gone(mysql), warning("odd"), round(1)];

function watching(argv: readonly string[], events: readonly WatchEvent[], more: FakeOptions = {}) {
  return discover(["watch", ...argv], { ...more, watched: () => events });
}

describe("on a pipe", () => {
  test("each event is a line of JSON by its schema, and warnings are told on standard error, too", async () => {
    const outcome = await watching([], EVERY);
    expect(lines(outcome)).toEqual(EVERY);
    expect(outcome).toMatchObject({ code: 0, stderr: "warning: odd\n", left: [] });
    expect(outcome.stdout).not.toContain("\u001B");
  });

  test("what a stranger sent is escaped, and stays what it was", async () => {
    const bad = service("redis", { name: "\u001B]0;x\u0007\u009B1m\u202E" });
    const outcome = await watching([], [appeared(bad), warning("\u009B2J")]);
    expect(lines(outcome)).toEqual([appeared(bad), warning("\u009B2J")]);
    expect(outcome.stdout + outcome.stderr).not.toMatch(/[\u001B\u009B\u202E\u0007]/);
  });

  test.each([[["--type=mysql"]], [["--category=database"]]])(
    "%j shows those that match, and what becomes of them",
    async (argv) => {
      const cache = service("redis", { id: "redis@h:2", port: 2 });
      const events = [
        appeared(),
        appeared(mysql),
        round(2),
        changed(),
        changed(cache, [mysql.id]),
        gone(),
        round(1),
        changed({ ...mysql, version: "9" }, ["unknown@h:2"]),
        gone(cache),
      ];
      expect(lines(await watching(argv, events))).toEqual([
        appeared(mysql),
        round(1),
        changed(cache, [mysql.id]),
        round(1),
        appeared({ ...mysql, version: "9" }),
        gone(cache),
      ]);
    },
  );

  test("lines are had on a terminal as well, where they are asked for or it cannot draw", async () => {
    const terminals = ["stdout", "stderr"] as const;
    expect(lines(await watching(["--output=ndjson"], EVERY, { terminals }))).toEqual(EVERY);
    expect(lines(await watching([], EVERY, { terminals, env: { TERM: "dumb" } }))).toEqual(EVERY);
  });
});

async function asked(argv: string[], env = {}): Promise<WatchOptions | undefined> {
  return (await watching(argv, [], { env })).options[0];
}

describe("what is asked for", () => {
  test("reaches the library", async () => {
    expect(await asked([])).toMatchObject({ intervalMs: 10_000, ports: "common" });
    expect(await asked([])).not.toHaveProperty("targets");
    const options = await asked(["10.0.0.1", "--interval=500ms", "--ports=22", "--deadline=3s"]);
    expect(options).toMatchObject({
      targets: [{ text: "10.0.0.1", where: "argument 1" }],
      intervalMs: 500,
      ports: "22",
      deadlineMs: 3_000,
    });
    expect(await asked([], { DISCOVERY_INTERVAL: "1m", DISCOVERY_OUTPUT: "json" })).toMatchObject({
      intervalMs: 60_000,
    });
  });

  test.each<[string[], string]>([
    [["watch", "--output=json"], "json (--output): no such format here; known are table, ndjson"],
    [["watch", "--output=table"], "a live table needs a terminal: without --output changes come as ndjson"],
    [["watch", "--save=a.json"], "--save means nothing to 'discover watch'"],
    [["watch", "--expect=redis"], "--expect means nothing to 'discover watch'"],
    [["watch", "--test"], "--test means nothing to 'discover watch'"],
    [["--interval=5s"], "--interval means nothing to 'discover'; it is for 'discover watch'"],
    [["watch", "--type=rediss"], "rediss (--type): no such type — did you mean 'redis'?"],
    [["watch", "--interval=10ms"], "10ms (--interval): at least 100ms"],
    [["watch", "--interval=5x"], "5x (--interval): no such unit; known are ms, s, m, h"],
  ])("is refused where it makes no sense: %j", async (argv, message) => {
    const outcome = await discover(argv);
    expect(outcome).toMatchObject({ code: 2, stdout: "", stderr: `discover: ${message}\n`, options: [] });
  });

  test("is refused by the library, too", async () => {
    const { code, stderr } = await discover(["watch"], {
      watched() {
        throw new DiscoverError("bad-target", "10.0.0.0/33: no");
      },
    });
    expect({ code, stderr }).toEqual({ code: 2, stderr: "discover: 10.0.0.0/33: no\n" });
  });
});

describe("the end", () => {
  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("by %s is told to the library, and exits with %d", async (signal, code) => {
    const fake = fakeIo({
      async *watched(options) {
        yield appeared();
        fake.interrupt(signal);
        expect(options.signal?.aborted).toBe(true);
      },
    });
    const outcome = fake.outcome(await run(["watch"], fake.io));
    expect(outcome).toMatchObject({ code, stderr: "", left: [] });
    expect(lines(outcome)).toEqual([appeared()]);
    expect(fake.listening()).toBe(0);
  });

  test("by a second signal leaves at once", async () => {
    const fake = fakeIo({
      async *watched() {
        fake.interrupt("SIGINT");
        fake.interrupt("SIGINT");
        yield* [];
      },
    });
    expect(fake.outcome(await run(["watch"], fake.io)).left).toEqual([130]);
  });

  test("comes quietly where nobody reads any more", async () => {
    const fake = fakeIo({
      async *watched({ signal }) {
        yield appeared();
        fake.closeStdout("EPIPE");
        expect(signal?.aborted).toBe(true);
      },
    });
    expect(fake.outcome(await run(["watch"], fake.io))).toMatchObject({ code: 0, stderr: "" });
  });
});

/** What stands on a screen after all that was written to it, as far as this command goes. */
function screenOf(written: string, height = 24): string[] {
  const screen = Array.from({ length: height }, () => "");
  let line = 0;
  // oxlint-disable-next-line no-control-regex -- these are what is written
  for (const [, text = "", row, code] of written.matchAll(
    /([^\u001B]*)(?:\u001B\[(?:(\d+);1H|(\d*[KJ]|\d+m)))?/g,
  )) {
    const shown = text.split("\n");
    line = Math.min(height - 1, line + shown.length - 1);
    if (text !== "" && shown.length === 1) screen[line] = text.padEnd(screen[line]?.length ?? 0);
    if (row !== undefined) line = Number(row) - 1;
    if (code === "K" && text !== "") screen[line] = text;
    if (code === "K" && text === "") screen[line] = "";
    if (code === "J") screen.fill("", line);
  }
  return screen.map((one) => one.trimEnd());
}

/** Lets the screen be drawn before each event and after the last. */
async function* drawn(events: readonly WatchEvent[]): AsyncGenerator<WatchEvent> {
  for (const event of events) {
    await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
    yield event;
  }
}

/** What was written to the terminal for each picture of it. */
async function drawings(watched: NonNullable<FakeOptions["watched"]>): Promise<string[]> {
  const terminals = ["stdout", "stderr"] as const;
  const { stdout } = await discover(["watch", "--no-color"], { terminals, watched });
  return stdout.split("\u001B[J").slice(0, -1);
}

describe("on a terminal", () => {
  const terminals = ["stdout", "stderr"] as const;
  const shown = async (events: readonly WatchEvent[], argv: string[] = []): Promise<string[]> => {
    const watched = (): AsyncIterable<WatchEvent> => drawn(events);
    const { stdout } = await discover(["watch", "--no-color", ...argv], { terminals, watched });
    return screenOf(stdout).join("\n").trimEnd().split("\n");
  };

  test("a table stands, with marks on what is new since the first round", async () => {
    const events = [appeared(), round(1), appeared(mysql)];
    expect(await shown(events)).toEqual([
      expect.stringMatching(/^2 services · round 1 at \d\d:00:00 · last change \d\d:00:00 · Ctrl-C ends$/),
      "",
      "   SERVICE  ADDRESS      STATUS   DETAILS",
      "   redis    127.0.0.1:1  healthy",
      "+  mysql    127.0.0.1:2  healthy",
    ]);
  });

  test("it says what changed, what is gone and why, and forgets it after a while", async () => {
    const events = [appeared(), appeared(mysql), round(2), changed({ ...redis, version: "8" }), gone(mysql)];
    const table = (await shown(events)).slice(2);
    expect(table).toEqual([
      "   SERVICE  ADDRESS      STATUS   DETAILS",
      "~  redis 8  127.0.0.1:1  healthy  changed: version",
      "-  mysql    127.0.0.1:2  gone     refused",
    ]);
    expect((await shown([...events, round(1)])).slice(2)).toEqual(table);
    expect((await shown([...events, round(1), round(1)])).slice(2)).toEqual([
      "   SERVICE  ADDRESS      STATUS   DETAILS",
      "   redis 8  127.0.0.1:1  healthy",
    ]);
  });

  test("what a service replaces is taken away, and what is gone in the first round leaves no trace", async () => {
    const unknown = service("unknown", { id: "unknown@h:1" });
    const events = [appeared(unknown), changed(redis, [unknown.id]), appeared(mysql), gone(mysql)];
    expect((await shown(events)).slice(3)).toEqual(["   redis    127.0.0.1:1  healthy"]);
    expect(await shown([gone()])).toEqual([
      expect.stringMatching(/^0 services · first round/),
      "",
      "nothing found yet",
    ]);
    expect((await shown([round(0)])).slice(2)).toEqual(["nothing found"]);
  });

  test("no line is wider than it or below it, and what is marked stays", async () => {
    const many = Array.from({ length: 50 }, (_, index) =>
      service("redis", {
        id: `redis@h:${index + 1}`,
        port: index + 1,
        name: "a name that goes on and on ".repeat(9),
      }),
    );
    const last = many.at(-1) ?? redis;
    const lined = await shown([...many.map(appeared), round(50), changed(last)]);
    expect(lined).toHaveLength(23);
    expect(lined.every((line) => line.length < 80)).toBe(true);
    expect(lined.slice(-2)).toEqual([
      expect.stringMatching(/^~ {2}redis {4}127\.0\.0\.1:50 /),
      "… and 31 more: a taller window shows them",
    ]);
  });

  test("warnings stand below it, and not on standard error", async () => {
    const events = [appeared(), warning("\u001B[2Jodd"), warning("odder"), round(1, false)];
    const { stdout, stderr } = await discover(["watch", "--no-color"], {
      terminals,
      watched: () => drawn(events),
    });
    expect(stderr).toBe("");
    expect(screenOf(stdout).filter(Boolean).slice(-3)).toEqual([
      "warning: \\x1b[2Jodd",
      "warning: odder",
      "incomplete: not everything was looked at",
    ]);
  });

  test("what a stranger calls itself moves no cursor", async () => {
    const bad = service("redis", { name: "\u001B[2J\n\u202E", product: "\u009B1m" });
    const { stdout } = await discover(["watch"], { terminals, watched: () => drawn([appeared(bad)]) });
    expect(stdout).toContain("\\x1b[2J\\n\\u{202e}");
    expect(stdout).not.toMatch(/\u001B\[2J|\u202E|\u009B/);
  });

  test("only lines that differ are written, and what comes at once is drawn once", async () => {
    const [, , third = ""] = await drawings(() => drawn([appeared(), appeared(mysql)]));
    expect(third).toContain("mysql");
    expect(third).not.toContain("redis");
    expect(await drawings(() => [appeared(), appeared(mysql), round(2)])).toHaveLength(1);
    const talking = await drawings(async function* ({ onDebug }) {
      for await (const event of drawn([appeared(), appeared(mysql)])) {
        onDebug?.("nobody asked");
        yield event;
      }
    });
    expect(talking[2]).not.toContain("redis");
  });

  test("the last table stays, the cursor below it", async () => {
    const fake = fakeIo({
      terminals,
      async *watched() {
        yield* drawn([appeared(), round(1)]);
        fake.interrupt("SIGINT");
      },
    });
    const { code, stdout } = fake.outcome(await run(["watch", "--no-color"], fake.io));
    expect(code).toBe(130);
    expect(screenOf(stdout)).toContain("   redis    127.0.0.1:1  healthy");
    expect(stdout.endsWith("\u001B[5;1H\u001B[J")).toBe(true);
  });

  test("colours are had as in a scan", async () => {
    const events = [appeared(), round(1), gone()];
    const colored = await discover(["watch"], { terminals, watched: () => drawn(events) });
    expect(colored.stdout).toContain("\u001B[31m-\u001B[0m");
    const plain = await discover(["watch"], {
      terminals,
      watched: () => drawn(events),
      env: { NO_COLOR: "1" },
    });
    expect(plain.stdout).not.toContain("\u001B[31m");
  });

  test("a large range is asked for below it", async () => {
    const size = { addresses: 131_072, probes: 131_072, fastestMs: 1_000, slowestMs: 2_000 };
    const outcome = await discover(["watch", "10.0.0.0/15"], {
      terminals: ["stdin", "stdout", "stderr"],
      stdin: "y\n",
      async *watched({ allowLarge }) {
        if (typeof allowLarge !== "function" || !(await allowLarge(size))) throw new Error("not allowed");
        yield appeared();
      },
    });
    expect(outcome).toMatchObject({ code: 0, stderr: expect.stringContaining("[y/N]") });
  });
});
