import { type ChildProcess, spawn } from "node:child_process";

import type { Owner } from "../disk/owner.ts";
import { messageOf } from "../model/error-code.ts";
import { StartFault } from "./fault.ts";
import { argumentsOf, ownerNow } from "./process-table.ts";

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: string | null;
}

/** A process that stands ready, and does not run its program yet. */
export interface Launched {
  /** Undefined where it has ended already. */
  readonly owner: Owner | undefined;
  /** How it ended; undefined while it has not. */
  exit(): Exit | undefined;
  /** Fires when it ends. */
  readonly ended: AbortSignal;
  /** Lets it run its program. */
  release(): void;
  /** Lets it end without having run anything; after `release` nothing happens. */
  dismiss(): void;
}

export interface LaunchOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where what it writes goes. */
  readonly output: number;
  /** By which it and all that it starts are known (`markOf`). */
  readonly mark: number;
}

/**
 * Waits for a line, and becomes the program that its arguments name, with its process id and start time kept. When
 * this process is killed before it has written the line, the line's end comes, and nothing is run. The arguments are
 * never read as a shell's. Before that it sets a limit that Linux no longer heeds (RLIMIT_LOCKS, getrlimit(2)) to the token's
 * mark: shells call it `w` or `x`, and where none may set it, the environment tells alone.
 */
const GATE =
  '{ ulimit -w "$1" || ulimit -x "$1"; } 2>/dev/null; shift; IFS= read -r go <&3 || exit 125; exec 3<&-; exec "$@"';

/** Whether a process only waits to become its program. */
export function isGate(pid: number): boolean {
  return argumentsOf(pid).includes(GATE);
}

/**
 * Starts a program in a session of its own that outlives this process, without input. What is known of it can be
 * written down before it runs: it waits for `release`. Throws a `StartFault` where the system refuses.
 */
export async function launch(argv: readonly string[], options: LaunchOptions): Promise<Launched> {
  const child = spawnGate(argv, options);
  const spawned = hasSpawned(child, argv);
  // Where this process has no descriptors left there are no pipes either, and the error comes later.
  const gate = (child.stdio as ChildProcess["stdio"] | undefined)?.[3];
  gate?.on("error", () => {}); // it ended before the line came: its exit says so
  const controller = new AbortController();
  let exit: Exit | undefined;
  child.once("exit", (code, signal) => {
    exit = { code, signal };
    controller.abort();
  });
  await spawned;
  child.unref();
  return {
    owner: child.pid === undefined ? undefined : ownerNow(child.pid),
    exit: () => exit,
    ended: controller.signal,
    release: () => void (gate && "end" in gate && gate.end("\n")),
    dismiss: () => void gate?.destroy(),
  };
}

function spawnGate(argv: readonly string[], { cwd, env, output, mark }: LaunchOptions): ChildProcess {
  return spawn("/bin/sh", ["-c", GATE, "sh", String(mark), ...argv], {
    cwd,
    env,
    detached: true,
    stdio: ["ignore", output, output, "pipe"],
  });
}

function hasSpawned(child: ChildProcess, argv: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", (error) =>
      reject(new StartFault(`${argv[0] ?? ""} could not be started: ${messageOf(error)}`)),
    );
  });
}
