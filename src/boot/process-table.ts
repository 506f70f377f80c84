import { existsSync, readFileSync, readdirSync } from "node:fs";

import { type Owner, isThere, ownerOf } from "../disk/owner.ts";
import { PORTS_VARIABLE, TOKEN_VARIABLE } from "./token.ts";

/** A process that runs; zombies do not. */
export interface RunningProcess extends Owner {
  /** Its process group, and its session: the numbers of those who lead them (proc_pid_stat(5)). */
  readonly group: number;
  readonly session: number;
  /** Empty where it has none, or is not this user's. */
  readonly token: string;
  readonly ports: readonly number[];
}

/** Whether this system tells since when processes run, and with what environment. */
export function hasProcessTable(): boolean {
  return existsSync("/proc/self/environ");
}

/** Every process but this one; none where there is no /proc. */
export function readProcesses(): RunningProcess[] {
  return pids().flatMap((pid) => readProcess(pid) ?? []);
}

/** Processes whose token begins so, the longest running first. Whoever inherited this process's own is not asked for. */
export function carriersOf(beginning: string): RunningProcess[] {
  return readProcesses()
    .filter(({ token }) => token.startsWith(beginning))
    .toSorted((a, b) => Number(a.since) - Number(b.since) || a.pid - b.pid);
}

/** A process that was just started, while it is there; by its number alone where there is no /proc. */
export function ownerNow(pid: number): Owner | undefined {
  if (hasProcessTable()) return ownerOf(pid);
  const owner = { pid, since: "" };
  return isThere(owner) ? owner : undefined;
}

/** What a process was called with; empty where nobody may know. */
export function argumentsOf(pid: number): string[] {
  return textOf(`/proc/${pid}/cmdline`).split("\0");
}

function pids(): number[] {
  try {
    const names = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
    return names.map(Number).filter((pid) => pid !== process.pid);
  } catch {
    return [];
  }
}

function readProcess(pid: number): RunningProcess | undefined {
  const stat = textOf(`/proc/${pid}/stat`);
  // The name, in parentheses, may hold anything.
  const [state = "", , group = "", session = "", ...rest] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const since = rest[15] ?? "";
  if (since === "" || state === "Z" || state === "X") return undefined;
  const variables = textOf(`/proc/${pid}/environ`).split("\0");
  const ports = valueOf(variables, PORTS_VARIABLE).split(",").filter(Boolean).map(Number);
  const token = valueOf(variables, TOKEN_VARIABLE);
  return { pid, since, group: Number(group), session: Number(session), token, ports };
}

function valueOf(variables: readonly string[], name: string): string {
  return variables.find((one) => one.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";
}

/** Processes come and go while this reads, and most belong to somebody else. */
function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
