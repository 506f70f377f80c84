import { spawn } from "node:child_process";
import type { Readable } from "node:stream";

import { messageOf } from "../model/error-code.ts";
import { linkedEnd } from "./linked-end.ts";

/** So much of what it writes is kept, of each stream. */
const MOST_CHARACTERS = 64_000;

/** What came of a program that was run to its end. */
export interface Ran {
  /** Null where it could not be started, or did not end by itself. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Why there is no code; undefined where there is one. */
  readonly fault?: string;
}

export interface RunOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Runs a program without a shell and without input. Never rejects; ends it when its time is over or `signal` fires. */
export async function runProgram(argv: readonly string[], options: RunOptions): Promise<Ran> {
  const linked = linkedEnd([options.signal], options.timeoutMs);
  try {
    const ran = await runToEnd(argv, options, linked.signal);
    if (ran.code !== null || ran.fault !== undefined) return ran;
    const late = `it took longer than ${options.timeoutMs / 1000} s`;
    return { ...ran, fault: options.signal.aborted ? "it was called off" : late };
  } finally {
    linked.dispose();
  }
}

function runToEnd(
  [program = "", ...args]: readonly string[],
  { cwd, env }: RunOptions,
  signal: AbortSignal,
): Promise<Ran> {
  // SIGKILL: a program that is told to end may ask for more time than there is.
  const child = spawn(program, args, {
    cwd,
    env,
    signal,
    killSignal: "SIGKILL",
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [stdout, stderr] = ["", ""];
  // Where this process has no descriptors left there are none, and the error comes later.
  const streams: { readonly stdout?: Readable; readonly stderr?: Readable } = child;
  streams.stdout?.setEncoding("utf8").on("data", (text: string) => (stdout = kept(stdout + text)));
  streams.stderr?.setEncoding("utf8").on("data", (text: string) => (stderr = kept(stderr + text)));
  return new Promise((resolve) => {
    child.once("error", (error) => {
      // What it started may hold them open for ever.
      streams.stdout?.destroy();
      streams.stderr?.destroy();
      resolve({ code: null, stdout, stderr, ...(signal.aborted ? {} : { fault: messageOf(error) }) });
    });
    child.once("close", (code, by) => {
      const fault = by === null || signal.aborted ? {} : { fault: `it was ended by ${by}` };
      resolve({ code, stdout, stderr, ...fault });
    });
  });
}

function kept(text: string): string {
  return text.slice(-MOST_CHARACTERS);
}
