import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";

import { type Owner, isThere, ownerOf } from "../disk/owner.ts";
import { PORTS_VARIABLE, TOKEN_VARIABLE, markOf } from "./token.ts";

/** A process that runs; zombies do not. */
export interface RunningProcess extends Owner {
  /** Its process group, and its session: the numbers of those who lead them (proc_pid_stat(5)). */
  readonly group: number;
  readonly session: number;
  /** Whether it runs as this user. */
  readonly isOwn: boolean;
  /** Empty where it has none, or may not be read. */
  readonly token: string;
  /** Its limit of file locks (getrlimit(2)), as it is written; empty where it has a token, or none. */
  readonly mark: string;
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

/** Processes that were started with a token, or by one that was; the longest running first. */
export function carriersOf(token: string): RunningProcess[] {
  const carries = carrier(token);
  return oldestFirst(readProcesses().filter(carries));
}

/**
 * Processes of a stack, as far as they have kept their environment; the longest running first. Only this user's: anybody may
 * give himself a token that begins so.
 */
export function processesOf(prefix: string): RunningProcess[] {
  return oldestFirst(readProcesses().filter(({ isOwn, token }) => isOwn && token.startsWith(prefix)));
}

/**
 * Whether a process was started with that token: by its environment, or by the limit that it cannot rid itself of. Of another
 * user's only by the environment, which root may read: the limit is for all to see, and to set.
 */
export function carrier(token: string): (one: RunningProcess) => boolean {
  const mark = String(markOf(token));
  return (one) => token !== "" && (one.token === token || (one.isOwn && one.mark === mark));
}

function oldestFirst(all: readonly RunningProcess[]): RunningProcess[] {
  return all.toSorted((a, b) => Number(a.since) - Number(b.since) || a.pid - b.pid);
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
  const mark = token === "" ? lockLimitOf(pid) : "";
  const isOwn = userOf(pid) === process.geteuid?.();
  return { pid, since, group: Number(group), session: Number(session), isOwn, token, mark, ports };
}

function userOf(pid: number): number | undefined {
  try {
    return statSync(`/proc/${pid}`).uid;
  } catch {
    return undefined;
  }
}

function lockLimitOf(pid: number): string {
  return /^Max file locks\s+(\d+)/m.exec(textOf(`/proc/${pid}/limits`))?.[1] ?? "";
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
