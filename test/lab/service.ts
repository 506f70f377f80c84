import type { ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";

import { killAll, processTree } from "./processes.ts";

/** A program that runs on a lab host and listens. */
export class Service {
  /** `redis-6379`. */
  readonly name: string;
  /** An address it can be reached at from the test. */
  readonly address: string;
  readonly port: number;
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #logFile: string;

  constructor(name: string, address: string, port: number, child: ChildProcess, logFile: string) {
    if (child.pid === undefined) throw new Error(`${name} did not start`);
    this.name = name;
    this.address = address;
    this.port = port;
    this.pid = child.pid;
    this.#child = child;
    this.#logFile = logFile;
  }

  /** What it has printed so far. */
  get log(): string {
    return readFileSync(this.#logFile, "utf8");
  }

  /** Whether it still runs. */
  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** From now on the kernel still takes connections for it, and nobody answers. */
  pause(): void {
    for (const pid of processTree(this.pid)) process.kill(pid, "SIGSTOP");
  }

  resume(): void {
    for (const pid of processTree(this.pid)) process.kill(pid, "SIGCONT");
  }

  /** Ends it and all it started, at once and without a last word. Again: does nothing. */
  async stop(): Promise<void> {
    if (!this.running) return;
    const exited = new Promise((resolve) => this.#child.once("exit", resolve));
    await killAll(processTree(this.pid));
    await exited;
  }
}
