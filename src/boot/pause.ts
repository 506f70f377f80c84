import { setTimeout as delay } from "node:timers/promises";

/** Waits; less where a signal fires. Never rejects. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => {});
}
