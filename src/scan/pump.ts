import type { Clock } from "../model/clock.ts";
import type { ConnectOutcome, ProbeEnd, Prober } from "../model/net.ts";
import { Audit } from "./audit.ts";
import type { Budget } from "./budget.ts";
import { Evidence } from "./evidence.ts";
import { type Flight, Flights, WAIT, type Wait } from "./flights.ts";
import type { LinkPace } from "./link-pace.ts";
import { Loss } from "./loss.ts";
import type { Neighbourhood } from "./neighbourhood.ts";
import { RoundTrip } from "./round-trip.ts";
import type { ProbeOutcome, Stretch } from "./stretch.ts";

/** Connects begun in one turn of the event loop. More, and sockets live long enough to burden the garbage collector. */
const BATCH = 64;
/** Probes looked at in one turn, those included that come to nothing because their host has its part. */
const MOST_STEPS = 1_024;
/** So many probes' worth of hosts may be under way at once: silent ones are asked on when the others are through. */
const MOST_OPEN = 2 ** 20;
const MOST_STRETCHES = 32;
/** Stretches whose new hosts come before others' further ports; more, and one thread would take all there is. */
const EAGER = 4;
/**
 * An unreachable that took this long came from ARP or from a router that asked for the host: nobody is there. A
 * firewall's comes at once, and is about one port; but it may be late too, since ICMP errors are rationed (Linux: about
 * one a second to a peer after a few, icmp(7)), so a host that has answered anything is never taken for dead.
 */
const DEAD_HOST_MS = 900;
/** A host's slowest answer, so many times, is how long the next is waited for. */
const SLOWER = 3;
/** A host whose answers take so long is far away, or has much to do. */
const SLOW_MS = 100;

/** How often a silent port is asked where there is little to do: of a living host, and of one that has said nothing. */
const CAREFUL = { living: 3, silent: 2 } as const;
/** So many lost at a host that is alone with that, and it is asked less at once. */
const MUCH_LOST = 8;
/** And a port of a host that loses much. */
const TIGHT_TRIES = 8;
/** Linux sends a SYN again after a second (tcp(7)). */
const KERNEL_ASKS_AGAIN_MS = 1_000;

/** Where a pump gets its work from, and brings what came of it. */
export interface PumpWork {
  /** More to do; undefined where there is none now. */
  next(): Stretch | undefined;
  /** There will never be more. */
  readonly isOver: boolean;
  settled(stretch: Stretch, probe: number, outcome: ProbeOutcome, latencyMs: number): void;
  /** All of a stretch is settled. */
  finished(stretch: Stretch): void;
  /** All is settled, and there is no more. */
  ended(): void;
}

export interface PumpTools {
  readonly prober: (ended: ProbeEnd) => Prober;
  readonly budget: Budget;
  readonly clock: Clock;
  /** How long one connect may take. */
  readonly timeoutMs: number;
  readonly neighbourhood: Neighbourhood;
  readonly pace: LinkPace;
  /** There is so little to do that every silent port may have all the time that a connect may take. */
  readonly isCareful: boolean;
}

/**
 * Connects to what it is given, without a promise or a timer a probe, and learns as it goes how long answers take, who is
 * alive, and what gets lost. Hosts that answer are asked on first, then new ones, then those that keep silent; what may
 * have got lost is asked again. Deadlines are looked at in `setImmediate`: after the poll phase, so that an answer that is
 * already there counts before its deadline does.
 */
export class Pump {
  readonly #work: PumpWork;
  readonly #tools: PumpTools;
  readonly #prober: Prober;
  readonly #roundTrip: RoundTrip;
  readonly #flights: Flights;
  readonly #loss: Loss;
  readonly #audit = new Audit();
  readonly #beganAt: number;
  /** Hosts at which something got lost, and living ones that kept silent. */
  readonly #losing = new Evidence();
  readonly #missing = new Evidence();
  #livingHosts = 0;
  #stretches: Stretch[] = [];
  /** What was drawn last; nothing where its probe is -1. */
  #drawn: Stretch | undefined;
  #drawnProbe = -1;
  /** It was kept back by the budget. */
  #isHeld = false;
  #heldMs = Infinity;
  #hasFinished = false;
  #paceMs = Infinity;
  #due = false;
  #ended = false;
  #timer: NodeJS.Timeout | undefined;
  readonly #stopListening: () => void;

