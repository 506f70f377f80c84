import {
  lstatSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { deflateRawSync } from "node:zlib";

import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import type { Observation } from "../../src/model/observation.ts";
import type { Scope, SweptEndpoint } from "../../src/model/strategy.ts";
import { Checkpoint } from "../../src/run/checkpoint/checkpoint.ts";
import { Journal } from "../../src/run/checkpoint/journal.ts";
import { isMark, lineText, parseLine } from "../../src/run/checkpoint/lines.ts";
import type { Portion } from "../../src/scan/deal.ts";
import type { StretchMark } from "../../src/scan/stretch.ts";
import type { SweepMark } from "../../src/scan/sweep.ts";
import { noCounts } from "../../src/scan/tally.ts";
import { makeFifo } from "../cli/fifo.ts";
import { scopeOf } from "../scan/fake-net.ts";

let folder = "";
let file = "";

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "sonde-checkpoint-"));
  file = path.join(folder, "run.checkpoint");
});

afterEach(() => rmSync(folder, { recursive: true }));

const SCOPE: Scope = { ...scopeOf({ hosts: 4, ports: [22, 80] }), strategies: ["tcp"] };

function openAt(port: number): SweptEndpoint {
  return { endpoint: { address: "10.0.0.1", port, transport: "tcp" }, outcome: "open", latencyMs: 1.5 };
}

function observationAt(port: number): Observation {
  const { endpoint, outcome } = openAt(port);
  return { strategy: "tcp", at: 1_700_000_000_000, endpoint, outcome };
}

/** Enough for any mark of these tests. */
const ROOM = 2 ** 20;

const PORTION = {
  firstHost: 1,
  hosts: 2,
  firstPort: 0,
  ports: 2,
  counts: { ...noCounts(), open: 1, closed: 2 },
  mark: {
    settled: Uint8Array.of(0b0000_0111),
    silent: Uint8Array.of(0b0000_1000),
    alive: Uint8Array.of(0b01),
  },
};

const MARK: SweepMark = {
  place: { host: 4, port: 0 },
  portions: [PORTION],
  done: { ...noCounts(), filtered: 4 },
};

interface Kept {
  readonly checkpoint: Checkpoint;
  readonly warnings: string[];
}

async function opened(scope = SCOPE, readers = 1): Promise<Kept> {
  const warnings: string[] = [];
  const checkpoint = await Checkpoint.open(file, scope, readers, (warning) => warnings.push(warning));
  return { checkpoint, warnings };
}

/** How much an earlier run has told. */
function found({ checkpoint: { from, observations } }: Kept): number {
  return (from?.open.length ?? 0) + observations.length;
}

function linesOf(): string[] {
  return readFileSync(file, "utf8").trimEnd().split("\n");
}

describe("a line of a checkpoint", () => {
  test("of every kind is read as it was written", () => {
    const lines = [
      { open: openAt(22) },
      { observed: observationAt(22) },
      { done: "10.0.0.1:22" },
      { mark: MARK },
    ];
    for (const line of lines) expect(parseLine(lineText(line), ROOM)).toEqual(line);
    expect(lines.map((line) => isMark(lineText(line)))).toEqual([false, false, false, true]);
  });

  test("with a mark is read as it was written, whatever is in it", () => {
    const whole = fc.nat(2 ** 31);
    const counts = fc.record({
      open: whole,
      closed: whole,
      filtered: whole,
      unreachable: whole,
      failed: whole,
      skipped: whole,
    });
    const bits = fc.uint8Array({ maxLength: 40 });
    const stretch = fc.record({ settled: bits, silent: bits, alive: bits });
    const place = { firstHost: whole, hosts: whole, firstPort: whole, ports: whole };
    const portion = fc.record(
      { ...place, counts, mark: stretch },
      { requiredKeys: ["firstHost", "hosts", "firstPort", "ports"] },
    );
    const mark = fc.record({
      place: fc.record({ host: whole, port: whole }),
      done: counts,
      portions: fc.array(portion, { maxLength: 5 }),
    });
    fc.assert(
      fc.property(mark, (one) => {
        expect(parseLine(lineText({ mark: one }), ROOM)).toEqual({ mark: one });
      }),
    );
  });

  test.each([
    "",
    "{",
    "[]",
    "null",
    "{}",
    '{"open":{}}',
    '{"open":{"endpoint":{"address":"nowhere","port":1,"transport":"tcp"},"outcome":"open"}}',
    '{"observed":7}',
    '{"mark":"!"}',
    `{"mark":"${Buffer.from("{}").toString("base64")}"}`,
  ])("is refused where it is none: %s", (text) => {
    expect(() => parseLine(text, ROOM)).toThrow();
  });
});

