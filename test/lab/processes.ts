import { readFileSync, readdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** The process and everything it started that still hangs on it, parents first. */
export function processTree(root: number): number[] {
  const living = livingProcesses();
  const tree = [root];
  for (const pid of tree)
    tree.push(...living.filter(({ parent }) => parent === pid).map((child) => child.pid));
  return tree;
}

/** Kills the processes for good and waits until none of them is left. */
export async function killAll(pids: readonly number[]): Promise<void> {
  for (const pid of pids) kill(pid);
  const left = new Set(pids);
  for (;;) {
    const living = livingProcesses().filter(({ pid }) => left.has(pid));
    if (living.length === 0) return;
    await sleep(5);
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It was gone before.
  }
}

/** Every process of this world but the dead that nobody has buried yet. */
function livingProcesses(): { pid: number; parent: number }[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.map(Number).flatMap((pid) => {
    const stat = statOf(pid);
    return stat === undefined || stat.state === "Z" ? [] : [{ pid, parent: stat.parent }];
  });
}

/** proc_pid_stat(5): after the name, which may hold anything and ends with the last `)`, come state and parent. */
function statOf(pid: number): { state: string; parent: number } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "latin1");
    const [state = "", parent] = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return { state, parent: Number(parent) };
  } catch {
    return undefined; // ended while we looked
  }
}
