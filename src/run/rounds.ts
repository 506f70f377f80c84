import { Names } from "../identify/names.ts";
import type { Catalog } from "../model/catalog.ts";
import type { Clock } from "../model/clock.ts";
import { endpointText } from "../model/endpoint.ts";
import { messageOf } from "../model/error-code.ts";
import { DiscoverError } from "../model/errors.ts";
import type { Observation } from "../model/observation.ts";
import { DEFAULTS, LARGE_RANGE } from "../model/options.ts";
import type { Coverage } from "../model/outcome.ts";
import type { Scope, Strategy } from "../model/strategy.ts";
import type { WatchOptions } from "../model/watch.ts";
import type { AnnouncedEndpoint } from "../scan/announced.ts";
import { Tally } from "../scan/tally.ts";
import { Bell } from "./bell.ts";
import { checkedObservation } from "./check-observation.ts";
import { type Ground, layGround } from "./ground.ts";
import type { LiveView } from "./live-view.ts";
import { observeAll } from "./observe.ts";
import { allow, sizeOfRun } from "./size.ts";
import { Stop } from "./stop.ts";
import { type Survey, survey } from "./survey.ts";
import type { WatchReport } from "./watch-report.ts";

export interface RoundsOptions {
  readonly options: WatchOptions;
  readonly strategies: readonly Strategy[];
  readonly catalog: Catalog;
  readonly clock: Clock;
  readonly view: LiveView;
  readonly report: WatchReport;
  /** The end of the watch. */
  readonly signal: AbortSignal;
}

/** What is newly announced waits for more of its kind, in milliseconds: hosts announce all they have at once. */
const SOON_MS = 300;
/** What is served over HTTP is named anew every so many rounds: another program may have taken its place unseen. */
const ROUNDS_PER_NAME = 6;

/**
 * Rounds, one after the other: the survey anew, then all strategies that do not watch. Those that do run beside, from
 * the first survey to the end, and what they hear of is looked at soon.
 */
export class Rounds {
  readonly #given: RoundsOptions;
  readonly #sweeping: readonly Strategy[];
  readonly #watching: readonly Strategy[];
  readonly #announced = new Bell();
  readonly #names = new Names();
  readonly #watchers: Promise<void>[] = [];
  /** Heard of, and not looked at. */
  #pending = new Map<string, AnnouncedEndpoint>();
  #count = 0;
  /** The round that runs. */
  #ground: Ground | undefined;
  #survey: Survey | undefined;
  /** Somebody said yes to a large range. Undefined: nobody was asked yet. */
  #allowed: boolean | undefined;

  constructor(given: RoundsOptions) {
    this.#given = given;
    this.#sweeping = given.strategies.filter((strategy) => strategy.watch === undefined);
    this.#watching = given.strategies.filter((strategy) => strategy.watch !== undefined);
  }

