import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import path from "node:path";

import { installed, run } from "./command.ts";
import { type Daemon, type DaemonSettings, startDaemon } from "./docker-daemon.ts";
import { makeImage } from "./docker-image.ts";
import { whyNoDocker } from "./docker-needs.ts";
import { programPath } from "./programs.js";

/** A Docker daemon of the lab's own, seen by nobody outside. */
export interface Docker extends AsyncDisposable {
  /** What commands that shall use it need in their environment: `PATH` has everything that ours has, too. */
  readonly env: Readonly<Record<"PATH" | "DOCKER_HOST" | "DOCKER_CONFIG", string>>;
  /** Compose as it is installed: `docker compose`, or `docker-compose`. */
  readonly compose: readonly string[];
  /** Runs a program with `env` to its end and returns what it printed. Throws with what it said where it fails. */
  run(argv: readonly string[]): Promise<string>;
  /** Ends every container and the daemon, without a last word. Again: does nothing. */
  close(): Promise<void>;
}

export interface DockerOptions {
  /** Takes the reason, one line, where there can be no Docker: standard error where absent. */
  readonly say?: (reason: string) => void;
  /** Goes before what the lab tells dockerd: `{ "storage-driver": "vfs" }`. */
  readonly settings?: DaemonSettings;
}

/**
 * Starts a Docker daemon in the lab's world, with the image `IMAGE`, and tries it with a container. Published
 * ports are the world's own. One at a time, and after `createLab`.
 *
 * Undefined where there can be none (an ordinary user's world, no cgroups, not installed): the reason is said. What looks
 * possible and fails is said, too, but thrown where nothing may be skipped (`CI=true`, `SONDE_LAB=required`).
 */
export async function startDocker({ say = sayAloud, settings = {} }: DockerOptions = {}): Promise<
  Docker | undefined
> {
  const reason = whyNoDocker();
  if (reason !== undefined) {
    say(`No Docker in this lab: ${reason}`);
    return undefined;
  }
  const folder = mkdtempSync("/run/docker-");
  try {
    return await start(folder, settings);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    if (mustNotSkip()) throw error;
    say(`No Docker in this lab: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

async function start(folder: string, settings: DaemonSettings): Promise<Docker> {
  const daemon = await startDaemon(folder, settings);
  try {
    const docker = await dockerOf(daemon, folder);
    await makeImage((argv) => docker.run(argv), folder);
    return docker;
  } catch (error) {
    await daemon.stop();
    throw error;
  }
}

async function dockerOf(daemon: Daemon, folder: string): Promise<Docker> {
  const env = environment(folder, daemon.socket);
  const prefix = ["env", ...Object.entries(env).map(([name, value]) => `${name}=${value}`)];
  const runWith = (argv: readonly string[]): Promise<string> => run([...prefix, ...argv]);
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> =>
    (closed ??= daemon.stop().finally(() => rmSync(folder, { recursive: true, force: true })));
  return { env, compose: await composeOf(runWith), run: runWith, close, [Symbol.asyncDispose]: close };
}

/** The plug-in where Docker has it; Debian 12 has the program alone. */
async function composeOf(runWith: Docker["run"]): Promise<readonly string[]> {
  try {
    await runWith(["docker", "compose", "version"]);
    return ["docker", "compose"];
  } catch {
    return ["docker-compose"];
  }
}

/** Debian's client goes before any other that PATH has, and nobody's own configuration is read. */
function environment(folder: string, socket: string): Docker["env"] {
  const [programs, config] = [path.join(folder, "programs"), path.join(folder, "config")];
  for (const one of [programs, config]) mkdirSync(one);
  for (const name of ["docker", "docker-compose"]) {
    symlinkSync(programPath(`/usr/bin/${name}`) ?? installed(name), path.join(programs, name));
  }
  const PATH = [programs, process.env["PATH"], "/usr/sbin:/usr/bin:/sbin:/bin"].filter(Boolean).join(":");
  return { PATH, DOCKER_HOST: `unix://${socket}`, DOCKER_CONFIG: config };
}

function mustNotSkip(): boolean {
  return process.env["CI"] === "true" || process.env["SONDE_LAB"] === "required";
}

function sayAloud(reason: string): void {
  process.stderr.write(`${reason}\n`);
}
