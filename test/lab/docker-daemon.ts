import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import http from "node:http";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { installed } from "./command.ts";
import { removeCgroups, removeNetworks, removePlaces } from "./docker-leavings.ts";
import { killAll, processTree } from "./processes.ts";

const DOCKER_WORLD = fileURLToPath(new URL("docker-world.sh", import.meta.url));
const FORWARDING = "/proc/sys/net/ipv4/ip_forward";
const LIMIT_MS = 20_000;
const STEP_MS = 10;

export interface Daemon {
  /** Where it answers, in the world's own /run. */
  readonly socket: string;
  /** Ends it and all its containers with SIGKILL, and takes away what it put into the world. */
  stop(): Promise<void>;
}

/** What daemon.json may say, as dockerd(8) has it. */
export type DaemonSettings = Readonly<Record<string, unknown>>;

/**
 * Starts dockerd, all of whose files are in `folder`, and waits until it answers. Throws with the end of its log where it
 * ends instead, or does not answer in 20 s.
 */
export async function startDaemon(folder: string, settings: DaemonSettings): Promise<Daemon> {
  const forwarding = readFileSync(FORWARDING, "utf8");
  // Where dockerd has to switch it on itself, it also drops what others forward.
  writeFileSync(FORWARDING, "1");
  const cgroup = cgroupName();
  const logFile = path.join(folder, "log");
  const socket = path.join(folder, "docker.sock");
  const child = spawnDaemon(folder, logFile, { ...configuration(folder, socket, cgroup), ...settings });
  const stop = async (): Promise<void> => {
    await end(child);
    removePlaces();
    await removeNetworks();
    await removeCgroups(cgroup);
    writeFileSync(FORWARDING, forwarding);
  };
  try {
    await untilAnswering(socket, child, logFile);
  } catch (error) {
    await stop();
    throw error;
  }
  return { socket, stop };
}

function spawnDaemon(folder: string, logFile: string, settings: DaemonSettings): ChildProcess {
  const configFile = path.join(folder, "daemon.json");
  writeFileSync(configFile, JSON.stringify(settings));
  const log = openSync(logFile, "w");
  // It looks for containerd, runc and docker-proxy in PATH.
  const env = { ...process.env, PATH: `/usr/sbin:/usr/bin:/sbin:/bin:${process.env["PATH"] ?? ""}` };
  const argv = [folder, installed("dockerd"), `--config-file=${configFile}`];
  const child = spawn(DOCKER_WORLD, argv, { stdio: ["ignore", log, log], cwd: folder, env });
  closeSync(log);
  return child;
}

/** The storage driver is dockerd's own choice: overlay2, or vfs where the kernel has no overlays. */
function configuration(folder: string, socket: string, cgroup: string): DaemonSettings {
  return {
    hosts: [`unix://${socket}`],
    "data-root": path.join(folder, "data"),
    "exec-root": path.join(folder, "exec"),
    pidfile: path.join(folder, "pid"),
    "log-level": "warn",
    "cgroup-parent": `/${cgroup}`,
    "exec-opts": ["native.cgroupdriver=cgroupfs"],
    bip: "10.97.0.1/24",
    "default-address-pools": [{ base: "10.98.0.0/16", size: 24 }],
  };
}

/**
 * Cgroups are the whole machine's, so each world has one with a name of its own. The kernel gives the numbers of
 * namespaces that are gone to new ones: so what a world leaves that was killed is taken away by a later one.
 */
export function cgroupName(): string {
  const [number = ""] = /\d+/.exec(readlinkSync("/proc/self/ns/net")) ?? [];
  return `sonde-lab-${number}`;
}

async function untilAnswering(socket: string, child: ChildProcess, logFile: string): Promise<void> {
  const deadline = performance.now() + LIMIT_MS;
  while (!(await answers(socket))) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`dockerd ended: ${tail(logFile)}`);
    if (performance.now() > deadline) throw new Error(`dockerd does not answer: ${tail(logFile)}`);
    await sleep(STEP_MS);
  }
}

/** https://docs.docker.com/reference/api/engine/version/v1.41/#tag/System/operation/SystemPing */
function answers(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = http.get({ socketPath: socket, path: "/_ping", agent: false, timeout: 1_000 });
    request.once("response", (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.once("timeout", () => request.destroy());
    request.once("error", () => resolve(false));
    request.once("close", () => resolve(false));
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined) return;
  await killAll(processTree(child.pid));
}

function tail(logFile: string): string {
  return readFileSync(logFile, "utf8").slice(-800).trim().replaceAll("\n", "; ") || "it printed nothing";
}