  /** Until the signal. What makes no sense at once throws; what goes wrong later is a warning. */
  async run(): Promise<void> {
    const { signal, report } = this.#given;
    for (let isFirst = true; !signal.aborted; isFirst = false) {
      try {
        await this.#round();
      } catch (error) {
        if (signal.aborted) break; // whatever it was about
        if (isFirst) throw error;
        report.warn(`a round failed: ${messageOf(error)}`);
      }
      await this.#rest();
    }
    await Promise.all(this.#watchers);
  }

  async #round(): Promise<void> {
    const { options, signal, view, report } = this.#given;
    const stop = new Stop(signal, options.deadlineMs);
    try {
      report.startRound();
      if (this.#count++ % ROUNDS_PER_NAME === 0) this.#names.clear();
      const surveyed = await this.#surveyOrStop(stop.signal);
      if (surveyed === undefined) return;
      await this.#allow(surveyed.scope, stop);
      this.#survey = surveyed;
      view.startRound(surveyed);
      const coverage = await this.#look(surveyed, this.#sweeping, view.followed, stop.signal);
      if (signal.aborted) return;
      view.endRound({ complete: coverage.complete, certain: surveyed.warnings.length === 0 });
      view.expire(this.#given.clock.now());
      report.endRound(coverage);
    } finally {
      stop.now();
    }
  }

  /** Undefined where the round's time was over while names were looked up. */
  async #surveyOrStop(signal: AbortSignal): Promise<Survey | undefined> {
    const { options, strategies, catalog, report } = this.#given;
    try {
      const surveyed = await survey(options, strategies, catalog, signal);
      for (const warning of surveyed.warnings) report.warn(warning);
      return surveyed;
    } catch (error) {
      if (!signal.aborted || error instanceof DiscoverError || this.#given.signal.aborted) throw error;
      report.warn("a round ended before it began: its time was over");
      return undefined;
    }
  }

  /** Somebody is asked in the first round alone; what grows large later needs that yes, or one in advance. */
  async #allow(scope: Scope, stop: Stop): Promise<void> {
    const { options, strategies } = this.#given;
    if (strategies.every(({ announces }) => announces === true)) return;
    const isAllowed = this.#allowed === undefined ? options.allowLarge : this.#allowed;
    this.#allowed ??= options.allowLarge === true;
    await allow(sizeOfRun(scope, options), isAllowed, stop);
    this.#allowed ||= scope.targets.count > LARGE_RANGE;
  }

  async #look(
    surveyed: Survey,
    strategies: readonly Strategy[],
    follow: readonly AnnouncedEndpoint[],
    signal: AbortSignal,
  ): Promise<Coverage> {
    const { options, catalog, view, report } = this.#given;
    const tally = new Tally();
    const given = { options, strategies, catalog, tally, signal, warn: report.warn };
    const ground = layGround(surveyed, { ...given, follow, names: this.#names });
    this.#ground = ground;
    this.#pending.clear();
    this.#startWatchers(surveyed);
    try {
      for await (const observation of observeAll(strategies, ground)) {
        if (observation.outcome !== "open") this.#names.forget(endpointText(observation.endpoint));
        view.take(observation, signal.aborted);
        report.changed();
      }
    } finally {
      this.#ground = undefined;
      this.#keepUntaken(ground, follow);
    }
    return tally.coverage;
  }

  /** What was heard of when the sweep was over already. */
  #keepUntaken({ announced }: Ground, follow: readonly AnnouncedEndpoint[]): void {
    const followed = new Set(follow);
    for (let left = announced.take(); left !== undefined; left = announced.take()) {
      if (!followed.has(left)) this.#pending.set(endpointText(left.endpoint), left);
    }
  }

  /** A watcher that breaks its contract costs its observation, and not the watch. */
  #take(said: Observation): void {
    const { report } = this.#given;
    try {
      this.#hear(checkedObservation(said));
      report.changed();
    } catch (error) {
      report.warn(`an observation that makes no sense was left out: ${messageOf(error)}`);
    }
  }

  /** Until the next round is due. Meanwhile what is newly announced is looked at, and what nobody renews runs out. */
  async #rest(): Promise<void> {
    const { options, signal, clock, view, report } = this.#given;
    const until = clock.monotonic() + (options.intervalMs ?? DEFAULTS.intervalMs);
    for (let leftMs = 0; !signal.aborted;) {
      leftMs = until - clock.monotonic();
      if (leftMs <= 0) return;
      if (this.#pending.size > 0) {
        await new Bell().wait(Math.min(leftMs, SOON_MS), signal);
        if (clock.monotonic() < until) await this.#glance();
        continue;
      }
      await this.#announced.wait(Math.min(leftMs, view.expiresAt - clock.now()), signal);
      if (view.expiresAt > clock.now()) continue;
      view.expire(clock.now());
      report.changed();
    }
  }

  /** A look at what is newly announced, and at nothing else. */
  async #glance(): Promise<void> {
    const { options, signal } = this.#given;
    if (this.#survey === undefined || signal.aborted) return;
    const stop = new Stop(signal, options.deadlineMs);
    const looking = this.#sweeping.filter(({ announces }) => announces !== true);
    try {
      await this.#look(withoutTargets(this.#survey), looking, [...this.#pending.values()], stop.signal);
    } finally {
      stop.now();
    }
  }

  #startWatchers(surveyed: Survey): void {
    if (this.#watchers.length > 0) return;
    const { options, catalog, signal, report } = this.#given;
    const strategies = this.#watching;
    const given = { options, strategies, catalog, tally: new Tally(), signal, warn: report.warn };
    const ground = layGround(surveyed, given);
    this.#watchers.push(...strategies.map((strategy) => this.#follow(strategy, ground)));
  }

  async #follow(strategy: Strategy, { scope, context }: Ground): Promise<void> {
    const { signal, report, view } = this.#given;
    try {
      for await (const observation of strategy.watch?.(scope, context) ?? []) {
        this.#take(observation);
      }
    } catch (error) {
      report.warn(`strategy ${strategy.name} failed, and watches no more: ${messageOf(error)}`);
    }
    if (signal.aborted) return;
    view.leave(strategy.name);
    this.#announced.ring();
  }

  #hear(observation: Observation): void {
    const found = this.#given.view.hear(observation);
    if (found === undefined) return;
    if (this.#ground !== undefined) this.#ground.announced.follow(found);
    else this.#pending.set(endpointText(found.endpoint), found);
    this.#announced.ring();
  }
}

function withoutTargets(surveyed: Survey): Survey {
  const { scope } = surveyed;
  const targets = { ...scope.targets, ranges: [], count: 0 };
  return { ...surveyed, scope: { ...scope, targets, ports: [], extra: [] } };
}
