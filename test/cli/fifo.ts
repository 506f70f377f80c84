import { execFileSync } from "node:child_process";
import { closeSync, constants, openSync } from "node:fs";

/** The one way to have a FIFO: Node.js cannot make any. */
const MAKER = "mkfifo";

export function makeFifo(path: string): void {
  execFileSync(MAKER, [path]);
}

/** Resolves when somebody has a FIFO open for reading, or waits to: only then it opens for writing. Closes what is. */
export async function writerTo(fifo: string): Promise<() => void> {
  for (;;) {
    try {
      const writer = openSync(fifo, constants.O_WRONLY | constants.O_NONBLOCK);
      return () => closeSync(writer);
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}
