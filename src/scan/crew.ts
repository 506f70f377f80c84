import type { FromSweeper, NumberedPortion, SweeperOrders, ToSweeper } from "./crew-messages.ts";
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
  finishedPortion(portion: Portion): void;
  /** A thread was lost: what it had not finished is to be done by somebody else, and does not count so far. */
  lost(portions: readonly Portion[], counts: Counts, reason: string): void;
  /** One of them has nothing more to do. */
  memberEnded(): void;
}

/** Portions that are given at a time. */
const HELPING = 2;

interface Assignment {
  readonly portion: NumberedPortion;
  counts: Counts;
}

/** One thread's part: what it was given, and how far it is. */
class Member {
  readonly #work: CrewWork;
  readonly #assigned = new Map<number, Assignment>();
  readonly #thread: SweeperThread | undefined;
  #isOver = false;
  #given = 0;
  #marked: (marks: ReadonlyMap<number, StretchMark>) => void = () => {};

  constructor(orders: SweeperOrders, start: StartSweeper, work: CrewWork) {
    this.#work = work;
    this.#thread = start(orders, this.#hear, this.#fail);
    this.#isOver = this.#thread === undefined;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  end(): void {
    this.#isOver = true;
    this.#thread?.end();
    this.#marked(new Map());
  }

  /** How far it is with what it was given. */
  async marks(): Promise<Portion[]> {
    const marks = await new Promise<ReadonlyMap<number, StretchMark>>((resolve) => {
      this.#marked = resolve;
      if (this.#isOver) resolve(new Map());
      else this.#thread?.post({ kind: "mark" });
    });
    return [...this.#assigned.values()].map(({ portion: { number, ...portion } }) => {
      const mark = marks.get(number) ?? portion.mark;
      return mark === undefined ? portion : { ...portion, mark };
    });
  }

  readonly #hear = (message: FromSweeper): void => {
    if (this.#isOver) return;
    if (message.kind === "hungry") this.#feed();
    else if (message.kind === "marks") this.#marked(message.marks);
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
    const numbered = { ...portion, number: this.#given++ };
    this.#assigned.set(numbered.number, { portion: numbered, counts: noCounts() });
    return numbered;
  }

  #take({
    number,
    counts,
    open,
    isFinished,
  }: Extract<FromSweeper, { kind: "reports" }>["reports"][number]): void {
    const assignment = this.#assigned.get(number);
    if (assignment === undefined) return;
    assignment.counts = addCounts(assignment.counts, counts);
    this.#work.counted(counts);
    for (let at = 0; at + 2 < open.length; at += 3)
      this.#work.foundOpen(open[at] ?? 0, open[at + 1] ?? 0, open[at + 2] ?? 0);
    if (!isFinished) return;
    this.#assigned.delete(number);
    this.#work.finishedPortion(assignment.portion);
  }

  readonly #fail = (reason: string): void => {
    if (this.#isOver) return;
    this.end();
    const lost = [...this.#assigned.values()];
    this.#assigned.clear();
    const portions = lost.map(({ portion: { number: _, ...portion } }) => portion);
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

  get isOver(): boolean {
    return this.#members.every(({ isOver }) => isOver);
  }

  end(): void {
    for (const member of this.#members) member.end();
  }

  /** What they were given and have not finished, and how far they are with it. */
  async marks(): Promise<Portion[]> {
    return (await Promise.all(this.#members.map((member) => member.marks()))).flat();
  }
}