describe("a journal", () => {
  test("is not read beyond the last whole line", async () => {
    writeFileSync(file, "one\ntwo\nthr");
    expect(await new Journal(file, (lines) => [...lines]).read()).toEqual(["one", "two"]);
  });

  test("that is not there is nothing, and no fault", async () => {
    expect(await new Journal(file, (lines) => [...lines]).read()).toBeUndefined();
  });

  test("is written anew when it has grown by much, with what is wanted", async () => {
    const journal = new Journal(file, (lines) => lines.filter((line) => line.startsWith("keep")));
    await journal.write(["keep 1"]);
    await journal.append([`drop ${"x".repeat(9 * 2 ** 20)}`, "keep 2"]);
    await journal.append(["keep 3"]);
    await journal.close();
    expect(linesOf()).toEqual(["keep 1", "keep 2", "keep 3"]);
    expect(readdirSync(folder)).toEqual(["run.checkpoint"]);
  });

  test("is not written anew where another one has its name by then", async () => {
    const journal = new Journal(file, (lines) => [...lines]);
    await journal.write(["one"]);
    rmSync(file);
    writeFileSync(file, "another\n");
    await expect(journal.append(["x".repeat(9 * 2 ** 20)])).rejects.toMatchObject({ code: "file" });
    await journal.remove();
    expect(linesOf()).toEqual(["another"]);
  });

  test("that two begin at once is made by one of them, and the other is told", async () => {
    const [one, other] = [0, 1].map(() => new Journal(file, (lines) => [...lines]));
    expect([await one?.read(), await other?.read()]).toEqual([undefined, undefined]);
    await one?.write(["one"]);
    await expect(other?.write(["other"])).rejects.toMatchObject({
      code: "file",
      message: `checkpoint ${file} is being written by another process`,
    });
    expect(linesOf()).toEqual(["one"]);
    expect(readdirSync(folder)).toEqual(["run.checkpoint"]);
    await other?.remove();
    expect(linesOf()).toEqual(["one"]);
    await one?.remove();
    expect(readdirSync(folder)).toEqual([]);
  });

  test.each(["there", "not there"])("behind a link is the file that it leads to: %s", async (what) => {
    const behind = path.join(folder, "behind");
    if (what === "there") writeFileSync(behind, "old\n");
    symlinkSync("behind", file);
    const journal = new Journal(file, (lines) => [...lines]);
    expect(await journal.read()).toEqual(what === "there" ? ["old"] : undefined);
    await journal.write(["new"]);
    expect(lstatSync(behind).isFile()).toBe(true);
    expect([readlinkSync(file), readFileSync(behind, "utf8")]).toEqual(["behind", "new\n"]);
    await journal.remove();
    expect(readdirSync(folder)).toEqual(["run.checkpoint"]);
  });

  test("leaves what is there, and nothing beside it, where it cannot be written", async () => {
    const journal = new Journal(path.join(folder, "nowhere", "file"), (lines) => [...lines]);
    await expect(journal.write(["x"])).rejects.toMatchObject({
      code: "file",
      message: expect.stringContaining("no such file"),
    });
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe("a checkpoint", () => {
  test("is taken away when its run has come to its end", async () => {
    const { checkpoint } = await opened();
    expect(linesOf()).toHaveLength(1);
    await checkpoint.close(true);
    expect(readdirSync(folder)).toEqual([]);
  });

  test("tells the next run of everything: what was found, seen and done with, and how far it was", async () => {
    const first = await opened();
    first.checkpoint.began(() => Promise.resolve(MARK));
    first.checkpoint.told(openAt(22));
    first.checkpoint.told(openAt(80));
    first.checkpoint.observed(observationAt(22));
    first.checkpoint.done(openAt(22).endpoint);
    await first.checkpoint.close(false);

    const { checkpoint, warnings } = await opened();
    expect(checkpoint.observations).toEqual([observationAt(22)]);
    expect(checkpoint.from?.mark).toEqual(MARK);
    expect(checkpoint.from?.open).toEqual([openAt(22), openAt(80)]);
    expect(checkpoint.from?.isDone(openAt(22).endpoint)).toBe(true);
    expect(checkpoint.from?.isDone(openAt(80).endpoint)).toBe(false);
    expect(warnings).toEqual([`goes on from checkpoint ${file}: 7 of 8 endpoints were done with before`]);
    await checkpoint.close(true);
  });

  test("counts an endpoint as done with when all have done with it", async () => {
    const first = await opened(SCOPE, 2);
    first.checkpoint.began(() => Promise.resolve(MARK));
    first.checkpoint.done(openAt(22).endpoint);
    first.checkpoint.done(openAt(80).endpoint);
    first.checkpoint.done(openAt(80).endpoint);
    await first.checkpoint.close(false);
    const { checkpoint } = await opened(SCOPE, 2);
    expect(checkpoint.from?.isDone(openAt(22).endpoint)).toBe(false);
    expect(checkpoint.from?.isDone(openAt(80).endpoint)).toBe(true);
    await checkpoint.close(true);
  });

  test("keeps one mark only from run to run, and what was written before", async () => {
    for (let run = 0; run < 3; run++) {
      const { checkpoint } = await opened();
      checkpoint.began(() => Promise.resolve(MARK));
      checkpoint.told(openAt(1_000 + run));
      await checkpoint.close(false);
    }
    const { checkpoint } = await opened();
    expect(checkpoint.from?.open.map(({ endpoint }) => endpoint.port)).toEqual([1_000, 1_001, 1_002]);
    expect(linesOf().filter(isMark)).toHaveLength(1);
    await checkpoint.close(true);
  });

  test("is read to its last whole line where the run was killed in the middle of one", async () => {
    const first = await opened();
    first.checkpoint.began(() => Promise.resolve(MARK));
    first.checkpoint.told(openAt(22));
    await first.checkpoint.close(false);
    writeFileSync(file, `${readFileSync(file, "utf8")}${lineText({ open: openAt(80) }).slice(0, 20)}`);
    const { checkpoint } = await opened();
    expect(checkpoint.from?.open).toEqual([openAt(22)]);
    await checkpoint.close(true);
  });

  test("says once that it is not kept where its file cannot be written any more, and lets the run be", async () => {
    const { checkpoint, warnings } = await opened();
    checkpoint.began(() => Promise.reject(new Error("no account")));
    await checkpoint.close(false);
    expect(warnings).toEqual(["the checkpoint is not kept: no account"]);
  });

  test("that could not be written once is left as it is, and grows no more", async () => {
    const { checkpoint, warnings } = await opened();
    const before = readFileSync(file, "utf8");
    const append = vi.spyOn(Journal.prototype, "append").mockRejectedValueOnce(new Error("disk full"));
    try {
      checkpoint.began(() => Promise.resolve(MARK));
      checkpoint.told(openAt(22));
      checkpoint.done(openAt(22).endpoint);
      await checkpoint.close(false);
      expect(append).toHaveBeenCalledTimes(1);
    } finally {
      append.mockRestore();
    }
    expect(readFileSync(file, "utf8")).toBe(before);
    expect(warnings).toEqual(["the checkpoint is not kept: disk full"]);
  });

  test("goes into an empty file", async () => {
    writeFileSync(file, "");
    const { checkpoint, warnings } = await opened();
    expect({ from: checkpoint.from, warnings }).toEqual({ from: undefined, warnings: [] });
    expect(linesOf()).toHaveLength(1);
    await checkpoint.close(true);
  });

  test.runIf(process.platform === "linux")("is refused where there is a FIFO or a device", async () => {
    makeFifo(file);
    await expect(opened()).rejects.toMatchObject({
      code: "file",
      message: expect.stringContaining("no file"),
    });
    rmSync(file);
    symlinkSync("/dev/zero", file);
    await expect(opened()).rejects.toMatchObject({
      code: "file",
      message: `cannot read checkpoint ${file}: it is no file`,
    });
  });

  test.each([
    ["its targets were", { ...SCOPE, targets: { ...SCOPE.targets, labels: ["10.9.9.9"] } }],
    ["stood for other addresses", { ...SCOPE, targets: { ...SCOPE.targets, ranges: [] } }],
    ["other ports", { ...SCOPE, ports: [22] }],
    ['its strategies were "tcp"', { ...SCOPE, strategies: ["tcp", "http"] }],
    ["without --sparse", { ...SCOPE, sparse: true }],
    ["with --no-identify", { ...SCOPE, identify: true }],
  ])("of another run is refused, and left as it is: %s", async (words, other) => {
    const first = await opened();
    await first.checkpoint.close(false);
    const before = readFileSync(file, "utf8");
    await expect(opened(other)).rejects.toMatchObject({
      code: "bad-checkpoint",
      message: expect.stringContaining(words),
    });
    expect(readFileSync(file, "utf8")).toBe(before);
  });

  test.each([
    ["hello", "is no checkpoint"],
    ["hello\n", "is no checkpoint"],
    ['{"a":1}\n', "is no checkpoint"],
    ['{"sonde":"checkpoint","version":2}\n', "version 2"],
  ])("that is none is refused, and left as it is: %j", async (text, words) => {
    writeFileSync(file, text);
    await expect(opened()).rejects.toMatchObject({
      code: "bad-checkpoint",
      message: expect.stringContaining(words),
    });
    expect(readFileSync(file, "utf8")).toBe(text);
  });

  test("with a broken line is refused, and the line named", async () => {
    const first = await opened();
    await first.checkpoint.close(false);
    writeFileSync(file, `${readFileSync(file, "utf8")}{"done":"x"}\n{"open":\n`);
    await expect(opened()).rejects.toMatchObject({
      code: "bad-checkpoint",
      message: `checkpoint ${file} is damaged at line 3: it is no JSON; remove it to begin anew`,
    });
  });

  const { mark: bits, ...unmarked } = PORTION;
  const whole: Portion = PORTION;
  const withBits = (more: Partial<StretchMark>): Partial<SweepMark> => ({
    portions: [{ ...whole, mark: { ...bits, ...more } }],
  });
  test.each<[string, Partial<SweepMark>]>([
    ["its place is not in the field", { place: { host: 5, port: 0 } }],
    ["its place is not in the field", { place: { host: 1, port: 1 } }],
    ["its place is not in the field", { place: { host: 0, port: 2 } }],
    ["its counts do not add up", { done: { ...MARK.done, open: 1 } }],
    ["its counts do not add up", { place: { host: 3, port: 0 } }],
    ["its counts do not add up", { portions: [] }],
    ["two portions have probes in common", { portions: [whole, { ...whole, firstHost: 2 }] }],
    ["it has 8193 portions", { portions: Array.from({ length: 8_193 }, () => whole) }],
    ["a portion has 0 probes", { portions: [{ ...whole, hosts: 0 }] }],
    ["a portion has 1000000000000 probes", { portions: [{ ...whole, hosts: 1e6, ports: 1e6 }] }],
    ["a portion is not in what was dealt", { portions: [{ ...whole, firstHost: 3 }] }],
    ["a portion is not in what was dealt", { portions: [{ ...whole, firstPort: 1 }] }],
    ["a portion has counts and no bits", { portions: [unmarked] }],
    ["a portion has other counts than bits", { portions: [{ ...whole, counts: noCounts() }] }],
    ["a portion has bits of another size", withBits({ settled: new Uint8Array(2) })],
    ["a portion has bits of another size", withBits({ settled: Uint8Array.of(0b0001_0011) })],
    ["a portion has bits of another size", withBits({ silent: new Uint8Array(0) })],
    ["a portion has bits of another size", withBits({ alive: Uint8Array.of(0b100) })],
  ])("with a mark that no sweep comes to is refused: %s, %j", async (why, more) => {
    const first = await opened();
    first.checkpoint.began(() => Promise.resolve({ ...MARK, ...more }));
    await first.checkpoint.close(false);
    const at = linesOf().findLastIndex(isMark) + 1;
    await expect(opened()).rejects.toMatchObject({
      code: "bad-checkpoint",
      message: `checkpoint ${file} is damaged at line ${at}: ${why}; remove it to begin anew`,
    });
  });

  test("with a mark that is a bomb is refused", async () => {
    const first = await opened();
    await first.checkpoint.close(false);
    const bomb = deflateRawSync(Buffer.alloc(2 ** 26, " ")).toString("base64");
    writeFileSync(file, `${readFileSync(file, "utf8")}{"mark":"${bomb}"}\n`);
    await expect(opened()).rejects.toMatchObject({
      code: "bad-checkpoint",
      message: expect.stringContaining("line 2: what is packed in it is broken, or too long"),
    });
  });

  const elsewhere = { ...openAt(22), endpoint: { ...openAt(22).endpoint, address: "192.0.2.1" } };
  const foreign = [{ open: elsewhere }, { observed: { ...observationAt(22), ...elsewhere } }];
  /** Goes on from a checkpoint of `scope` with what was found elsewhere. */
  async function withForeign(line: (typeof foreign)[number], scope: Scope, then = scope): Promise<Kept> {
    const first = await opened(scope);
    first.checkpoint.began(() => Promise.resolve(MARK));
    await first.checkpoint.close(false);
    const [header, ...rest] = linesOf();
    writeFileSync(file, `${[header, lineText(line), ...rest].join("\n")}\n`);
    return opened(then);
  }
  test.each(foreign)("that tells of a host that is no target is refused: %j", async (line) => {
    await expect(withForeign(line, SCOPE)).rejects.toMatchObject({
      code: "bad-checkpoint",
      message: `checkpoint ${file} is damaged at line 2: 192.0.2.1 is none of the targets; remove it to begin anew`,
    });
  });

  test.each(foreign)("may tell of where this machine listens, as long as it does: %j", async (line) => {
    const scope = { ...SCOPE, targets: { ...SCOPE.targets, labels: ["localhost"] } };
    const listening = { ...scope, extra: [elsewhere.endpoint] };
    expect(found(await withForeign(line, listening))).toBe(1);
    rmSync(file);
    expect(found(await withForeign(line, listening, scope))).toBe(0);
  });

  test.each(foreign)("may tell of what others announce: %j", async (line) => {
    expect(found(await withForeign(line, { ...SCOPE, strategies: ["tcp", "mdns"] }))).toBe(1);
  });

  test.runIf(process.platform === "linux")("that another process is at is refused", async () => {
    const first = await opened();
    await first.checkpoint.close(false);
    const since = readFileSync(`/proc/${process.ppid}/stat`, "utf8").split(") ").at(-1)?.split(" ")[19];
    const [header = "", ...rest] = linesOf();
    const owned = { ...JSON.parse(header), owner: { pid: process.ppid, since } };
    writeFileSync(file, `${[JSON.stringify(owned), ...rest].join("\n")}\n`);
    await expect(opened()).rejects.toMatchObject({
      code: "file",
      message: expect.stringContaining(`process ${process.ppid}`),
    });
  });

  test("is refused where there is a folder of its name", async () => {
    file = folder;
    await expect(opened()).rejects.toMatchObject({
      code: "file",
      message: expect.stringContaining("directory"),
    });
  });
});
