import type { Clock } from "../model/clock.ts";
import type { Coverage } from "../model/outcome.ts";
import type { WatchEvent } from "../model/watch.ts";
import { Bell } from "./bell.ts";
import type { Change, LiveView } from "./live-view.ts";

/** Changes are gathered for so long, in milliseconds: much of one thing comes at once. */
const BATCH_MS = 100;
/** And for so many times as long as it takes to put them together: a large view has other work to do. */
const COST_SHARE = 4;

/**
 * What a watch tells. Changes are found when somebody reads: who reads slowly is told of fewer and larger ones, and
 * nothing piles up.
 */
export class WatchReport {
  readonly #view: LiveView;
  readonly #clock: Clock;
  readonly #news = new Bell();
  readonly #hurry = new Bell();
  /** Those of the round before this one, too: what goes on is said once. */
  #warned: ReadonlySet<string> = new Set();
  #warnedNow = new Set<string>();
  #warnings: string[] = [];
  #coverage: Coverage | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(view: LiveView, clock: Clock) {
    this.#view = view;
    this.#clock = clock;
  }

  readonly warn = (warning: string): void => {
    if (!this.#warned.has(warning) && !this.#warnedNow.has(warning)) {
      this.#warnings.push(warning);
      this.#news.ring();
    }
    this.#warnedNow.add(warning);
  };

  /** The view is another one. */
  changed(): void {
    this.#news.ring();
  }

  startRound(): void {
    this.#warned = this.#warnedNow;
    this.#warnedNow = new Set();
  }

  endRound(coverage: Coverage): void {
    this.#coverage = coverage;
    this.#news.ring();
    this.#hurry.ring();
  }

  /** Who reads gets this error after all else. */
  fail(error: unknown): void {
    this.#failure = { error };
    this.#news.ring();
    this.#hurry.ring();
  }

  /** Until `signal`, or a failure. */
  async *events(signal: AbortSignal): AsyncGenerator<WatchEvent, void, undefined> {
    for (let costMs = 0; ;) {
      await this.#news.wait(Number.POSITIVE_INFINITY, signal);
      await this.#hurry.wait(Math.max(BATCH_MS, COST_SHARE * costMs), signal);
      const before = this.#clock.monotonic();
      const events = this.#take();
      costMs = this.#clock.monotonic() - before;
      yield* events;
      if (this.#failure !== undefined) throw this.#failure.error;
      if (signal.aborted) return;
    }
  }

  #take(): WatchEvent[] {
    const at = new Date(this.#clock.now()).toISOString();
    const changes = this.#view.changes().map((change) => eventOf(change, at));
    const warnings = this.#warnings.map((warning) => ({ event: "warning", at, warning }) as const);
    const coverage = this.#coverage;
    this.#warnings = [];
    this.#coverage = undefined;
    if (coverage === undefined) return [...changes, ...warnings];
    return [...changes, ...warnings, { event: "round", at, coverage, services: this.#view.size }];
  }
}

function eventOf(change: Change, at: string): WatchEvent {
  const { service } = change;
  switch (change.kind) {
    case "appeared":
      return { event: "appeared", at, service };
    case "changed":
      return { event: "changed", at, service, replaces: change.replaces, fields: change.fields };
    case "gone":
      return { event: "gone", at, service, reason: change.reason };
  }
}
