import type { MulticastLink, MulticastPacket } from "../model/multicast.ts";
import { Finder, type Found } from "./found.ts";
import { type Plan, planOf } from "./plan.ts";
import { QuerierSet, placeOf } from "./querier-set.ts";
import { Querier } from "./querier.ts";
import type { Timers } from "./timers.ts";
import type { Wishes } from "./wishes.ts";

/** Nothing new and nothing to ask for so long, in milliseconds: it is over. */
const QUIET_MS = 1_500;
/** And in any case after so long. */
const LONGEST_MS = 8_000;
/** What is told of each link. */
const MOST_FOUND = 4_096;

/** What came to be known, or to be no longer so. */
export interface BrowserEvent {
  readonly kind: "announced" | "withdrawn";
  readonly found: Found;
}

export interface BrowserOptions {
  readonly wishes: Wishes;
  readonly timers: Timers;
  /** From 0 to 1, without 1. */
  readonly random: () => number;
  /** Goes on until `signal`, and tells of changes. */
  readonly watch: boolean;
  /** Whether an address is one of this machine's. */
  readonly isOwn: (address: string) => boolean;
  readonly signal: AbortSignal;
  /** After each packet: the system's error code where it could not be sent. */
  readonly onSent: (link: MulticastLink, fault: string | undefined) => void;
  /** Once, when there is more on a link than is read, kept, or told. */
  readonly onOverflow: () => void;
}

/** What was last known on a link. */
interface Member {
  readonly querier: Querier;
  /** What it last came to. */
  readonly latest: { plan: Pick<Plan, "leads" | "overflowed"> };
}

/** Everything on several links, put together: the same thing heard on two of them is one. */
export class Browser {
  readonly #options: BrowserOptions;
  readonly #set = new QuerierSet<Member>(() => this.#newMember());
  readonly #told = new Map<string, { found: Found; print: string }>();
  #events: BrowserEvent[] = [];
  #wake: () => void = () => {};
  #overflowed = false;

  constructor(options: BrowserOptions) {
    this.#options = options;
  }

  /** From now on these links are used, and no others. */
  useLinks(links: readonly MulticastLink[]): void {
    this.#set.useLinks(links);
    this.#compare(false);
    this.#wake();
  }

  readonly hear = (packet: MulticastPacket): void => this.#set.hear(packet);

  /**
   * What is there, as it comes to be known, each once. Without `watch` it ends when all has been asked and it is quiet,
   * or after 8 s; with it, it goes on with every change. Ends with the signal, and closes the browser.
   */
  async *events(): AsyncGenerator<BrowserEvent, void, undefined> {
    const { signal, watch, timers } = this.#options;
    const wake = (): void => this.#wake();
    signal.addEventListener("abort", wake);
    const endAt = watch ? Number.POSITIVE_INFINITY : timers.now() + LONGEST_MS;
    try {
      while (!signal.aborted && timers.now() < Math.min(endAt, this.#quietAt())) {
        yield* this.#take();
        await this.#sleepUntil(Math.min(endAt, this.#quietAt()));
      }
      this.#compare(true);
      yield* this.#take();
    } finally {
      signal.removeEventListener("abort", wake);
      this.close();
    }
  }

  /** No timer is left. */
  close(): void {
    this.#set.close();
  }

  #newMember(): Member {
    const latest: Member["latest"] = { plan: { leads: [], overflowed: false } };
    const querier = new Querier({
      ...this.#options,
      wanted: (cache) => (latest.plan = planOf(cache, this.#options.wishes)),
      onStep: () => {
        this.#compare(false);
        this.#wake();
      },
    });
    return { querier, latest };
  }

  #overflow(): void {
    if (!this.#overflowed) this.#options.onOverflow();
    this.#overflowed = true;
  }

  #take(): BrowserEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  /** Tells what differs from what was told; what is not ripe is held back unless it is the last chance. */
  #compare(last: boolean): void {
    const all = this.#found();
    const printOf = printer();
    const mostTold = MOST_FOUND * Math.max(1, this.#set.members.length);
    for (const [key, found] of all) {
      const print = printOf(found.announcement);
      const before = this.#told.get(key);
      if (before?.print === print || (!found.ripe && before === undefined && !last)) continue;
      if (before === undefined && this.#told.size >= mostTold) {
        this.#overflow();
        continue;
      }
      this.#told.set(key, { found, print });
      this.#events.push({ kind: "announced", found });
    }
    if (!this.#options.watch) return;
    for (const [key, { found }] of this.#told) {
      if (all.has(key)) continue;
      this.#told.delete(key);
      this.#events.push({ kind: "withdrawn", found });
    }
  }

  #found(): Map<string, Found> {
    const all = new Map<string, Found>();
    for (const { querier, latest, links } of this.#set.members) {
      const finder = new Finder(querier, placeOf(links));
      for (const found of finder.find(latest.plan.leads, MOST_FOUND)) {
        if (!all.has(found.key)) all.set(found.key, found);
      }
      if (latest.plan.overflowed || finder.overflowed || querier.overflowed) this.#overflow();
    }
    return all;
  }

  /** When it will have been quiet for long enough, if nothing comes. */
  #quietAt(): number {
    const { members } = this.#set;
    if (this.#options.watch || !members.every(({ querier }) => querier.exhausted)) {
      return Number.POSITIVE_INFINITY;
    }
    return members.reduce((latest, { querier }) => Math.max(latest, querier.busyAt + QUIET_MS), 0);
  }

  /** Or until something has come, or the signal. */
  async #sleepUntil(at: number): Promise<void> {
    const { signal, timers } = this.#options;
    if (this.#events.length > 0 || signal.aborted) return;
    let cancel: (() => void) | undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      if (Number.isFinite(at)) cancel = timers.after(Math.max(0, at - timers.now()), resolve);
    });
    cancel?.();
    this.#wake = () => {};
  }
}

/** JSON of each object, once for all that share it. */
function printer(): (value: object) => string {
  const prints = new Map<object, string>();
  return (value) => {
    const print = prints.get(value) ?? JSON.stringify(value);
    prints.set(value, print);
    return print;
  };
}
