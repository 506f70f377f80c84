import type { Clock } from "../model/clock.ts";
import { type Endpoint, endpointText } from "../model/endpoint.ts";
import type { ConnectAttempt, ConnectOutcome, Net } from "../model/net.ts";
import type { Outcome } from "../model/outcome.ts";
import type { Scope, SweptEndpoint } from "../model/strategy.ts";
import type { Announced } from "./announced.ts";
import type { Budget } from "./budget.ts";
import { type Probe, inOrder, probeOf } from "./order.ts";
import { Replay } from "./replay.ts";
import type { Tally } from "./tally.ts";

/** Connects begun in one turn of the event loop. More, and sockets live long enough to burden the garbage collector. */
const BATCH = 64;
/** Endpoints looked at in one turn, those of dead hosts included, which cost no connect. */
const MOST_STEPS = 4_096;
/** How often an endpoint is tried again when the fault was this machine's own. */
const MOST_TRIES = 12;
/**
 * An unreachable that took this long came from ARP or from a router that asked for the host: nobody is there. A
 * firewall's comes at once, and is about one port; but it may be late too, since ICMP errors are rationed (Linux: about
 * one a second to a peer after a few, icmp(7)), so a host that has answered anything is never taken for dead.
 */
const DEAD_HOST_MS = 900;
/** Probes put aside because their host has its part, at most. */
const MOST_ASIDE = 1_024;

interface Flight {
  readonly probe: Probe;
  readonly startedAt: number;
  attempt: ConnectAttempt | undefined;
  over: boolean;
}

export interface SweepTools {
  readonly net: Net;
  readonly budget: Budget;
  readonly announced: Announced;
  readonly tally: Tally;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * Starts to connect to every endpoint of a scope, and to those that are announced meanwhile. What is open comes out as it is
 * found, and what was announced however it is.
 */
export function startSweep(scope: Scope, tools: SweepTools): Replay<SweptEndpoint> {
  const sweep = new Sweep(scope, tools);
  sweep.start();
  return sweep.found;
}

/** Learns from one answer whether the host is there. */
function judgeHost({ block, address }: Probe, outcome: ConnectOutcome, latencyMs: number): void {
  if (outcome === "unreachable" && latencyMs >= DEAD_HOST_MS) {
    if (!block.alive.has(address)) block.dead.add(address);
  } else if (outcome === "open" || outcome === "closed" || outcome === "unreachable") {
    block.alive.add(address);
    block.dead.delete(address);
  }
}

/**
 * A pump without a promise or a timer per probe. Deadlines stand in one queue, oldest first, and are looked at in
 * `setImmediate`: after the poll phase, so that an answer that is already there counts before its deadline does.
 */
class Sweep {
  readonly found = new Replay<SweptEndpoint>();
  /** What came out already: an endpoint of the scope may be announced, too. */
  readonly #told = new Set<string>();
  readonly #scope: Scope;
  readonly #tools: SweepTools;
  readonly #probes: Generator<Probe, void, undefined>;
  readonly #again: Probe[] = [];
  /** By host. */
  readonly #aside = new Map<string, Probe[]>();
  #asideCount = 0;
  #flights: Flight[] = [];
  #oldest = 0;
  #inFlight = 0;
  #held: Probe | undefined;
  #heldMs = Infinity;
  #drawn = false;
  #due = false;
  #ended = false;
  #timer: NodeJS.Timeout | undefined;
  #stopListening: () => void = () => {};

  constructor(scope: Scope, tools: SweepTools) {
    this.#scope = scope;
    this.#tools = tools;
    this.#probes = inOrder(scope);
  }

  start(): void {
    const { budget, announced, signal } = this.#tools;
    this.#stopListening = budget.onRoom(this.#soon);
    announced.onChange(this.#soon);
    signal.addEventListener("abort", this.#end);
    if (signal.aborted) this.#end();
    else this.#soon();
  }

  readonly #soon = (): void => {
    if (this.#due || this.#ended) return;
    this.#due = true;
    setImmediate(this.#turn);
  };

  readonly #turn = (): void => {
    this.#due = false;
    if (this.#ended) return;
    this.#expire();
    const more = this.#launch();
    if (this.#isDone) this.#end();
    else if (more) this.#soon();
    else this.#sleep();
  };

  get #isDone(): boolean {
    const isEmpty = this.#again.length === 0 && this.#asideCount === 0 && this.#held === undefined;
    return isEmpty && this.#inFlight === 0 && this.#drawn && this.#tools.announced.isOver;
  }

  /** Begins a batch. True where there is more to begin at once. */
  #launch(): boolean {
    let launched = 0;
    for (let steps = 0; launched < BATCH && steps < MOST_STEPS; steps++) {
      const probe = this.#next();
      this.#held = undefined;
      if (probe === undefined) return false;
      if (probe.block.dead.has(probe.address)) {
        this.#giveUp(probe, "unreachable");
        continue;
      }
      // Asked for first: what holds it may have passed by the time that it is asked for after.
      const { delayMs } = this.#tools.budget;
      if (this.#tools.budget.isFull(probe.address) && this.#asideCount < MOST_ASIDE) {
        this.#putAside(probe);
        continue;
      }
      if (!this.#tools.budget.tryTake(probe.address)) {
        this.#held = probe;
        this.#heldMs = delayMs > 0 ? delayMs : Infinity; // Infinity: a place must come free, which `onRoom` tells
        return false;
      }
      this.#connect(probe);
      launched++;
    }
    return true;
  }

  /** What was held or failed first, then what was put aside and may go now, then a new one. */
  #next(): Probe | undefined {
    return this.#held ?? this.#again.pop() ?? this.#takeUp() ?? this.#draw();
  }

  #putAside(probe: Probe): void {
    const there = this.#aside.get(probe.address);
    if (there === undefined) this.#aside.set(probe.address, [probe]);
    else there.push(probe);
    this.#asideCount++;
  }

