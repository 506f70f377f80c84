import { type Owner, isElsewhere, thisOwner } from "../../disk/owner.ts";
import { type Endpoint, endpointText } from "../../model/endpoint.ts";
import { messageOf } from "../../model/error-code.ts";
import { DiscoverError } from "../../model/errors.ts";
import { type JsonObject, asObject } from "../../model/json.ts";
import type { Observation } from "../../model/observation.ts";
import type { Scope, SweptEndpoint } from "../../model/strategy.ts";
import type { Account } from "../../scan/scanner.ts";
import type { SweepMark, SweepStart } from "../../scan/sweep.ts";
import { type Identity, identityOf, otherwise } from "./identity.ts";
import { Journal } from "./journal.ts";
import { type Line, isMark, lineText, parseLine } from "./lines.ts";
import { markFault, mostBytesOf, placeTest, settledBy } from "./plausible.ts";

/** How often account is taken, in milliseconds: so much may be done twice after a run was killed, and nothing is lost. */
const EVERY_MS = 500;

/** The first line. */
interface Header {
  readonly sonde: "checkpoint";
  readonly version: 1;
  readonly run: Identity;
  readonly owner: Owner;
}

/** What an earlier run left. */
interface Earlier {
  readonly lines: readonly string[];
  readonly observations: readonly Observation[];
  readonly from: SweepStart | undefined;
}

const NOTHING: Earlier = { lines: [], observations: [], from: undefined };

/**
 * Keeps account of a run in a file, so that another one can go on where it ended, however it ended. What was found is written
 * before the mark that says so far the sweep is; an endpoint counts as done with only once what was observed of it is
 * written.
 */
export class Checkpoint implements Account {
  readonly from: SweepStart | undefined;
  /** What was observed by the runs before. */
  readonly observations: readonly Observation[];
  readonly #journal: Journal;
  /** Strategies that are told of what is open. */
  readonly #readers: number;
  readonly #warn: (warning: string) => void;
  #lines: string[] = [];
  /** By endpoint, how many have done with it. */
  readonly #doneBy = new Map<string, number>();
  /** Done with since account was last taken, and before: what was observed of the latter is written. */
  #done: string[] = [];
  #settled: string[] = [];
  #mark: (() => Promise<SweepMark>) | undefined;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  #isClosed = false;
  /** It could not be written: what is there is left as it is. More would stand behind a torn line, and lines would be missing. */
  #isGivenUp = false;

  private constructor(journal: Journal, earlier: Earlier, readers: number, warn: (warning: string) => void) {
    this.#journal = journal;
    this.from = earlier.from;
    this.observations = earlier.observations;
    this.#readers = readers;
    this.#warn = warn;
  }

  /**
   * Begins a journal, or goes on with the one that is there. Throws `file` where it cannot be read or written or another
   * process is at it, `bad-checkpoint` where it is of another run or no journal at all: it is left as it is then.
   */
  static async open(
    path: string,
    scope: Scope,
    readers: number,
    warn: (warning: string) => void,
  ): Promise<Checkpoint> {
    const journal = new Journal(path, ([header, ...lines]) => [
      ...(header ? [header] : []),
      ...wanted(lines),
    ]);
    const lines = await journal.read();
    const run = identityOf(scope);
    const earlier = lines === undefined ? NOTHING : readEarlier(path, lines, run, scope);
    const header: Header = { sonde: "checkpoint", version: 1, run, owner: thisOwner() };
    await journal.write([JSON.stringify(header), ...earlier.lines]);
    if (earlier.from !== undefined)
      warn(`goes on from checkpoint ${path}: ${progressOf(earlier.from.mark, scope)} were done with before`);
    return new Checkpoint(journal, earlier, readers, warn);
  }

  began(mark: () => Promise<SweepMark>): void {
    this.#mark = mark;
    this.#timer = setInterval(this.#tick, EVERY_MS);
  }

  told(swept: SweptEndpoint): void {
    const { endpoint, outcome, latencyMs } = swept;
    if (outcome === "open") this.#add({ open: { endpoint, outcome, latencyMs } });
  }

