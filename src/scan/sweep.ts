import type { Clock } from "../model/clock.ts";
import { type Endpoint, endpointText } from "../model/endpoint.ts";
import type { Net } from "../model/net.ts";
import type { Outcome } from "../model/outcome.ts";
import type { Scope, SweptEndpoint } from "../model/strategy.ts";
import { addressList } from "../targets/walk.ts";
import type { Announced } from "./announced.ts";
import type { Budget } from "./budget.ts";
import { Crew, type CrewWork, type StartSweeper } from "./crew.ts";
import { Deal, type Field, type Place, type Portion, single, stretches } from "./deal.ts";
import { LinkPace } from "./link-pace.ts";
import { linkTest } from "./links.ts";
import { Neighbourhood } from "./neighbourhood.ts";
import { Pump, type PumpWork } from "./pump.ts";
import { Replay } from "./replay.ts";
import type { ProbeOutcome, Stretch } from "./stretch.ts";
import { type Counts, type Tally, addCounts, noCounts } from "./tally.ts";

export interface SweepTools {
  readonly net: Net;
  /** False: sockets are opened by Node's public means alone. */
  readonly isDirect: boolean;
  readonly budget: Budget;
  readonly announced: Announced;
  readonly tally: Tally;
  readonly isOwn: (address: string) => boolean;
  /** Threads that may sweep beside this one. */
  readonly helpers: Helpers;
  /** Told of everything that comes out. */
  readonly told?: (swept: SweptEndpoint) => void;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Other threads, and what each of them may have. */
export interface Helpers {
  readonly count: number;
  readonly sockets: number;
  readonly start: number;
  readonly perHost: number;
  /** Whether this thread leaves the field to them. */
  readonly sweepAlone: boolean;
  readonly run: StartSweeper;
}

/** How far a sweep of a field is. */
export interface SweepMark {
  /** Where it goes on when `portions` are through. */
  readonly place: Place;
  /** What is begun. */
  readonly portions: readonly Portion[];
  /** What came of all that is finished. */
  readonly done: Counts;
}

/** What an earlier sweep of the same scope came to. */
export interface SweepStart {
  readonly mark: SweepMark;
  /** What it found open. */
  readonly open: readonly SweptEndpoint[];
  /** Whether everybody has done what there was to do with it. */
  readonly isDone: (endpoint: Endpoint) => boolean;
}

/** Less work than this is done before a thread is up. */
const WORTH_A_THREAD = 8_192;

/**
 * Connects to every endpoint of a scope, and to those that are announced meanwhile. What is open comes out as it is
 * found, and what was announced however it is.
 */
export class Sweep implements PumpWork, CrewWork {
  readonly found: Replay<SweptEndpoint> = new Replay<SweptEndpoint>();
  /** What came out already: an endpoint of the scope may be announced, too. */
  readonly #told = new Set<string>();
  readonly #tools: SweepTools;
  readonly #extra: Endpoint[];
  readonly #deal: Deal;
  readonly #stretchOf: (portion: Portion) => Stretch;
  readonly #addressAt: (host: number) => string;
  /** What a thread that was lost has left behind, or an earlier sweep. */
  readonly #returned: Portion[] = [];
  readonly #begun = new Map<
    Stretch,
    { readonly portion: Portion; readonly counts: Record<ProbeOutcome, number> }
  >();
  #done: Counts = noCounts();
  readonly #pump: Pump;
  readonly #crew: Crew;
  #isOver = false;

