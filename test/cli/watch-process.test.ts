import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { WatchEvent } from "../../src/model/watch.ts";
import { listening } from "../lab/listening.js";
import { closedPort } from "../net/peers.ts";
import { ended, start } from "./built.ts";

let cwd = "";
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), "sonde-watch-"));
});
afterAll(() => rm(cwd, { recursive: true }));

/** A watch of one port of 127.0.0.1. */
function startWatch(port: number): ChildProcessWithoutNullStreams {
  return start(["watch", "127.0.0.1", `--ports=${port}`, "--strategy=tcp", "--interval=100ms"], { cwd });
}

/** The events of a process, one by one. */
async function* eventsOf(child: ChildProcessWithoutNullStreams): AsyncGenerator<WatchEvent> {
  for await (const line of createInterface({ input: child.stdout })) {
    const event: WatchEvent = JSON.parse(line);
    yield event;
  }
}

async function next(events: AsyncGenerator<WatchEvent>, kind: WatchEvent["event"]): Promise<WatchEvent> {
  for (;;) {
    const { done, value } = await events.next();
    if (done === true) throw new Error(`the watch has ended without ${kind}`);
    if (value.event === kind) return value;
  }
}

function greeter(port: number) {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.write("SSH-2.0-OpenSSH_9.2p1\r\n");
  });
  return listening(server, { port });
}

describe("discover watch, a process on a pipe", () => {
  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("tells what comes and goes, and %s ends it with %d", async (signal, code) => {
    const port = await closedPort();
    const child = startWatch(port);
    const end = ended(child);
    const events = eventsOf(child);
    expect(await next(events, "round")).toMatchObject({ services: 0 });
    const server = await greeter(port);
    expect(await next(events, "appeared")).toMatchObject({ service: { id: `ssh@127.0.0.1:${port}` } });
    await server.close();
    expect(await next(events, "gone")).toMatchObject({
      service: { id: `ssh@127.0.0.1:${port}` },
      reason: "refused",
    });
    child.kill(signal);
    expect(await end).toMatchObject({ code, signal: null, stderr: "" });
  });

  test("that nobody reads any more ends without a word", async () => {
    const child = startWatch(await closedPort());
    const end = ended(child);
    child.stdout.once("data", () => child.stdout.destroy());
    expect(await end).toMatchObject({ code: 0, signal: null, stderr: "" });
  });
});
