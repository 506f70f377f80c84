import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";

import type { FromSweeper, ToSweeper } from "../scan/crew-messages.ts";
import type { StartSweeper } from "../scan/crew.ts";

/** More threads than this find the kernel's locks, and no more ports a second. */
const MOST_THREADS = 4;
/** What a sweeper allocates dies young: a small nursery keeps the process small. In megabytes. */
const NURSERY_MB = 2;

const FILE = new URL("sweep-worker.js", import.meta.url);

/** Threads that are worth having, this one included. */
export function usefulThreads(): number {
  return Math.min(MOST_THREADS, availableParallelism());
}

/** See `StartSweeper`. Run from its sources, which a thread cannot load, the program has none. */
export const startSweeper: StartSweeper = (orders, heard, failed) => {
  if (!existsSync(fileURLToPath(FILE))) return undefined;
  try {
    const resourceLimits = { maxYoungGenerationSizeMb: NURSERY_MB };
    const worker = new Worker(FILE, { workerData: orders, resourceLimits });
    worker.on("message", (message: FromSweeper) => heard(message));
    worker.once("error", (error) => failed(String(error)));
    worker.once("exit", (code) => failed(`it ended with ${code}`));
    return {
      post: (message: ToSweeper) => worker.postMessage(message),
      end: () => void worker.terminate(),
    };
  } catch {
    return undefined; // the permission model, or no memory for a thread
  }
};