  constructor(scope: Scope, tools: SweepTools, from?: SweepStart) {
    const { net, isDirect, budget, clock, isOwn, helpers } = tools;
    const { targets, ports, timeoutMs } = scope;
    const field: Field = { ranges: targets.ranges, ports, isSparse: scope.sparse };
    const interfaces = targets.count > 0 ? net.interfaces() : [];
    const isNear = linkTest(interfaces);
    const list = addressList(targets.ranges);
    // A link has a pace of its own, and one thread keeps it.
    const isWorthIt = targets.count * ports.length >= WORTH_A_THREAD && !isNear(list.at(0));
    const count = isWorthIt ? helpers.count : 0;
    const pace = 1 / (count + 1);
    this.#tools = tools;
    this.#extra = scope.extra.toReversed();
    this.#deal = new Deal(field, isOwn, from?.mark.place);
    this.#stretchOf = stretches(field);
    this.#addressAt = (host) => list.at(host);
    this.#pump = new Pump(this, {
      prober: (ended) => net.prober(ended, isDirect),
      budget,
      clock,
      timeoutMs,
      neighbourhood: new Neighbourhood(isNear, () => net.neighbours(), clock),
      pace: new LinkPace(clock, pace),
    });
    const { sockets, start, perHost, run } = helpers;
    const orders = { field, timeoutMs, isDirect, sockets, start, perHost, interfaces, paceShare: pace };
    if (from !== undefined) this.#goOnFrom(from);
    this.#crew = new Crew(tools.signal.aborted ? 0 : count, orders, run, this);
  }

  #goOnFrom({ mark, open, isDone }: SweepStart): void {
    this.#returned.push(...mark.portions);
    this.#done = mark.done;
    this.#tools.tally.add(mark.done);
    for (const { counts } of mark.portions) if (counts !== undefined) this.#tools.tally.add(counts);
    for (const swept of open) {
      this.#told.add(endpointText(swept.endpoint));
      if (!isDone(swept.endpoint)) this.found.push(swept);
    }
  }

  start(): void {
    const { announced, signal } = this.#tools;
    announced.onChange(this.#pump.wake);
    signal.addEventListener("abort", this.#stop);
    if (signal.aborted) this.#stop();
    else this.#pump.wake();
  }

  next(): Stretch | undefined {
    const announced = this.#tools.announced.take();
    if (announced !== undefined) {
      this.#tools.tally.expect(0, 1);
      return single(announced.endpoint);
    }
    const extra = this.#extra.pop();
    if (extra !== undefined) return single(extra);
    const portion = this.#isLeftToCrew || this.#hasItsPart ? undefined : this.nextPortion();
    if (portion === undefined) return undefined;
    const stretch = this.#stretchOf(portion);
    this.#begun.set(stretch, { portion, counts: { ...(portion.counts ?? noCounts()) } });
    return stretch;
  }

  /** How far it is. What was found open up to now is told of before this resolves. */
  async mark(): Promise<SweepMark> {
    await this.#crew.look();
    const own = [...this.#begun].map(([stretch, { portion, counts }]) => ({
      ...portion,
      mark: stretch.mark,
      counts: { ...counts },
    }));
    const portions = [...own, ...this.#crew.portions, ...this.#returned];
    return { place: this.#deal.place, portions, done: this.#done };
  }

  get #isLeftToCrew(): boolean {
    return this.#tools.helpers.sweepAlone && this.#crew.isAtWork;
  }

  /** Threads that are not up yet are to have theirs: this one would begin all there is before the first answer. */
  get #hasItsPart(): boolean {
    const left = this.#returned.length + this.#deal.left;
    return !this.#crew.isOver && this.#pump.stretches.length > left / (this.#tools.helpers.count + 1);
  }

  nextPortion(): Portion | undefined {
    return this.#returned.pop() ?? this.#deal.next();
  }

  get isOver(): boolean {
    const isDealt = this.#extra.length === 0 && this.#returned.length === 0 && this.#deal.isOver;
    return isDealt && this.#crew.isOver && this.#tools.announced.isOver;
  }

  settled(stretch: Stretch, probe: number, outcome: ProbeOutcome, latencyMs: number): void {
    const begun = this.#begun.get(stretch);
    if (begun !== undefined) begun.counts[outcome]++;
    this.#tools.tally.count(outcome);
    if (outcome === "skipped" || (outcome !== "open" && this.#tools.announced.isEmpty)) return;
    this.#tell(stretch.addressOf(probe), stretch.portOf(probe), outcome, latencyMs);
  }

  #tell(address: string, port: number, outcome: Outcome, latencyMs: number): void {
    const endpoint: Endpoint = { address, port, transport: "tcp" };
    const announced = this.#tools.announced.find(endpoint);
    if (outcome !== "open" && announced === undefined) return;
    const key = endpointText(endpoint);
    if (this.#told.has(key)) return;
    this.#told.add(key);
    const names = announced === undefined ? {} : { hostnames: announced.hostnames };
    const swept = { endpoint, outcome, latencyMs, ...names };
    this.found.push(swept);
    this.#tools.told?.(swept);
  }

  counted(counts: Counts): void {
    this.#tools.tally.add(counts);
  }

  foundOpen(host: number, port: number, latencyMs: number): void {
    this.#tell(this.#addressAt(host), port, "open", latencyMs);
  }

  finishedPortion(counts: Counts): void {
    this.#done = addCounts(this.#done, counts);
  }

  lost(portions: readonly Portion[], counts: Counts): void {
    this.#tools.tally.add(counts, -1);
    this.#returned.push(...portions);
  }

  memberEnded(): void {
    this.#pump.wake();
  }

  finished(stretch: Stretch): void {
    this.#pump.wake(); // it may have more now
    const begun = this.#begun.get(stretch);
    if (begun === undefined) return;
    this.#begun.delete(stretch);
    this.finishedPortion(begun.counts);
  }

  readonly ended = (): void => {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#tools.signal.removeEventListener("abort", this.#stop);
    this.found.end();
  };

  readonly #stop = (): void => {
    this.#pump.stop();
    this.#crew.end();
    this.ended();
  };
}
