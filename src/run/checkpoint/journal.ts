import { randomUUID } from "node:crypto";
import { type FileHandle, link, open, readFile, rename, rm, stat } from "node:fs/promises";

import { destination } from "../../disk/destination.ts";
import { errorCode, fileFault } from "../../model/error-code.ts";
import { DiscoverError } from "../../model/errors.ts";

/** So much is appended before the file is written anew without what later lines have made void, in bytes. */
const REWRITE_AFTER = 8 * 2 ** 20;

/** What file systems say that know no second name for a file (link(2)). */
const NO_LINKS: ReadonlySet<string> = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"]);

/** A file of lines that only grows, until it is written anew in one go. A line that was cut off in the middle is not read. */
export class Journal {
  /** As it was given, for messages. */
  readonly #path: string;
  /** Which of the lines that are there are still wanted. */
  readonly #wanted: (lines: readonly string[]) => string[];
  /** Where it is, links followed. */
  #file: string;
  /** Whether nobody else may have made it meanwhile. */
  #isNew = false;
  #handle: FileHandle | undefined;
  #appended = 0;

  constructor(path: string, wanted: (lines: readonly string[]) => string[]) {
    this.#path = path;
    this.#file = path;
    this.#wanted = wanted;
  }

  /**
   * Whole lines; undefined where there is no file, or nothing in it. Throws `file`: also for what is no regular file, which
   * is not opened, since a FIFO would have to be waited for.
   */
  async read(): Promise<string[] | undefined> {
    try {
      this.#file = await destination(this.#path);
      const there = await stat(this.#file);
      if (!there.isFile() && !there.isDirectory()) throw new Error("it is no file");
      const text = await readFile(this.#file, "utf8");
      return text === "" ? undefined : text.split("\n").slice(0, -1);
    } catch (error) {
      if (errorCode(error) !== "ENOENT") throw this.#fault("read", error);
      this.#isNew = true;
      return undefined;
    }
  }

  /** Writes the whole file, or leaves it as it is. Throws `file`. */
  async write(lines: readonly string[]): Promise<void> {
    const temporary = `${this.#file}.${randomUUID()}`;
    let handle: FileHandle | undefined;
    try {
      handle = await open(temporary, "ax", 0o600);
      await handle.writeFile(textOf(lines));
      await handle.datasync();
      await this.#putInPlace(temporary);
    } catch (error) {
      await handle?.close();
      await rm(temporary, { force: true });
      throw error instanceof DiscoverError ? error : this.#fault("write", error);
    }
    await this.close();
    this.#handle = handle;
    this.#appended = 0;
  }

  /** What was not there is made by link(2): of two that make it at once, one is told that it is there. */
  async #putInPlace(temporary: string): Promise<void> {
    if (!this.#isNew) return rename(temporary, this.#file);
    try {
      await link(temporary, this.#file);
      await rm(temporary);
    } catch (error) {
      const code = errorCode(error) ?? "";
      if (code === "EEXIST")
        throw new DiscoverError("file", `checkpoint ${this.#path} is being written by another process`);
      if (!NO_LINKS.has(code)) throw error;
      await rename(temporary, this.#file);
    }
    this.#isNew = false;
  }

  /** Throws `file`. */
  async append(lines: readonly string[]): Promise<void> {
    try {
      const text = textOf(lines);
      await this.#handle?.appendFile(text);
      await this.#handle?.datasync();
      this.#appended += text.length;
    } catch (error) {
      throw this.#fault("write", error);
    }
    if (this.#appended > REWRITE_AFTER) await this.#writeAnew();
  }

  async #writeAnew(): Promise<void> {
    const lines = (await this.#isOurs()) ? await this.read() : undefined;
    if (lines === undefined)
      throw new DiscoverError("file", `checkpoint ${this.#path} was taken away, or replaced`);
    await this.write(this.#wanted(lines));
  }

  async close(): Promise<void> {
    await this.#handle?.close();
    this.#handle = undefined;
  }

  /** Takes the file away, unless another one has its name by now. */
  async remove(): Promise<void> {
    if (await this.#isOurs()) await rm(this.#file, { force: true });
    await this.close();
  }

  async #isOurs(): Promise<boolean> {
    const ours = await this.#handle?.stat({ bigint: true });
    const there = await stat(this.#file, { bigint: true }).catch(() => undefined);
    return ours !== undefined && there?.dev === ours.dev && there.ino === ours.ino;
  }

  #fault(verb: "read" | "write", cause: unknown): DiscoverError {
    return new DiscoverError("file", `cannot ${verb} checkpoint ${this.#path}: ${fileFault(cause)}`, {
      cause,
    });
  }
}

function textOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}
