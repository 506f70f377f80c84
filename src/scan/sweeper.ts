import type { Clock } from "../model/clock.ts";
import type { ProbeEnd, Prober } from "../model/net.ts";
import { ownAddresses } from "../targets/own.ts";
import { Budget } from "./budget.ts";
import type {
  FromSweeper,
  NumberedPortion,
  PortionReport,
  SweeperOrders,
  ToSweeper,
} from "./crew-messages.ts";
import { stretches } from "./deal.ts";
import { LinkPace } from "./link-pace.ts";
import { linkTest } from "./links.ts";
import { Neighbourhood } from "./neighbourhood.ts";
import { Pump, type PumpWork } from "./pump.ts";
import type { ProbeOutcome, Stretch } from "./stretch.ts";
import { noCounts } from "./tally.ts";

/** How long what came of probes is gathered before it is told, in milliseconds. */
const GATHER_MS = 40;
/** Portions that lie ready. */
const READY = 2;

export interface SweeperTools {
  readonly prober: (ended: ProbeEnd, isDirect: boolean) => Prober;
  readonly neighbours: () => ReadonlyMap<string, boolean>;
  readonly clock: Clock;
  readonly post: (message: FromSweeper) => void;
}

interface Begun {
  readonly portion: NumberedPortion;
  counts: Record<ProbeOutcome, number>;
  open: number[];
  isFinished: boolean;
}

/** The sweep of one thread: portions come in, what was found goes out. */
export class Sweeper implements PumpWork {
  readonly #tools: SweeperTools;
  readonly #pump: Pump;
  readonly #stretchOf: ReturnType<typeof stretches>;
  readonly #begun = new Map<Stretch, Begun>();
  readonly #ready: NumberedPortion[] = [];
  #isHungry = false;
  #timer: NodeJS.Timeout | undefined;
  #noMore = false;

  constructor(orders: SweeperOrders, tools: SweeperTools) {
    const { field, timeoutMs, isDirect, sockets, start, perHost, interfaces, paceShare } = orders;
    const { clock, neighbours } = tools;
    this.#tools = tools;
    this.#stretchOf = stretches(field);
    const isOwn = ownAddresses(interfaces);
    this.#pump = new Pump(this, {
      prober: (ended) => tools.prober(ended, isDirect),
      budget: new Budget({ sockets, start, perHost, isOwn }, clock),
      clock,
      timeoutMs,
      neighbourhood: new Neighbourhood(linkTest(interfaces), neighbours, clock),
      pace: new LinkPace(clock, paceShare),
      isCareful: false,
    });
    this.#pump.wake();
  }

  hear(message: ToSweeper): void {
    if (message.kind === "portions") {
      this.#ready.push(...message.portions);
      this.#isHungry = false;
    } else if (message.kind === "over") this.#noMore = true;
    else this.#tellMarks();
    this.#pump.wake();
  }

  next(): Stretch | undefined {
    const portion = this.#ready.shift();
    if (this.#ready.length < READY && !this.#isHungry && !this.#noMore) {
      this.#isHungry = true;
      this.#tools.post({ kind: "hungry" });
    }
    if (portion === undefined) return undefined;
    const stretch = this.#stretchOf(portion);
    this.#begun.set(stretch, { portion, counts: noCounts(), open: [], isFinished: false });
    return stretch;
  }

  get isOver(): boolean {
    return this.#noMore && this.#ready.length === 0;
  }

  settled(stretch: Stretch, probe: number, outcome: ProbeOutcome, latencyMs: number): void {
    const begun = this.#begun.get(stretch);
    if (begun === undefined) return;
    begun.counts[outcome]++;
    if (outcome === "open")
      begun.open.push(begun.portion.firstHost + stretch.hostOf(probe), stretch.portOf(probe), latencyMs);
    this.#timer ??= setTimeout(this.#tell, GATHER_MS);
  }

  finished(stretch: Stretch): void {
    const begun = this.#begun.get(stretch);
    if (begun !== undefined) begun.isFinished = true;
    this.#timer ??= setTimeout(this.#tell, GATHER_MS);
  }

  ended(): void {
    this.#tell();
    this.#tools.post({ kind: "ended" });
  }

  readonly #tell = (): void => {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const reports: PortionReport[] = [];
    for (const [stretch, begun] of this.#begun) {
      const { portion, counts, open, isFinished } = begun;
      const isNew = isFinished || Object.values(counts).some((count) => count > 0);
      if (isNew) reports.push({ number: portion.number, counts, open: Float64Array.from(open), isFinished });
      begun.counts = noCounts();
      begun.open = [];
      if (isFinished) this.#begun.delete(stretch);
    }
    if (reports.length > 0) this.#tools.post({ kind: "reports", reports });
  };

  #tellMarks(): void {
    this.#tell();
    const marks = new Map([...this.#begun].map(([stretch, { portion }]) => [portion.number, stretch.mark]));
    this.#tools.post({ kind: "marks", marks });
  }
}
