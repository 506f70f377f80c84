import type {
  FromSweeper,
  NumberedPortion,
  PortionReport,
  SweeperOrders,
  ToSweeper,
} from "./crew-messages.ts";
import type { Portion } from "./deal.ts";
import type { StretchMark } from "./stretch.ts";
import { type Counts, addCounts, noCounts } from "./tally.ts";

/** A sweeper in a thread of its own. */
export interface SweeperThread {
  post(message: ToSweeper): void;
  /** It is not to be heard of any more. */
  end(): void;
}

/** Starts one; undefined where this machine or this Node lets nobody. `failed` is called once where it ends before its time. */
export type StartSweeper = (
  orders: SweeperOrders,
  heard: (message: FromSweeper) => void,
  failed: (reason: string) => void,
) => SweeperThread | undefined;

/** What a crew works for. */
export interface CrewWork {
  /** More to do; undefined where there is no more. */
  nextPortion(): Portion | undefined;
  counted(counts: Counts): void;
  /** An open port of the host at a place of the field. */
  foundOpen(host: number, port: number, latencyMs: number): void;
  /** With all that came of it, in this run and before. */
  finishedPortion(counts: Counts): void;
  /** A thread was lost: what it had not finished is to be done by somebody else, and does not count so far. */
  lost(portions: readonly Portion[], counts: Counts, reason: string): void;
  /** One of them has nothing more to do. */
  memberEnded(): void;
}

/** Portions that are given at a time. */
const HELPING = 2;

interface Assignment {
  readonly portion: Portion;
  counts: Counts;
  /** As it was when its thread was last asked how far it is. */
  snapshot?: Portion;
}

/** One thread's part: what it was given, and how far it is. */
class Member {
  readonly #work: CrewWork;
  readonly #assigned = new Map<number, Assignment>();
  readonly #thread: SweeperThread | undefined;
  #isOver = false;
  #given = 0;
  #marked: () => void = () => {};

  constructor(orders: SweeperOrders, start: StartSweeper, work: CrewWork) {
    this.#work = work;
    this.#thread = start(orders, this.#hear, this.#fail);
    this.#isOver = this.#thread === undefined;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  get isAtWork(): boolean {
    return !this.#isOver && this.#given > 0;
  }

  end(): void {
    this.#isOver = true;
    this.#thread?.end();
    this.#marked();
  }

  /** Asks how far it is: resolves once `portions` knows. */
  look(): Promise<void> {
    if (this.#isOver) return Promise.resolve();
    return new Promise((resolve) => {
      this.#marked = resolve;
      this.#thread?.post({ kind: "mark" });
    });
  }

  /** What it was given and has not finished, and how far it was when it was last looked at. */
  get portions(): Portion[] {
    return [...this.#assigned.values()].map(({ portion, snapshot }) => snapshot ?? portion);
  }

  readonly #hear = (message: FromSweeper): void => {
    if (this.#isOver) return;
    if (message.kind === "hungry") this.#feed();
    else if (message.kind === "marks") this.#keep(message.marks);
    else if (message.kind === "ended") {
      this.end();
      this.#work.memberEnded();
    } else for (const report of message.reports) this.#take(report);
  };

  #feed(): void {
    const portions: NumberedPortion[] = [];
    for (let portion = this.#next(); portion !== undefined; portion = this.#next()) {
      portions.push(portion);
      if (portions.length === HELPING) break;
    }
    if (portions.length > 0) this.#thread?.post({ kind: "portions", portions });
    else this.#thread?.post({ kind: "over" });
  }

  #next(): NumberedPortion | undefined {
    const portion = this.#work.nextPortion();
    if (portion === undefined) return undefined;
    const number = this.#given++;
    this.#assigned.set(number, { portion, counts: noCounts() });
    return { ...portion, number };
  }

  /** What was reported by now is what the marks tell of. */
  #keep(marks: ReadonlyMap<number, StretchMark>): void {
    for (const [number, mark] of marks) {
      const assignment = this.#assigned.get(number);
      if (assignment === undefined) continue;
      assignment.snapshot = { ...assignment.portion, mark, counts: allCounts(assignment) };
    }
    this.#marked();
  }

  #take({ number, counts, open, isFinished }: PortionReport): void {
    const assignment = this.#assigned.get(number);
    if (assignment === undefined) return;
    assignment.counts = addCounts(assignment.counts, counts);
    this.#work.counted(counts);
    for (let at = 0; at + 2 < open.length; at += 3)
      this.#work.foundOpen(open[at] ?? 0, open[at + 1] ?? 0, open[at + 2] ?? 0);
    if (!isFinished) return;
    this.#assigned.delete(number);
    this.#work.finishedPortion(allCounts(assignment));
  }

  readonly #fail = (reason: string): void => {
    if (this.#isOver) return;
    this.end();
    const lost = [...this.#assigned.values()];
    this.#assigned.clear();
    const portions = lost.map(({ portion }) => portion);
    const counts = lost.reduce<Counts>((sum, one) => addCounts(sum, one.counts), noCounts());
    this.#work.lost(portions, counts, reason);
    this.#work.memberEnded();
  };
}

/** Threads that sweep beside this one, and are given portions as they have room for them. */
export class Crew {
  readonly #members: readonly Member[];

  constructor(size: number, orders: SweeperOrders, start: StartSweeper, work: CrewWork) {
    this.#members = Array.from({ length: size }, () => new Member(orders, start, work));
  }

  /** Whether they have come up, and not all gone. */
  get isAtWork(): boolean {
    return this.#members.some(({ isAtWork }) => isAtWork);
  }

  get isOver(): boolean {
    return this.#members.every(({ isOver }) => isOver);
  }

  end(): void {
    for (const member of this.#members) member.end();
  }

  /** Asks them how far they are: resolves once `portions` knows. */
  async look(): Promise<void> {
    await Promise.all(this.#members.map((member) => member.look()));
  }

  /** What they were given and have not finished, and how far they were when they were last looked at. */
  get portions(): Portion[] {
    return this.#members.flatMap(({ portions }) => portions);
  }
}

/** In this run and before. */
function allCounts({ portion, counts }: Assignment): Counts {
  return portion.counts === undefined ? counts : addCounts(portion.counts, counts);
}