  #takeUp(): Probe | undefined {
    for (const [address, probes] of this.#aside) {
      if (this.#tools.budget.isFull(address)) continue;
      const probe = probes.pop();
      if (probes.length === 0) this.#aside.delete(address);
      this.#asideCount--;
      return probe;
    }
    return undefined;
  }

  #draw(): Probe | undefined {
    const announced = this.#tools.announced.take();
    if (announced !== undefined) {
      this.#tools.tally.expect(0, 1);
      return probeOf(announced.endpoint);
    }
    for (;;) {
      const { done, value } = this.#probes.next();
      if (done === true) {
        this.#drawn = true;
        return undefined;
      }
      if (!this.#isAnnounced(value)) return value;
      this.#tools.tally.expect(0, -1); // it has had its own probe
    }
  }

  #isAnnounced({ address, port }: Probe): boolean {
    const { announced } = this.#tools;
    return !announced.isEmpty && announced.find({ address, port, transport: "tcp" }) !== undefined;
  }

  #connect(probe: Probe): void {
    const { net, clock } = this.#tools;
    const flight: Flight = { probe, startedAt: clock.monotonic(), attempt: undefined, over: false };
    this.#inFlight++;
    this.#flights.push(flight);
    flight.attempt = net.probe(probe.address, probe.port, (outcome, latencyMs) => {
      judgeHost(probe, outcome, latencyMs);
      this.#settle(flight, outcome, latencyMs);
    });
  }

  #settle(flight: Flight, outcome: ConnectOutcome, latencyMs: number): void {
    if (flight.over || this.#ended) return;
    const { budget, tally } = this.#tools;
    const { probe } = flight;
    flight.over = true;
    flight.attempt = undefined; // it holds the socket
    this.#inFlight--;
    if (outcome === "exhausted" || outcome === "self") {
      if (outcome === "exhausted") budget.exhausted();
      if (++probe.tries < MOST_TRIES) this.#again.push(probe);
      else this.#giveUp(probe, outcome === "self" ? "closed" : "failed");
    } else {
      budget.succeeded();
      tally.count(outcome);
      this.#report(probe, outcome, latencyMs);
    }
    budget.give(probe.address);
    this.#soon();
  }

  #giveUp(probe: Probe, outcome: Outcome): void {
    this.#tools.tally.count(outcome);
    this.#report(probe, outcome, 0);
  }

  #report({ address, port }: Probe, outcome: Outcome, latencyMs: number): void {
    if (outcome !== "open" && this.#tools.announced.isEmpty) return;
    const endpoint: Endpoint = { address, port, transport: "tcp" };
    const announced = this.#tools.announced.find(endpoint);
    if (outcome !== "open" && announced === undefined) return;
    const key = endpointText(endpoint);
    if (this.#told.has(key)) return;
    this.#told.add(key);
    const names = announced === undefined ? {} : { hostnames: announced.hostnames };
    this.found.push({ endpoint, outcome, latencyMs, ...names });
  }

  /** Flights all have the same time, so the oldest end first. */
  #expire(): void {
    const before = this.#tools.clock.monotonic() - this.#scope.timeoutMs;
    for (; this.#oldest < this.#flights.length; this.#oldest++) {
      const flight = this.#flights[this.#oldest];
      if (flight === undefined || (!flight.over && flight.startedAt > before)) break;
      if (flight.over) continue;
      flight.attempt?.cancel();
      const { block, address } = flight.probe;
      this.#settle(flight, block.dead.has(address) ? "unreachable" : "filtered", this.#scope.timeoutMs);
    }
    // One silent host must not keep in memory all those that have answered since.
    if (this.#flights.length < 4 * (this.#inFlight + BATCH)) return;
    this.#flights = this.#flights.slice(this.#oldest).filter(({ over }) => !over);
    this.#oldest = 0;
  }

  /** Nothing to do until an answer, a deadline, or the rate. */
  #sleep(): void {
    const { clock } = this.#tools;
    const oldest = this.#flights[this.#oldest];
    const deadline =
      oldest === undefined ? Infinity : oldest.startedAt + this.#scope.timeoutMs - clock.monotonic();
    const waitMs = this.#held === undefined ? deadline : Math.min(deadline, this.#heldMs);
    clearTimeout(this.#timer);
    if (waitMs !== Infinity) this.#timer = setTimeout(this.#soon, Math.max(1, waitMs));
  }

  readonly #end = (): void => {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#timer);
    this.#stopListening();
    this.#tools.signal.removeEventListener("abort", this.#end);
    for (const flight of this.#flights.slice(this.#oldest)) {
      if (flight.over) continue;
      flight.attempt?.cancel();
      this.#tools.budget.give(flight.probe.address);
    }
    this.found.end();
  };
}
