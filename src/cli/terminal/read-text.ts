import { closeSync, constants, openSync, writeSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";

/**
 * The text of a file. A FIFO may keep its reader waiting for ever, so there, and only there, `signal` ends the wait:
 * rejects with its reason. Rejects with the system's error where the file cannot be read.
 */
export async function readText(file: string, signal: AbortSignal): Promise<string> {
  // A file is there at once, and what it says still counts for the document of a run that was interrupted.
  if (!(await stat(file)).isFIFO()) return readFile(file, "utf8");
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    let again: NodeJS.Timeout | undefined;
    const stop = (): void => {
      letGo(file);
      again = setInterval(letGo, RETRY_MS, file);
      reject(signal.reason);
    };
    signal.addEventListener("abort", stop, { once: true });
    void readFile(file, { encoding: "utf8", signal })
      .then(resolve, reject)
      .finally(() => {
        signal.removeEventListener("abort", stop);
        clearInterval(again);
      });
  });
}

/** A thread that was told to read may not have come to it yet. */
const RETRY_MS = 10;

/**
 * Sets a thread free that waits for a FIFO's writer, or for a writer to write: nothing else calls a read off that has
 * begun, and the process cannot exit as long as it waits. That byte reaches nobody: we are the reader, and leave.
 */
function letGo(fifo: string): void {
  try {
    const writer = openSync(fifo, constants.O_WRONLY | constants.O_NONBLOCK);
    try {
      writeSync(writer, "\n");
    } finally {
      closeSync(writer);
    }
  } catch {
    // Not ours to write to, or full: then nobody waits. `leave` gets along with a thread that does.
  }
}
