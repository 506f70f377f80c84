import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { boot } from "../../src/boot/boot.ts";
import { down } from "../../src/boot/down.ts";
import type { BootOptions } from "../../src/boot/options.ts";
import { processesOf } from "../../src/boot/process-table.ts";
import { tokenPrefix } from "../../src/boot/token.ts";
import type { Look } from "../../src/boot/tools.ts";
import { ownerOf } from "../../src/disk/owner.ts";
import type { BootEvent, BootReport, BootedService, DownReport } from "../../src/model/boot.ts";
import { systemClock } from "../../src/model/clock.ts";
import type { Action, Decision, Plan } from "../../src/model/plan.ts";
import type { Requirement, Stack } from "../../src/model/stack.ts";

/** Answers every request: 200, or 503 for the first `SICK` milliseconds. Writes a line first. */
const SERVER = `
const { createServer } = require("node:http");
const begun = Date.now();
console.log("listening soon", process.argv.slice(2).join(" "));
createServer((request, response) => {
  response.statusCode = Date.now() - begun < Number(process.env.SICK ?? 0) ? 503 : 200;
  response.end(process.env.SAYS ?? "well");
}).listen(Number(process.env.PORT), "127.0.0.1");
`;

/** Leaves a server behind and ends, as daemons do; with `forgetful` one whose environment is empty but for its port. */
const DAEMON = `
const { spawn } = require("node:child_process");
const env = process.argv[2] === "forgetful" ? { PORT: process.env.PORT } : process.env;
spawn(process.execPath, [__dirname + "/server.cjs"], { env, detached: true, stdio: "ignore" }).unref();
`;

const SCRIPTS: Readonly<Record<string, string>> = { "server.cjs": SERVER, "daemon.cjs": DAEMON };

/** A stack of services on this machine, in a folder of its own. */
export interface World {
  readonly folder: string;
  readonly events: BootEvent[];
  boot(wanted: readonly Wanted[], options?: Partial<BootOptions>): Promise<BootReport>;
  down(options?: { graceMs?: number; signal?: AbortSignal }): Promise<DownReport>;
  /** Process ids of all that runs with a token of this stack. */
  running(): number[];
  /** Ends what is left, and takes the folder away. */
  close(): Promise<void>;
}

/** A requirement and what the plan decided about it, as far as they are not the usual. */
export interface Wanted extends Partial<Omit<Requirement, "name" | "start">> {
  readonly name: string;
  readonly action?: Action;
  readonly start?: Requirement["start"] | readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly decided?: Partial<Decision>;
}

const NODE = process.execPath;
export const SERVE: readonly string[] = [NODE, "server.cjs"];
export const DAEMONIZE: readonly string[] = [NODE, "daemon.cjs"];

export function createWorld(): World {
  const folder = mkdtempSync(join(tmpdir(), "sonde-boot-"));
  for (const [name, text] of Object.entries(SCRIPTS)) writeFileSync(join(folder, name), text);
  const [state, portsFolder] = [join(folder, "state"), join(folder, "ports")];
  const { signal } = new AbortController();
  const env = { PATH: process.env["PATH"] };
  const events: BootEvent[] = [];
  const world: World = {
    folder,
    events,
    boot: (wanted, options = {}) =>
      boot(stackOf(folder, wanted), planOf(wanted), {
        folder: state,
        portsFolder,
        tools: { clock: systemClock, look },
        env,
        signal,
        keep: false,
        concurrency: 4,
        graceMs: 5_000,
        onEvent: (event) => events.push(event),
        ...options,
      }),
    down: (options = {}) => down(state, { portsFolder, env, signal, ...options }),
    running: () => processesOf(tokenPrefix(state)).map(({ pid }) => pid),
    async close() {
      await world.down({ graceMs: 0 });
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return world;
}

export function stackOf(folder: string, wanted: readonly Wanted[]): Stack {
  const services = wanted.map((one, at) => requirementOf(one, at));
  return { file: "services.yaml", folder, strategy: "local-first", services, hosts: [], digest: "d" };
}

function requirementOf(
  { action: _action, decided: _decided, start, env = {}, ...own }: Wanted,
  at: number,
): Requirement {
  const command = Array.isArray(start) ? { kind: "command" as const, argv: start, env, cwd: "." } : start;
  return {
    placement: { kind: "local" },
    type: "http",
    required: true,
    replicas: 1,
    needs: {},
    labels: {},
    dependsOn: [],
    health: { path: "/", timeoutMs: 20_000 },
    line: at + 1,
    ...own,
    ...(isStart(command) ? { start: command } : {}),
  };
}

function isStart(start: Wanted["start"]): start is NonNullable<Requirement["start"]> {
  return start !== undefined && !Array.isArray(start);
}

export function planOf(wanted: readonly Wanted[]): Plan {
  const decisions = wanted.map(decisionOf);
  return {
    schemaVersion: 1,
    stack: "services.yaml",
    stackDigest: "d",
    strategy: "local-first",
    fingerprint: "f",
    verdict: "changes",
    decisions,
    order: [],
    warnings: [],
  };
}

function decisionOf({
  name,
  action = "start",
  type = "http",
  required = true,
  ports,
  decided,
}: Wanted): Decision {
  return {
    service: name,
    instance: 1,
    type,
    required,
    action,
    host: "localhost",
    address: "127.0.0.1",
    port: ports?.kind === "fixed" ? (ports.ports[0] ?? null) : null,
    serviceId: null,
    version: null,
    url: null,
    rule: "the test says so",
    evidence: [],
    reasons: [],
    rejected: [],
    remedy: null,
    ...decided,
  };
}

/** What one request shows. */
export async function look(
  { address, port }: { address: string; port: number },
  { healthPath = "/" }: { healthPath?: string },
  signal: AbortSignal,
): Promise<Look> {
  const url = `http://${address}:${port}`;
  try {
    const { status } = await fetch(`${url}${healthPath}`, { signal });
    const state = status === 200 ? "healthy" : "unhealthy";
    return { state, summary: `GET ${healthPath}: ${status}`, version: null, url };
  } catch {
    return { state: "absent", summary: "refused the connection", version: null, url: null };
  }
}

/** A port that nobody has at the moment. */
export async function freePort(): Promise<number> {
  const holder = await holdPort(0, "0.0.0.0");
  await holder.close();
  return holder.port;
}

/** Listens on a port until it is closed. */
export async function holdPort(
  port: number,
  host = "127.0.0.1",
): Promise<{ port: number; close(): Promise<void> }> {
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port, host }, resolve);
  });
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    close: () => new Promise((resolve) => void server.close(() => resolve())),
  };
}

export function resultOf(report: BootReport, service: string): BootedService {
  const found = report.services.find((one) => one.service === service);
  if (found === undefined) throw new Error(`nothing is said of ${service}`);
  return found;
}

export function statuses(report: BootReport): Record<string, string> {
  return Object.fromEntries(report.services.map(({ service, status }) => [service, status]));
}

/** `starting db`, `done db`, …, as they came. */
export function steps(events: readonly BootEvent[]): string[] {
  return events.flatMap((event) => {
    if (event.event === "done") return [`done ${event.result.service}`];
    return "service" in event ? [`${event.event} ${event.service}`] : [];
  });
}

/** Whether it runs: what is left of one that nobody has asked after yet does not. */
export function isAlive(pid: number | null): boolean {
  return pid !== null && ownerOf(pid) !== undefined;
}
