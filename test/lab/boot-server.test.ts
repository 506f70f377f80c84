import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

import { describe, expect, test, vi } from "vitest";

import { killAll } from "./processes.ts";

const BOOT_SERVER = fileURLToPath(new URL("boot-server.js", import.meta.url));
const PATIENCE = { timeout: 20_000, interval: 10 };
const HOUR_MS = "3600000";

/** A boot server that a test has started; ends with the test. */
class Started implements AsyncDisposable {
  readonly child: ChildProcess;
  readonly argv: readonly string[];
  /** Its exit status and the signal that ended it. */
  readonly exit: Promise<unknown[]>;
  printed = "";

  constructor(...argv: string[]) {
    this.argv = argv;
    this.child = spawn(process.execPath, [BOOT_SERVER, ...argv], { stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => (this.printed += text));
    }
    // Not `exit`: by then not all that it printed has come.
    this.exit = once(this.child, "close");
  }

  async said(what: RegExp): Promise<RegExpExecArray> {
    return vi.waitFor(() => {
      const match = what.exec(this.printed);
      if (match === null) throw new Error(`it printed ${JSON.stringify(this.printed)}`);
      return match;
    }, PATIENCE);
  }

  async get(path: string): Promise<{ code: number; answer: unknown }> {
    const [, url = ""] = await this.said(/^listening at (\S+)$/m);
    const response = await fetch(new URL(path, url));
    return { code: response.status, answer: await response.json() };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.child.kill("SIGKILL");
    await this.exit;
  }
}

describe("a boot server", () => {
  test.each([
    ["127.0.0.1", /^http:\/\/127\.0\.0\.1:\d+\/$/] as const,
    ["::1", /^http:\/\/\[::1\]:\d+\/$/] as const,
  ])("answers at %s, naming itself, its pid and its arguments", async (host, url) => {
    await using server = new Started("--name", "api", "--host", host, "--port", "0");
    const answer = { name: "api", pid: server.child.pid, argv: server.argv, status: "ok" };
    expect(await server.get("/")).toEqual({ code: 200, answer });
    expect(await server.get("/health")).toEqual({ code: 200, answer });
    expect(await server.get("/elsewhere")).toMatchObject({ code: 404 });
    expect((await server.said(/^listening at (\S+)$/m))[1]).toMatch(url);
  });

  test("is not well before its time, though it answers", async () => {
    await using server = new Started("--port", "0", "--health-after", HOUR_MS);
    expect(await server.get("/health")).toMatchObject({ code: 503, answer: { status: "starting" } });
    expect(await server.get("/")).toMatchObject({ code: 200, answer: { status: "starting" } });
  });

  test("becomes well, and stays so", async () => {
    await using server = new Started("--port", "0", "--health-after", "200");
    await vi.waitFor(async () => expect(await server.get("/health")).toMatchObject({ code: 200 }), PATIENCE);
    expect(await server.get("/health")).toMatchObject({ code: 200, answer: { status: "ok" } });
  });

  test("ends by itself, with the status that it was told", async () => {
    await using told = new Started("--port", "0", "--exit-after", "1", "--code", "7");
    await using untold = new Started("--never-listen", "--exit-after", "1");
    expect(await Promise.all([told.exit, untold.exit])).toEqual([
      [7, null],
      [1, null],
    ]);
  });

  test("ends at SIGTERM, with 0", async () => {
    await using server = new Started("--port", "0");
    await server.get("/");
    server.child.kill("SIGTERM");
    expect(await server.exit).toEqual([0, null]);
  });

  test("goes on after SIGTERM where it is told to ignore it", async () => {
    await using server = new Started("--port", "0", "--ignore-term");
    await server.get("/");
    server.child.kill("SIGTERM");
    await server.said(/^SIGTERM, ignored$/m);
    expect(await server.get("/health")).toMatchObject({ code: 200 });
    server.child.kill("SIGKILL");
    expect(await server.exit).toEqual([null, "SIGKILL"]);
  });

  test("goes on as another process where it daemonizes, in a session of its own", async () => {
    await using server = new Started("--daemonize", "--port", "0", "--exit-after", "60000");
    await vi.waitFor(() => expect(server.child.exitCode).toBe(0), PATIENCE);
    const { answer } = await server.get("/");
    expect(answer).toEqual({
      name: "boot-server",
      pid: expect.any(Number),
      argv: ["--port", "0", "--exit-after", "60000"],
      status: "ok",
    });
    const pid = pidIn(answer);
    expect(pid).not.toBe(server.child.pid);
    // A session's first process has its group's number for its own: the group is there to be signalled.
    expect(process.kill(-pid, 0)).toBe(true);
    await killAll([pid]);
    await expect(server.get("/")).rejects.toThrow("fetch failed");
  });

  test("runs without listening where it is told so", async () => {
    await using server = new Started("--never-listen", "--port", "18099");
    await server.said(/^running, and not listening$/m);
    await expect(fetch("http://127.0.0.1:18099/")).rejects.toMatchObject({ cause: { code: "ECONNREFUSED" } });
    expect(server.child.exitCode).toBeNull();
  });

  test("prints its lines as they are, before it listens", async () => {
    await using server = new Started(
      "--log-line",
      "a \u001B[31m line",
      "--log-line",
      "and one more",
      "--port",
      "0",
    );
    await server.said(/^listening/m);
    expect(server.printed).toMatch(/^a \u001B\[31m line\nand one more\nlistening at .+\n$/);
  });

  test("says that it cannot have a port, and ends with 1", async () => {
    await using first = new Started("--port", "0");
    const [, port = ""] = await first.said(/:(\d+)\/$/m);
    await using second = new Started("--port", port);
    expect(await second.exit).toEqual([1, null]);
    expect(second.printed).toMatch(/^cannot listen: .*EADDRINUSE/);
  });

  test.each([
    [["--prot", "1"], "--prot"],
    [["--port", "soon"], '--port takes a number, not "soon"'],
    [[], "--port N is missing"],
  ])("does not start with flags that it does not understand: %j", async (argv, why) => {
    await using server = new Started(...argv);
    expect(await server.exit).toEqual([2, null]);
    expect(server.printed).toContain(why);
  });
});

function pidIn(answer: unknown): number {
  if (typeof answer === "object" && answer !== null && "pid" in answer && typeof answer.pid === "number")
    return answer.pid;
  throw new Error("the answer has no pid");
}
