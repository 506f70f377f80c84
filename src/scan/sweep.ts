import type { Clock } from "../model/clock.ts";
import { type Endpoint, endpointText } from "../model/endpoint.ts";
import type { Net } from "../model/net.ts";
import type { Outcome, OutcomeListener } from "../model/outcome.ts";
import type { Scope, SweptEndpoint } from "../model/strategy.ts";
import { parseAddress } from "../targets/address.ts";
import { contains } from "../targets/set.ts";
import { addressList } from "../targets/walk.ts";
import type { Announced } from "./announced.ts";
import type { Budget, BudgetShare } from "./budget.ts";
import { Crew, type CrewWork, type StartSweeper } from "./crew.ts";
import { Deal, type Field, type Place, type Portion, single, stretches } from "./deal.ts";
import type { KnownOpen } from "./known.ts";
import { LinkPace } from "./link-pace.ts";
import { linkTest } from "./links.ts";
import { Neighbourhood, holdsNear } from "./neighbourhood.ts";
import { Pump, type PumpWork } from "./pump.ts";
import { Replay } from "./replay.ts";
import { countProbes } from "./size.ts";
import type { ProbeOutcome, Stretch } from "./stretch.ts";
import { type Counts, type Tally, addCounts, noCounts } from "./tally.ts";

export interface SweepTools {
  readonly net: Net;
  /** False: sockets are opened by Node's public means alone. */
  readonly isDirect: boolean;
  readonly budget: Budget;
  readonly announced: Announced;
  /** What was open before. */
  readonly known?: KnownOpen;
  readonly tally: Tally;
  readonly isOwn: (address: string) => boolean;
  /** Threads that may sweep beside this one. */
  readonly helpers: Helpers;
  /** Told of everything that comes out. */
  readonly told?: (swept: SweptEndpoint) => void;
  /** Told of how every probe of this thread ended. */
  readonly onOutcome?: OutcomeListener;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Other threads, and what each of them may have. */
export interface Helpers extends BudgetShare {
  readonly count: number;
  /** What this thread may have by itself, and while they are at work. */
  readonly alone: BudgetShare;
  readonly beside: BudgetShare;
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
/** With so little to do there is time for everything that keeps silent. */
const FEW_PROBES = 4_096;

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
  readonly #isInField: (endpoint: Endpoint) => boolean;
  readonly #uncounted = new WeakSet<Stretch>();
  /** What was open before, where other threads sweep: they tell of nothing but what is open. */
  readonly #doubted: Endpoint[] = [];
  readonly #doubts = new WeakSet<Stretch>();
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
    const probes = countProbes(scope);
    this.#tools = tools;
    this.#extra = scope.extra.toReversed();
    this.#isInField = ({ address, port }) => {
      const parsed = parseAddress(address);
      return parsed !== undefined && ports.includes(port) && contains(targets.ranges, parsed);
    };
    this.#deal = new Deal(field, isOwn, from?.mark.place);
    // A link has a pace of its own, and one thread keeps it.
    const isWorthIt = probes >= WORTH_A_THREAD && !tools.signal.aborted && !holdsNear(list, isNear);
    const useful = this.#deal.left - (helpers.sweepAlone ? 0 : 1);
    const count = isWorthIt ? Math.max(0, Math.min(helpers.count, useful)) : 0;
    const pace = 1 / (count + 1);
    this.#stretchOf = stretches(field);
    this.#addressAt = (host) => list.at(host);
    this.#pump = new Pump(this, {
      prober: (ended) => net.prober(ended, isDirect),
      budget,
      clock,
      timeoutMs,
      neighbourhood: new Neighbourhood(isNear, () => net.neighbours(), clock),
      pace: new LinkPace(clock, pace),
      isCareful: probes <= FEW_PROBES,
    });
    const { sockets, start, perHost, run } = helpers;
    const orders = { field, timeoutMs, isDirect, sockets, start, perHost, interfaces, paceShare: pace };
    if (from !== undefined) this.#goOnFrom(from);
    if (count > 0) budget.share(helpers.beside);
    // Not where a host is to be asked only if another one answers.
    if (count > 0 && !scope.sparse && tools.known !== undefined)
      this.#doubted.push(...tools.known.endpoints.filter(this.#isInField));
    this.#crew = new Crew(count, orders, run, this);
    if (count > 0 && this.#crew.isOver) budget.share(helpers.alone);
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
    if (announced !== undefined) return this.#extraStretch(announced.endpoint);
    const extra = this.#extra.pop();
    if (extra !== undefined) return single(extra);
    const doubted = this.#doubted.pop();
    if (doubted !== undefined) return this.#doubt(doubted);
    const portion = this.#isLeftToCrew || this.#hasItsPart ? undefined : this.nextPortion();
    if (portion === undefined) return undefined;
    const stretch = this.#stretchOf(portion);
    this.#begun.set(stretch, { portion, counts: { ...(portion.counts ?? noCounts()) } });
    return stretch;
  }

  /** What is among the targets, too, counts where it comes up there. */
  #extraStretch(endpoint: Endpoint): Stretch {
    const stretch = single(endpoint);
    if (this.#isInField(endpoint)) this.#uncounted.add(stretch);
    else this.#tools.tally.expect(0, 1);
    return stretch;
  }

  /** Whoever finds it open is to tell of it, and count it: here only a refusal is of interest. */
  #doubt(endpoint: Endpoint): Stretch {
    const stretch = single(endpoint);
    this.#uncounted.add(stretch);
    this.#doubts.add(stretch);
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
    const isDealt =
      this.#extra.length + this.#doubted.length === 0 && this.#returned.length === 0 && this.#deal.isOver;
    return isDealt && this.#crew.isOver && this.#tools.announced.isOver;
  }

  settled(stretch: Stretch, probe: number, outcome: ProbeOutcome, latencyMs: number): void {
    const begun = this.#begun.get(stretch);
    if (begun !== undefined) begun.counts[outcome]++;
    if (!this.#uncounted.has(stretch)) this.#tools.tally.count(outcome);
    if (outcome === "closed")
      this.#tools.known?.refusedAt(stretch.portOf(probe), () => stretch.addressOf(probe));
    if (this.#doubts.has(stretch)) return;
    if (outcome === "skipped") return;
    this.#tools.onOutcome?.(stretch.addressOf(probe), stretch.portOf(probe), outcome);
    if (outcome !== "open" && this.#tools.announced.isEmpty) return;
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
    if (this.#crew.isOver) this.#tools.budget.share(this.#tools.helpers.alone);
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
