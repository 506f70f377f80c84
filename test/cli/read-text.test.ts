import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { readText } from "../../src/cli/terminal/read-text.ts";
import { makeFifo, writerTo } from "./fifo.ts";

let cwd = "";
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "sonde-read-"));
});
afterEach(() => rm(cwd, { recursive: true }));

const { signal: never } = new AbortController();

test("a file is read even by a run that was interrupted", async () => {
  await writeFile(join(cwd, "file"), "text");
  expect(await readText(join(cwd, "file"), AbortSignal.abort())).toBe("text");
});

test("what cannot be read says why", async () => {
  await expect(readText(join(cwd, "absent"), never)).rejects.toMatchObject({ code: "ENOENT" });
  await expect(readText(cwd, never)).rejects.toMatchObject({ code: "EISDIR" });
});

/** Never resolves where a thread goes on waiting: to ask by opening the FIFO would let it go. */
const threadsAreFree = async (): Promise<void> => {
  while (process.getActiveResourcesInfo().some((name) => name.startsWith("FSReq"))) {
    await new Promise((resolve) => setImmediate(resolve));
  }
};

describe.skipIf(process.platform === "win32")("a FIFO", () => {
  let fifo = "";
  beforeEach(() => {
    fifo = join(cwd, "fifo");
    makeFifo(fifo);
  });

  test("is read to its end, also where that comes at once", async () => {
    for (const text of ["a\nb", ""]) {
      const [read] = await Promise.all([readText(fifo, never), writeFile(fifo, text)]);
      expect(read).toBe(text);
    }
  });

  test("is not begun after an interrupt", async () => {
    await expect(readText(fifo, AbortSignal.abort(new Error("enough")))).rejects.toThrow("enough");
    await threadsAreFree();
  });

  test("that nobody opens for writing is let go, and so is the thread that waited", async () => {
    const controller = new AbortController();
    const reading = readText(fifo, controller.signal);
    // As many turns as the reading of another file takes: by then a thread is told to open this one.
    for (let turn = 0; turn < 5; turn++) await readFile(new URL(import.meta.url));
    controller.abort(new Error("enough"));
    await expect(reading).rejects.toThrow("enough");
    await threadsAreFree();
  });

  test("whose writer is silent is let go", async () => {
    const controller = new AbortController();
    const reading = readText(fifo, controller.signal);
    const close = await writerTo(fifo);
    controller.abort(new Error("enough"));
    await expect(reading).rejects.toThrow("enough");
    await threadsAreFree();
    close();
  });
});
