import { spawn } from "node:child_process";
import { createServer } from "node:net";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { Inventory } from "../../src/index.ts";
import { type Finished, MAIN, ended } from "../cli/built.ts";
import { privateHome } from "../cli/private-home.ts";
import { insideLab } from "./guard.ts";
import { type Listening, listening } from "./listening.js";

/** 1,024 hosts of this machine, 16,384 probes: enough for threads. */
const FIELD = ["127.16.0.0/22", "--ports=8000-8015"];
/** One in 16 of the hosts has a server, at one of the ports or another; the last host and port among them. */
const SERVERS = Array.from({ length: 64 }, (_, at) => ({
  host: `127.16.${at % 4}.${3 + 4 * at}`,
  port: 8_000 + (at % 16),
}));

/** What Node calls the flag; 20 had another name for it. */
const PERMISSION = process.allowedNodeEnvironmentFlags.has("--permission")
  ? "--permission"
  : "--experimental-permission";
/** Newer ones bar the network, too. */
const ALLOWED = ["--allow-fs-read=*", "--allow-fs-write=*", "--allow-net"].filter((flag) =>
  process.allowedNodeEnvironmentFlags.has(flag.replace(/=.*/, "")),
);
const BARRED = [PERMISSION, ...ALLOWED];

/** Starts the command; Node says on standard error when it begins a thread. */
function start(argv: readonly string[], nodeFlags: readonly string[] = []) {
  const env = { PATH: process.env["PATH"], HOME: privateHome(), NODE_DEBUG: "worker", NODE_NO_WARNINGS: "1" };
  return spawn(process.execPath, [...nodeFlags, MAIN, ...argv], { env });
}

function threadsOf({ stderr }: Finished): number {
  return stderr.split("\n").filter((line) => line.includes("created Worker with ID")).length;
}

function inventoryOf({ stdout, stderr }: Finished): Inventory {
  if (stdout === "") throw new Error(`no document: ${stderr}`);
  return JSON.parse(stdout);
}

function sumOf({ coverage }: Inventory): number {
  const { open, closed, filtered, unreachable, failed, skipped = 0, unprobed } = coverage;
  return open + closed + filtered + unreachable + failed + skipped + unprobed;
}

describe("a large sweep of this machine", () => {
  const servers: Listening[] = [];

  beforeAll(async () => {
    insideLab();
    for (const place of SERVERS) {
      const server = createServer((socket) => {
        socket.on("error", () => {});
        socket.end("SSH-2.0-Lab_1.0\r\n");
      });
      servers.push(await listening(server, place));
    }
  });

  afterAll(() => Promise.all(servers.map((server) => server.close())));

  test.each<[string, readonly string[], readonly string[], number]>([
    ["in one thread", ["--threads=1"], [], 0],
    ["in two threads", ["--threads=2"], [], 1],
    ["in two threads, by Node's public sockets", ["--threads=2", "--no-direct"], [], 2],
    ["in one thread, by Node's public sockets", ["--threads=1", "--no-direct"], [], 0],
    ["at a rate, which one thread keeps", ["--threads=2", "--rate=100000"], [], 0],
    ["where Node bars its handles and threads", ["--threads=2"], BARRED, 0],
    ["where Node bars its handles alone", ["--threads=2"], [...BARRED, "--allow-worker"], 2],
  ])("finds the same %s", async (_, argv, nodeFlags, threads) => {
    const finished = await ended(start([...FIELD, "--output=json", "--strategy=tcp", ...argv], nodeFlags));
    const inventory = inventoryOf(finished);
    expect(finished.code).toBe(0);
    const found = inventory.services.map(({ type, host, port }) => `${type} ${host}:${port}`);
    expect(found.toSorted()).toEqual(SERVERS.map(({ host, port }) => `ssh ${host}:${port}`).toSorted());
    expect(inventory.coverage).toMatchObject({
      probes: 16_384,
      open: 64,
      closed: 16_320,
      unprobed: 0,
      complete: true,
    });
    expect(threadsOf(finished)).toBe(threads);
  });

  test.each([0, 100, 300, 600])(
    "stops with a document that adds up, and leaves no process, %i ms after its first words",
    async (delayMs) => {
      const argv = ["127.16.0.0/16", "--ports=8000-8063", "--threads=2", "--output=json", "--debug", "--yes"];
      const child = start(argv);
      child.stderr.once("data", () => setTimeout(() => child.kill("SIGINT"), delayMs));
      const finished = await ended(child);
      const inventory = inventoryOf(finished);
      expect(finished.code).toBe(130);
      expect(inventory.coverage).toMatchObject({ probes: 65_536 * 64, complete: false });
      expect(inventory.coverage.unprobed).toBeGreaterThan(0);
      expect(sumOf(inventory)).toBe(65_536 * 64);
      expect(inventory.coverage.open).toBeGreaterThanOrEqual(inventory.services.length);
      expect(() => process.kill(child.pid ?? 0, 0)).toThrow("ESRCH");
    },
  );
});