  constructor(work: PumpWork, tools: PumpTools) {
    this.#work = work;
    this.#tools = tools;
    this.#roundTrip = new RoundTrip(tools.timeoutMs);
    this.#flights = new Flights(this.#roundTrip);
    this.#loss = new Loss(() => tools.budget.slowDown(this.#roundTrip.usualMs));
    this.#beganAt = tools.clock.monotonic();
    this.#prober = tools.prober(this.#landed);
    this.#stopListening = tools.budget.onRoom(this.#roomCame);
  }

  /** There is something to do, or may be. */
  readonly wake = (): void => {
    if (this.#due || this.#ended) return;
    this.#due = true;
    setImmediate(this.#turn);
  };

  /** Drops everything. */
  stop(): void {
    if (this.#ended) return;
    for (const { slot, address } of this.#flights) {
      this.#prober.cancel(slot);
      this.#tools.budget.give(address);
    }
    this.#leave();
  }

  /** What is begun and not finished. */
  get stretches(): readonly Stretch[] {
    return this.#stretches;
  }

  #leave(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
    this.#stopListening();
    this.#prober.close();
  }

  readonly #roomCame = (): void => {
    for (const stretch of this.#stretches) if (stretch.hasParked) stretch.unpark();
    this.wake();
  };

  readonly #turn = (): void => {
    this.#due = false;
    if (this.#ended) return;
    this.#expire();
    this.#hear();
    const more = this.#launch() || this.#nextRounds();
    this.#reap();
    if (this.#isDone) {
      this.#leave();
      this.#work.ended();
    } else if (more) this.wake();
    else this.#sleep();
  };

  get #isDone(): boolean {
    return this.#stretches.length === 0 && !this.#isHeld && this.#work.isOver;
  }

  /** Begins a batch. True where there is more to begin at once. */
  #launch(): boolean {
    const { budget } = this.#tools;
    let launched = 0;
    for (let steps = 0; launched < BATCH && steps < MOST_STEPS; steps++) {
      const stretch = this.#isHeld ? this.#drawn : this.#draw();
      const probe = this.#drawnProbe;
      this.#isHeld = false;
      if (stretch === undefined) return false;
      const address = stretch.addressOf(probe);
      if (stretch.hasItsFill(stretch.hostOf(probe))) {
        stretch.park(probe);
        continue;
      }
      // Asked for first: what holds it may have passed by the time that it is asked for after.
      const { delayMs } = budget;
      if (budget.tryTake(address)) {
        this.#begin(stretch, probe, address);
        launched++;
      } else if (budget.isFull(address)) stretch.park(probe);
      else {
        this.#isHeld = true;
        this.#heldMs = delayMs > 0 ? delayMs : Infinity; // Infinity: a place must come free, which `onRoom` tells
        return false;
      }
    }
    return true;
  }

