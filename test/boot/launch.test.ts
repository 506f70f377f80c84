import { spawnSync } from "node:child_process";
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { type Launched, isGate, launch } from "../../src/boot/launch.ts";
import { lastLines, lastWords, lastWordsOf, logTail } from "../../src/boot/log.ts";
import { isThere } from "../../src/disk/owner.ts";

let folder: string;
let output: number;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sonde-launch-"));
  output = openSync(join(folder, "log"), "a");
});
afterEach(() => {
  closeSync(output);
  rmSync(folder, { recursive: true, force: true });
});

const env = { PATH: process.env["PATH"] };
const log = (): string => readFileSync(join(folder, "log"), "utf8");

async function ended(launched: Launched): Promise<void> {
  if (launched.exit() !== undefined) return;
  await new Promise((resolve) => launched.ended.addEventListener("abort", resolve));
}

describe("a program that is launched", () => {
  test("does not run before it is let, and is the same process then", async () => {
    const launched = await launch(["sh", "-c", 'echo "$$" "$0" "$@"', "a b", "$HOME", "'"], {
      cwd: folder,
      env,
      output,
      mark: 2 ** 48 + 1,
    });
    const { owner } = launched;
    expect(isThere(owner)).toBe(true);
    expect(isGate(owner?.pid ?? 0)).toBe(true);
    expect(log()).toBe("");
    launched.release();
    await ended(launched);
    expect(launched.exit()).toEqual({ code: 0, signal: null });
    expect(log()).toBe(`${owner?.pid} a b $HOME '\n`);
  });

  test("reads nothing, and has nothing open but its log", async () => {
    const launched = await launch(["sh", "-c", "cat; ls /proc/self/fd"], {
      cwd: folder,
      env,
      output,
      mark: 2 ** 48 + 1,
    });
    launched.release();
    await ended(launched);
    // What any program has that is started here: whoever runs the tests may have left it something.
    expect(log()).toBe(spawnSync("sh", ["-c", "ls /proc/self/fd"], { env, encoding: "utf8" }).stdout);
  });

  test("is never run where it is dismissed", async () => {
    const launched = await launch(["touch", "was-run"], { cwd: folder, env, output, mark: 2 ** 48 + 1 });
    launched.dismiss();
    await ended(launched);
    expect(launched.exit()).toEqual({ code: 125, signal: null });
    expect(existsSync(join(folder, "was-run"))).toBe(false);
  });
});

describe("the end of a log", () => {
  test("is bounded in lines and in what a line may hold", () => {
    const lines = Array.from({ length: 1_000 }, (_, at) => `${at} ${"x".repeat(2_000)}`);
    const tail = lastLines(lines.join("\r\n\n"));
    expect(tail).toHaveLength(10);
    expect(tail.at(-1)).toMatch(/^999 x+$/);
    expect(tail.every((line) => line.length === 500)).toBe(true);
  });

  test.each([
    [[], ""],
    [["begun", "  done"], ": done"],
    [["TypeError: no such thing", "    at there", "", "Node.js v20"], ": TypeError: no such thing"],
  ])("tells what went wrong: %j", (tail, words) => {
    expect(lastWords(tail)).toBe(words);
  });

  test("tells what went wrong before a long trace of where", () => {
    const trace = Array.from({ length: 30 }, (_, at) => `    at somewhere (${at}.js:1:1)`);
    const log = join(folder, "trace.log");
    writeFileSync(log, ["TypeError: no such thing", ...trace, "}", "Node.js v20"].join("\n"));
    expect(lastWordsOf(log)).toBe(": TypeError: no such thing");
    expect(logTail(log)).toHaveLength(10);
  });

  test("is empty where there is none", () => {
    expect(logTail(null)).toEqual([]);
    expect(logTail(join(folder, "nothing"))).toEqual([]);
    expect(logTail(join(folder, "log"))).toEqual([]);
  });
});
