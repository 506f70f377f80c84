import type { Name, Question, QuestionType } from "../dns/message.ts";
import { setKey } from "./record.ts";

/** RFC 6762, section 5.2: the first of a series comes after 20 to 120 ms, then after 1, 2, 4 s … up to an hour. */
const FIRST_MS = 20;
const FIRST_JITTER_MS = 100;
const INTERVAL_MS = 1_000;
const LONGEST_INTERVAL_MS = 3_600_000;
/** What is due so soon is asked along with what is due now (section 5.3). */
const TOGETHER_MS = 100;

interface Series {
  readonly question: Question;
  asks: number;
  dueAt: number;
  intervalMs: number;
}

interface Single {
  readonly question: Question;
  readonly dueAt: number;
}

/** When to ask what. */
export class Schedule {
  readonly #random: () => number;
  readonly #mostAsks: number;
  #series = new Map<string, Series>();
  #singles: Single[] = [];

  /** Asks each question so many times at most. */
  constructor(random: () => number, mostAsks: number) {
    this.#random = random;
    this.#mostAsks = mostAsks;
  }

  /** Every question has been asked as often as it may be. */
  get exhausted(): boolean {
    return this.#singles.length === 0 && [...this.#series.values()].every((one) => this.#isOver(one));
  }

  /** When something is to be asked next. */
  get nextAt(): number {
    const series = [...this.#series.values()].filter((one) => !this.#isOver(one));
    return [...series, ...this.#singles].reduce(
      (next, { dueAt }) => Math.min(next, dueAt),
      Number.POSITIVE_INFINITY,
    );
  }

  /** How often that was asked in its current series. */
  asks(name: Name, type: QuestionType): number {
    return this.#series.get(setKey(name, type))?.asks ?? 0;
  }

  /** Begins a series for what is new among the wanted, and ends those of what is not wanted any more. */
  reconcile(wanted: readonly Question[], now: number): void {
    const series = new Map<string, Series>();
    for (const question of wanted) {
      const key = setKey(question.name, question.type);
      series.set(key, this.#series.get(key) ?? this.#begin(question, now));
    }
    this.#series = series;
  }

  /** Begins every series anew: there is somebody new to ask. */
  restart(now: number): void {
    for (const [key, { question }] of this.#series) this.#series.set(key, this.#begin(question, now));
  }

  /** Asks these beside the series, so many times: soon, 1 s after that, 2 s after that … */
  askBeside(questions: readonly Question[], times: number, now: number): void {
    const first = now + this.#firstMs();
    for (let at = 0; at < times; at++) {
      const dueAt = first + INTERVAL_MS * (2 ** at - 1);
      this.#singles.push(...questions.map((question) => ({ question, dueAt })));
    }
  }

  /** What is to be asked now; it counts as asked. */
  takeDue(now: number): Question[] {
    if (this.nextAt > now) return [];
    const until = now + TOGETHER_MS;
    const due = new Map<string, Question>();
    for (const [key, one] of this.#series) {
      // A series keeps its intervals: only a first question comes early.
      if (this.#isOver(one) || one.dueAt > (one.asks === 0 ? until : now)) continue;
      this.#count(one, now);
      due.set(key, one.question);
    }
    for (const { question } of this.#singles.filter(({ dueAt }) => dueAt <= now)) {
      due.set(setKey(question.name, question.type), question);
    }
    this.#singles = this.#singles.filter(({ dueAt }) => dueAt > now);
    return [...due.values()];
  }

  /**
   * Somebody else asks the same in the group: what was to be asked again within a second counts as asked (section 7.3).
   * The first question of a series is always asked.
   */
  takeAsAsked({ name, type }: Question, now: number): void {
    const one = this.#series.get(setKey(name, type));
    if (one !== undefined && one.asks > 0 && one.dueAt - now <= INTERVAL_MS) this.#count(one, now);
  }

  #begin(question: Question, now: number): Series {
    return { question, asks: 0, dueAt: now + this.#firstMs(), intervalMs: INTERVAL_MS };
  }

  #firstMs(): number {
    return FIRST_MS + this.#random() * FIRST_JITTER_MS;
  }

  #count(one: Series, now: number): void {
    one.asks++;
    one.dueAt = now + one.intervalMs;
    one.intervalMs = Math.min(one.intervalMs * 2, LONGEST_INTERVAL_MS);
  }

  #isOver({ asks }: Series): boolean {
    return asks >= this.#mostAsks;
  }
}