  /**
   * Living hosts, new ones, and only then those that have said nothing. A few stretches' new hosts come before all: if they
   * are to be waited for, let that begin.
   */
  #draw(): Stretch | undefined {
    if (this.#audit.isOn)
      return this.#audit.wantsMore ? this.#drawFrom((stretch) => stretch.nextLiving()) : undefined;
    const isEager = this.#stretches.length <= EAGER;
    return (
      (isEager ? this.#drawNew() : undefined) ??
      this.#drawFrom((stretch) => stretch.nextLiving()) ??
      this.#drawFrom((stretch) => (stretch.isLate ? stretch.nextSilent() : undefined)) ??
      this.#drawNew() ??
      this.#drawFrom((stretch) => stretch.nextSilent())
    );
  }

  /** Silence that may be the flood's doing is looked into, and the pace follows from that. */
  #hear(): void {
    const { budget, clock } = this.#tools;
    const now = clock.monotonic();
    if (this.#audit.isDue) {
      this.#audit.begin(now);
      budget.calm(Audit.intervalMs);
    } else if (this.#audit.isHeard && !(this.#audit.wantsMore && this.#hasLiving)) {
      const perSecond = this.#audit.perSecond(now - this.#beganAt);
      budget.calm(0);
      if (!this.#audit.end()) return;
      budget.slowTo(perSecond, this.#roundTrip.usualMs);
      this.#loss.throttle(now);
      for (const stretch of this.#stretches) stretch.forgiveAll();
    }
  }

  get #hasLiving(): boolean {
    return this.#stretches.some(({ hasLiving }) => hasLiving);
  }

  #drawNew(): Stretch | undefined {
    return this.#drawFrom((stretch) => this.#nextFirst(stretch)) ?? this.#drawFresh();
  }

  #drawFrom(next: (stretch: Stretch) => number | undefined): Stretch | undefined {
    for (const stretch of this.#stretches) if (this.#take(stretch, next(stretch))) return stretch;
    return undefined;
  }

  #take(stretch: Stretch, probe: number | undefined): boolean {
    if (probe === undefined) return false;
    this.#drawn = stretch;
    this.#drawnProbe = probe;
    return true;
  }

