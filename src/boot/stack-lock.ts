import { join } from "node:path";

import { type Lock, takeLock, tryLock } from "../disk/lock.ts";

/** Takes the lock of a stack; says who has it while it waits. Rejects with the reason of `signal`. */
export async function lockStack(
  folder: string,
  signal: AbortSignal,
  onWait: (summary: string) => void,
): Promise<Lock> {
  const path = join(folder, "lock");
  const lock = tryLock(path);
  if ("release" in lock) return lock;
  const who = lock.holder === undefined ? "another process" : `pid ${lock.holder.pid}`;
  onWait(`${who} boots or ends this stack: waiting for it`);
  return takeLock(path, signal);
}