  done(endpoint: Endpoint): void {
    if (this.#isGivenUp) return;
    const key = endpointText(endpoint);
    const by = (this.#doneBy.get(key) ?? 0) + 1;
    if (by < this.#readers) this.#doneBy.set(key, by);
    else {
      this.#doneBy.delete(key);
      this.#done.push(key);
    }
  }

  observed(observation: Observation): void {
    this.#add({ observed: observation });
  }

  /** Takes account for the last time, or takes the file away where the run has come to its end. */
  async close(isOver: boolean): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearInterval(this.#timer);
    await this.#writing;
    if (isOver) await this.#journal.remove();
    else {
      await this.#takeAccount();
      await this.#takeAccount(); // what is done with now, and all of it was observed
      await this.#journal.close();
    }
  }

  #add(line: Line): void {
    if (!this.#isGivenUp) this.#lines.push(lineText(line));
  }

  readonly #tick = (): void => {
    // One at a time: on a slow disk account is taken less often.
    this.#writing = this.#writing.then(() => (this.#isClosed ? undefined : this.#takeAccount()));
  };

  async #takeAccount(): Promise<void> {
    if (this.#isGivenUp) return;
    try {
      const mark = await this.#mark?.();
      for (const key of this.#settled) this.#add({ done: key });
      this.#settled = this.#done;
      this.#done = [];
      if (mark !== undefined) this.#add({ mark });
      const lines = this.#lines;
      this.#lines = [];
      await this.#journal.append(lines);
    } catch (error) {
      this.#warn(`the checkpoint is not kept: ${messageOf(error)}`);
      this.#giveUp();
    }
  }

  #giveUp(): void {
    clearInterval(this.#timer);
    this.#isGivenUp = true;
    this.#lines = [];
    this.#done = [];
    this.#settled = [];
    this.#doneBy.clear();
  }
}

/** Skipped ones are done with, too, and were never probed. */
function progressOf(mark: SweepMark, { targets, ports }: Scope): string {
  const [done, all] = [settledBy(mark), targets.count * ports.length].map((n) => n.toLocaleString("en-US"));
  return `${done} of ${all} endpoints`;
}

/** All but marks that a later one has made void. */
function wanted(lines: readonly string[]): string[] {
  const last = lines.findLastIndex(isMark);
  return lines.filter((line, at) => at === last || !isMark(line));
}

function readEarlier(
  path: string,
  [first = "", ...rest]: readonly string[],
  run: Identity,
  scope: Scope,
): Earlier {
  requireSame(path, headerOf(path, first), run);
  const last = rest.findLastIndex(isMark);
  const observations: Observation[] = [];
  const open: SweptEndpoint[] = [];
  const done = new Set<string>();
  let mark: SweepMark | undefined;
  const read = lineReader(scope);
  for (const [at, text] of rest.entries()) {
    if (isMark(text) && at !== last) continue;
    const line = orDamaged(path, at + 2, () => read(text));
    if (line === undefined) continue;
    if ("open" in line) open.push(line.open);
    else if ("observed" in line) observations.push(line.observed);
    else if ("done" in line) done.add(line.done);
    else mark = line.mark;
  }
  const isDone = (endpoint: Endpoint): boolean => done.has(endpointText(endpoint));
  return { lines: wanted(rest), observations, from: mark && { mark, open, isDone } };
}

/** Reads lines of a scope's checkpoint; undefined for what is not there any more. Throws an Error for what cannot be. */
function lineReader(scope: Scope): (text: string) => Line | undefined {
  const mostBytes = mostBytesOf(scope);
  const placeOf = placeTest(scope);
  return (text) => {
    const line = parseLine(text, mostBytes);
    const fault = "mark" in line ? markFault(line.mark, scope) : undefined;
    if (fault !== undefined) throw new Error(fault);
    const { endpoint } = "open" in line ? line.open : "observed" in line ? line.observed : {};
    const place = endpoint === undefined ? "known" : placeOf(endpoint);
    if (endpoint !== undefined && place === "foreign")
      throw new Error(`${endpoint.address} is none of the targets`);
    return place === "gone" ? undefined : line;
  };
}

function headerOf(path: string, line: string): JsonObject {
  const header = asObjectOf(line);
  if (header?.["sonde"] !== "checkpoint")
    throw new DiscoverError("bad-checkpoint", `${path} is no checkpoint: name a file that is not there yet`);
  if (header["version"] !== 1)
    throw new DiscoverError(
      "bad-checkpoint",
      `checkpoint ${path} is of version ${JSON.stringify(header["version"])}, and this program knows version 1`,
    );
  return header;
}

function requireSame(path: string, { run, owner }: JsonObject, wantedRun: Identity): void {
  if (isElsewhere(owner))
    throw new DiscoverError(
      "file",
      `checkpoint ${path} is being written by process ${JSON.stringify(asObject(owner)?.["pid"])}`,
    );
  const fault = otherwise(wantedRun, asObject(run) ?? {});
  if (fault === undefined) return;
  throw new DiscoverError(
    "bad-checkpoint",
    `checkpoint ${path} is of another run: ${fault}; ask for the same again, or name another file`,
  );
}

function orDamaged<T>(path: string, number: number, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    const why = messageOf(cause);
    throw new DiscoverError(
      "bad-checkpoint",
      `checkpoint ${path} is damaged at line ${number}: ${why}; remove it to begin anew`,
      { cause },
    );
  }
}

function asObjectOf(line: string): JsonObject | undefined {
  try {
    return asObject(JSON.parse(line));
  } catch {
    return undefined;
  }
}
