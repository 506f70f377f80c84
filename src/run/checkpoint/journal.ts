import { randomUUID } from "node:crypto";
import { type FileHandle, open, readFile, rename, rm } from "node:fs/promises";

import { errorCode, fileFault } from "../../model/error-code.ts";
import { DiscoverError } from "../../model/errors.ts";

/** So much is appended before the file is written anew without what later lines have made void, in bytes. */
const REWRITE_AFTER = 8 * 2 ** 20;

/** A file of lines that only grows, until it is written anew in one go. A line that was cut off in the middle is not read. */
export class Journal {
  readonly #path: string;
  /** Which of the lines that are there are still wanted. */
  readonly #wanted: (lines: readonly string[]) => string[];
  #handle: FileHandle | undefined;
  #appended = 0;

  constructor(path: string, wanted: (lines: readonly string[]) => string[]) {
    this.#path = path;
    this.#wanted = wanted;
  }

  /** Whole lines; undefined where there is no file. Throws `file`. */
  async read(): Promise<string[] | undefined> {
    try {
      const text = await readFile(this.#path, "utf8");
      return text.split("\n").slice(0, -1);
    } catch (error) {
      if (errorCode(error) === "ENOENT") return undefined;
      throw this.#fault("read", error);
    }
  }

  /** Writes the whole file, or leaves it as it is. Throws `file`. */
  async write(lines: readonly string[]): Promise<void> {
    const temporary = `${this.#path}.${randomUUID()}`;
    try {
      const handle = await open(temporary, "wx", 0o600);
      try {
        await handle.writeFile(textOf(lines));
        await handle.datasync();
      } finally {
        await handle.close();
      }
      await this.close();
      await rename(temporary, this.#path);
      this.#handle = await open(this.#path, "a");
      this.#appended = 0;
    } catch (error) {
      await rm(temporary, { force: true });
      throw this.#fault("write", error);
    }
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
    if (this.#appended > REWRITE_AFTER) await this.write(this.#wanted((await this.read()) ?? []));
  }

  async close(): Promise<void> {
    await this.#handle?.close();
    this.#handle = undefined;
  }

  async remove(): Promise<void> {
    await this.close();
    await rm(this.#path, { force: true });
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
