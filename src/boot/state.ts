import { chmodSync, readFileSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";

import { writeAtomically } from "../disk/atomic.ts";
import { makeFolder } from "../disk/folder.ts";
import { errorCode, fileFault } from "../model/error-code.ts";
import { DiscoverError } from "../model/errors.ts";
import { arrayAt, asObject } from "../model/json.ts";
import { type BootRecord, readRecord } from "./records.ts";

const STATE_VERSION = 1;
const NAME = "state.json";

/** What a stack's state file says. */
export interface ReadState {
  /** In the order in which they were started. */
  readonly records: readonly BootRecord[];
  /** Why not all of it could be read; undefined where it could. */
  readonly fault?: string;
}

/** Reads the records of a stack; none where there is no file. Changes nothing. Throws `file` where it may not be read. */
export function readState(folder: string): ReadState {
  const path = join(folder, NAME);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return { records: [] };
    throw new DiscoverError("file", `cannot read ${path}: ${fileFault(error)}`, { cause: error });
  }
  return parseState(text);
}

function parseState(text: string): ReadState {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { records: [], fault: "it is no JSON" };
  }
  const version = asObject(value)?.["version"];
  if (version !== STATE_VERSION) return { records: [], fault: `its version is ${JSON.stringify(version)}` };
  const all = arrayAt(value, "records");
  if (all === undefined) return { records: [], fault: "it has no records" };
  const records = all.flatMap((one) => readRecord(one) ?? []);
  if (records.length < all.length) return { records, fault: "some of its records cannot be read" };
  return { records };
}

/** The records of a stack, on the disk before anything rests on them. Who has one must have the stack's lock. */
export class State {
  readonly #folder: string;
  #records: readonly BootRecord[];

  /** Opens them; a file that cannot be understood is set aside, and `warn` told. */
  constructor(folder: string, warn: (warning: string) => void) {
    this.#folder = folder;
    makeFolder(folder);
    chmodSync(folder, 0o700);
    clearTemporaries(folder);
    const { records, fault } = readState(folder);
    this.#records = records;
    if (fault !== undefined) this.#setAside(fault, warn);
  }

  get records(): readonly BootRecord[] {
    return this.#records;
  }

  /** Writes a record down; it takes the place of the one with its token. */
  put(record: BootRecord): void {
    const known = this.#records.some(({ token }) => token === record.token);
    this.#write(
      known
        ? this.#records.map((one) => (one.token === record.token ? record : one))
        : [...this.#records, record],
    );
  }

  drop(token: string): void {
    if (this.#records.some((one) => one.token === token))
      this.#write(this.#records.filter((one) => one.token !== token));
  }

  #write(records: readonly BootRecord[]): void {
    const text = `${JSON.stringify({ version: STATE_VERSION, records }, null, 2)}\n`;
    writeAtomically(join(this.#folder, NAME), text, 0o600);
    this.#records = records;
  }

  #setAside(fault: string, warn: (warning: string) => void): void {
    const path = join(this.#folder, NAME);
    renameSync(path, `${path}.corrupt`);
    warn(`${path}: ${fault}; it was set aside as ${NAME}.corrupt, and what runs is looked for`);
    if (this.#records.length > 0) this.#write(this.#records);
  }
}

/** What was left half written when a boot was killed. */
function clearTemporaries(folder: string): void {
  for (const name of readdirSync(folder))
    if (name.startsWith(`.${NAME}.`) && name.endsWith(".tmp")) rmSync(join(folder, name), { force: true });
}
