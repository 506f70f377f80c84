import { readFileSync } from "node:fs";

import { errorCode } from "../model/error-code.ts";
import { asObject } from "../model/json.ts";

/** A process, told apart from others that will have its number: since when it runs, in ticks after boot (proc_pid_stat(5)). */
export interface Owner {
  readonly pid: number;
  /** Empty where there is no /proc. */
  readonly since: string;
}

export function thisOwner(): Owner {
  return { pid: process.pid, since: startOf("self") };
}

/** A process as it is now; undefined where there is none of that number, or only what is left of one. */
export function ownerOf(pid: number): Owner | undefined {
  const since = startOf(String(pid));
  return since === "" ? undefined : { pid, since };
}

/** Whether that very process is there still. Takes what a file says: anything may be in it. */
export function isThere(owner: unknown): boolean {
  const { pid, since } = asObject(owner) ?? {};
  if (typeof pid !== "number" || typeof since !== "string") return false;
  return since === "" ? answers(pid) : startOf(String(pid)) === since;
}

/** Where there is no /proc: there is a process of that number, and that is all that can be known. */
function answers(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return errorCode(error) === "EPERM";
  }
}

/** The same of any process but this one. */
export function isElsewhere(owner: unknown): boolean {
  return asObject(owner)?.["pid"] !== process.pid && isThere(owner);
}

const STATE = 0;
const STARTTIME = 19;

/** Empty for a zombie, too: it runs no more. */
function startOf(pid: string): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name, in parentheses, may hold anything.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[STATE] === "Z" || fields[STATE] === "X" ? "" : (fields[STARTTIME] ?? "");
  } catch {
    return "";
  }
}