  #nextFirst(stretch: Stretch): number | undefined {
    const { neighbourhood, pace } = this.#tools;
    if (!stretch.hasFirst) return undefined;
    if (neighbourhood.touches(stretch) && !pace.tryTake()) {
      this.#paceMs = Math.min(this.#paceMs, pace.delayMs);
      return undefined;
    }
    return stretch.nextFirst();
  }

  #drawFresh(): Stretch | undefined {
    while (this.#mayOpen) {
      const stretch = this.#work.next();
      if (stretch === undefined) return undefined;
      this.#stretches.push(stretch);
      // One that goes on from a mark may have nothing left.
      this.#hasFinished ||= stretch.left === 0;
      if (this.#take(stretch, stretch.nextLiving() ?? this.#nextFirst(stretch))) return stretch;
    }
    return undefined;
  }

  get #mayOpen(): boolean {
    const { neighbourhood } = this.#tools;
    const open = this.#stretches.reduce((sum, { left }) => sum + left, 0);
    // Who waits for the link's pace would only hold more; others may be free for it.
    const waits = this.#stretches.some((stretch) => stretch.hasFirst && neighbourhood.touches(stretch));
    return this.#stretches.length < MOST_STRETCHES && open < MOST_OPEN && !waits;
  }

  #begin(stretch: Stretch, probe: number, address: string): void {
    const wait = this.#waitFor(stretch, probe, address);
    const startedAt = this.#tools.clock.monotonic();
    this.#audit.sent();
    // A host of the link that is not there costs the kernel as many looks as it is asked for ports.
    stretch.launch(probe, wait === WAIT.link);
    const { slot } = this.#flights.start(stretch, probe, address, wait, startedAt);
    this.#prober.connect(slot, address, stretch.portOf(probe));
  }

  /** A host's first answer is waited for with patience; later ones as its own and everybody's answers suggest. */
  #waitFor(stretch: Stretch, probe: number, address: string): Wait {
    const host = stretch.hostOf(probe);
    const tries = stretch.triesOf(probe);
    const usualMs = this.#roundTrip.usualMs * 2 ** Math.max(0, tries - 1);
    if (stretch.isAlive(host)) {
      const slowestMs = stretch.slowestMsOf(host);
      // Whoever is slow is slower still where much is asked of him at once.
      if (tries > 0 && (slowestMs > SLOW_MS || this.#isLastWord(tries))) return WAIT.ceiling;
      return this.#flights.waitFor(Math.max(usualMs, slowestMs * SLOWER));
    }
    if (stretch.isFirstOf(host) && this.#tools.neighbourhood.isNear(address)) return WAIT.link;
    if (tries > 0 && this.#tools.isCareful) return WAIT.ceiling;
    return stretch.isFirstOf(host) ? WAIT.patient : this.#flights.waitFor(usualMs);
  }

  /** Where there is little to do, what is still silent is waited for as long as the user allows. */
  #isLastWord(tries: number): boolean {
    return this.#tools.isCareful && tries >= CAREFUL.living - 1;
  }

  readonly #landed = (slot: number, outcome: ConnectOutcome, latencyMs: number): void => {
    const flight = this.#flights.at(slot);
    if (flight === undefined || this.#ended) return;
    this.#land(flight);
    const { stretch, probe } = flight;
    if (outcome === "exhausted" || outcome === "self") this.#fail(flight, outcome);
    else if (outcome === "filtered") this.#missed(flight);
    else {
      const tries = stretch.triesOf(probe);
      // Before anything is learned of its host: that is about the other ports.
      this.#settle(stretch, probe, outcome, latencyMs);
      this.#learn(flight, tries, outcome, latencyMs);
    }
    this.wake();
  };

  #land({ slot, stretch, probe, address, startedAt }: Flight): void {
    this.#audit.landed(startedAt);
    this.#flights.end(slot);
    stretch.land(probe);
    this.#tools.budget.give(address);
  }

  #fail({ stretch, probe }: Flight, outcome: "exhausted" | "self"): void {
    if (outcome === "exhausted") this.#tools.budget.exhausted();
    if (!stretch.putBack(probe)) this.#settle(stretch, probe, outcome === "self" ? "closed" : "failed", 0);
  }

  /** What an answer tells of its host, of the way there, and of earlier silence. */
  #learn(flight: Flight, tries: number, outcome: ConnectOutcome, latencyMs: number): void {
    const { stretch, probe, startedAt } = flight;
    const host = stretch.hostOf(probe);
    if (outcome === "unreachable" && (latencyMs >= DEAD_HOST_MS || this.#isNobody(flight))) {
      stretch.died(host);
      return;
    }
    const now = this.#tools.clock.monotonic();
    // What was lost would have come as quickly as this; a slow answer says that the first wait was too short.
    if (tries > 1 && latencyMs < this.#roundTrip.usualMs) this.#lost(flight, now);
    this.#loss.answered(startedAt, now);
    this.#audit.answered(startedAt);
    if (!stretch.isAlive(host)) this.#livingHosts++;
    // The kernel has asked a second time by then, and nobody knows which of the two was answered.
    const isClear = latencyMs < KERNEL_ASKS_AGAIN_MS;
    stretch.answered(host, isClear ? latencyMs : 0);
    if (outcome === "unreachable") return;
    if (isClear) this.#roundTrip.learn(latencyMs);
    this.#tools.budget.succeeded();
  }

  /**
   * An unreachable of ARP comes at once where the kernel was looking for the host already, for a run before this one.
   * It is asked as it is now: a firewall's answer would have come from somebody that it has found since.
   */
  #isNobody({ stretch, probe, address }: Flight): boolean {
    return (
      stretch.isUnknown(stretch.hostOf(probe)) && this.#tools.neighbourhood.isThereNow(address) === false
    );
  }

  /** What gets lost at many hosts is lost on the way; at a few, they have their part in it. */
  #lost({ stretch, probe, address }: Flight, now: number): void {
    const host = stretch.hostOf(probe);
    const lost = this.#losing.add(address);
    if (this.#losing.isCommon(this.#livingHosts, this.#hosts)) this.#loss.lost(stretch.lostAtOf(host), now);
    else if (lost % MUCH_LOST === 0) stretch.tighten(host, now);
  }

  /** Hosts of what is begun. */
  get #hosts(): number {
    return this.#stretches.reduce((sum, { hosts }) => sum + hosts.length, 0);
  }

  #expire(): void {
    const now = this.#tools.clock.monotonic();
    for (
      let late = this.#flights.nextOverdue(now);
      late !== undefined;
      late = this.#flights.nextOverdue(now)
    ) {
      this.#prober.cancel(late.slot);
      this.#land(late);
      this.#missed(late);
    }
  }

  /** Nobody answered. Asked again at once where the host is alive, and otherwise when the stretch is through. */
  #missed({ stretch, probe, address, startedAt, wait }: Flight): void {
    const host = stretch.hostOf(probe);
    stretch.missed(probe, startedAt);
    if (startedAt < Math.max(this.#loss.since, stretch.tightSince(host))) stretch.forgive(probe);
    if (wait === WAIT.link && stretch.isUnknown(host)) this.#askKernel(stretch, host, address);
    if (stretch.isAlive(host)) {
      this.#missing.add(address);
      if (this.#missing.isCommon(this.#livingHosts, this.#hosts)) this.#audit.missed();
    }
    if (stretch.isAlive(host) && stretch.triesOf(probe) < this.#triesOf(stretch, host))
      stretch.askAgain(probe);
  }

  /** Whoever keeps silent on a link of this machine: is he there at all? */
  #askKernel(stretch: Stretch, host: number, address: string): void {
    const isThere = this.#tools.neighbourhood.isThere(address);
    if (isThere === true) {
      this.#livingHosts++;
      stretch.answered(host, 0);
    } else if (isThere === false && this.#roundTrip.knowsLink) stretch.died(host);
  }

  /** Stretches of which nothing is under way, and nothing left to draw, end or begin another round. */
  #nextRounds(): boolean {
    let more = false;
    for (const stretch of this.#stretches) {
      if (!stretch.isIdle || (this.#isHeld && this.#drawn === stretch) || stretch.left === 0) continue;
      const triesOf = (host: number): number => this.#triesOf(stretch, host);
      const give = (probe: number, outcome: ProbeOutcome): void => this.#settle(stretch, probe, outcome, 0);
      more = stretch.nextRound(triesOf, give) || more;
    }
    return more;
  }

  /** How often a silent port of a host is worth asking. */
  #triesOf(stretch: Stretch, host: number): number {
    const { living, silent } = this.#loss.tries;
    const { isCareful } = this.#tools;
    if (stretch.isTight(host)) return TIGHT_TRIES;
    if (stretch.isAlive(host)) {
      const least = isCareful ? Math.max(CAREFUL.living, living) : living;
      return stretch.slowestMsOf(host) > SLOW_MS ? least + 2 : least;
    }
    // A host of which only one port is asked has had one packet, and a packet is easily lost.
    return isCareful || stretch.ports.length === 1 ? Math.max(CAREFUL.silent, silent) : silent;
  }

  /** What is done with leaves. */
  #reap(): void {
    if (!this.#hasFinished) return;
    this.#hasFinished = false;
    for (const stretch of this.#stretches) if (stretch.left === 0) this.#work.finished(stretch);
    this.#stretches = this.#stretches.filter(({ left }) => left > 0);
  }

  #settle(stretch: Stretch, probe: number, outcome: ProbeOutcome, latencyMs: number): void {
    stretch.settle(probe);
    this.#hasFinished ||= stretch.left === 0;
    this.#work.settled(stretch, probe, outcome, latencyMs);
  }

  /** Nothing to do until an answer, a deadline, the rate, or the pace of the link. */
  #sleep(): void {
    const deadlineMs = this.#flights.nextDeadline - this.#tools.clock.monotonic();
    const heldMs = this.#isHeld ? this.#heldMs : Infinity;
    const waitMs = Math.min(deadlineMs, heldMs, this.#paceMs);
    this.#paceMs = Infinity;
    clearTimeout(this.#timer);
    if (waitMs !== Infinity) this.#timer = setTimeout(this.wake, Math.max(1, waitMs));
  }
}
