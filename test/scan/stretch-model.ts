import { expect } from "vitest";

import { type ProbeOutcome, Stretch, type StretchMark } from "../../src/scan/stretch.ts";
import { hostAt, portsTo } from "./fake-net.ts";

export interface Shape {
  readonly hosts: number;
  readonly ports: number;
  /** Hosts of a network, the first of which is its sample; all are asked where absent. */
  readonly networkOf?: number;
}

export function stretchOf({ hosts, ports, networkOf }: Shape, mark?: StretchMark): Stretch {
  const shape = {
    hosts: { length: hosts, at: hostAt },
    ports: portsTo(ports),
    ...(mark === undefined ? {} : { mark }),
  };
  if (networkOf === undefined) return new Stretch(shape);
  const networks = Float64Array.from({ length: hosts }, (_, host) => Math.floor(host / networkOf));
  const samples = Uint8Array.from({ length: hosts }, (_, host) => (host % networkOf === 0 ? 1 : 0));
  return new Stretch({ ...shape, networks, samples });
}

type ProbeState = "new" | "again" | "drawn" | "flying" | "silent" | "settled";
type HostState = "unknown" | "alive" | "dead" | "aside";

interface ProbeModel {
  state: ProbeState;
  tries: number;
}

interface HostModel {
  state: HostState;
  /** It was its turn already, as one of which nothing had been asked. */
  isBegun: boolean;
  /** It may be drawn from, if there is anything to draw. */
  isOffered: boolean;
  isParked: boolean;
}

type Draw = "nextLiving" | "nextFirst" | "nextSilent";

/**
 * A stretch and, beside it, what it should be: every call is made to both, and what the stretch says is held against what
 * it should say.
 */
export class StretchModel {
  readonly stretch: Stretch;
  readonly shape: Shape;
  readonly probes: readonly ProbeModel[];
  readonly hosts: readonly HostModel[];
  /** Drawn, and neither launched nor parked. */
  held: number | undefined;
  #lastDraw: { readonly way: Draw; readonly host: number; readonly others: ReadonlySet<number> } | undefined;

  constructor(shape: Shape) {
    this.shape = shape;
    this.stretch = stretchOf(shape);
    this.probes = Array.from({ length: shape.hosts * shape.ports }, () => ({ state: "new", tries: 0 }));
    this.hosts = Array.from({ length: shape.hosts }, (_, host) => ({
      state: shape.networkOf === undefined || host % shape.networkOf === 0 ? "unknown" : "aside",
      isBegun: false,
      isOffered: false,
      isParked: false,
    }));
  }

  get flying(): number[] {
    return this.#where("flying");
  }

  get left(): number {
    return this.probes.length - this.#where("settled").length;
  }

  host(probe: number): HostModel {
    return at(this.hosts, this.stretch.hostOf(probe));
  }

  probe(probe: number): ProbeModel {
    return at(this.probes, probe);
  }

  /** Living hosts, new ones, silent ones: as the pump draws. False where there is nothing. */
  draw(): boolean {
    const probe = this.#drawBy("nextLiving") ?? this.#drawBy("nextFirst") ?? this.#drawBy("nextSilent");
    this.held = probe;
    return probe !== undefined;
  }

  #drawBy(way: Draw): number | undefined {
    const hosts = this.#drawable(way);
    if (way === "nextFirst") expect(this.stretch.hasFirst || hosts.size === 0).toBe(true);
    const probe = this.stretch[way]();
    if (probe === undefined) {
      expect([...hosts], `${way} gave nothing`).toEqual([]);
      if (way === "nextFirst") for (const host of this.hosts) host.isBegun ||= host.state !== "aside";
      return undefined;
    }
    const host = this.stretch.hostOf(probe);
    expect([...hosts], `${way} gave a port of host ${host}`).toContain(host);
    expect(this.probe(probe).state).toMatch(/^(new|again)$/);
    if (this.#hasAgain(host)) expect(this.probe(probe).state).toBe("again");
    this.#checkTurn(way, host, hosts);
    this.probe(probe).state = "drawn";
    Object.assign(this.host(probe), { isBegun: true, isOffered: false });
    return probe;
  }

  /** Who was drawn from last comes after all who waited then already. */
  #checkTurn(way: Draw, host: number, hosts: ReadonlySet<number>): void {
    const others = new Set(hosts);
    others.delete(host);
    if (this.#lastDraw?.way === way && this.#lastDraw.host === host)
      expect([...this.#lastDraw.others].filter((one) => hosts.has(one))).toEqual([]);
    this.#lastDraw = { way, host, others };
  }

  /** Hosts from which there should be something to draw. */
  #drawable(way: Draw): ReadonlySet<number> {
    const hosts = [...this.hosts.keys()].filter((number) => {
      const { state, isBegun, isOffered } = at(this.hosts, number);
      if (!this.#hasMore(number)) return false;
      if (way === "nextLiving") return state === "alive" && isOffered;
      return state === "unknown" && (way === "nextFirst" ? !isBegun : isBegun && isOffered);
    });
    return new Set(hosts);
  }

  launch(isAlone: boolean): void {
    const probe = this.#takeHeld();
    this.stretch.launch(probe, isAlone);
    const model = this.probe(probe);
    model.state = "flying";
    model.tries++;
    if (!isAlone) this.#offer(this.host(probe));
  }

  park(): void {
    const probe = this.#takeHeld();
    this.stretch.park(probe);
    this.probe(probe).state = "again";
    const host = this.host(probe);
    host.isParked = host.state !== "dead";
  }

  unpark(): void {
    this.stretch.unpark();
    for (const host of this.hosts) if (host.isParked) this.#offer(host);
  }

  answer(probe: number): void {
    this.#land(probe);
    this.settle(probe);
    const host = this.host(probe);
    this.stretch.answered(this.stretch.hostOf(probe), 1);
    if (host.state !== "alive") this.#revive(this.stretch.hostOf(probe));
  }

  miss(probe: number, startedAt: number, asksAgain: boolean): void {
    this.#land(probe);
    this.stretch.missed(probe, startedAt);
    expect(this.stretch.lostAtOf(this.stretch.hostOf(probe))).toBe(startedAt);
    if (!asksAgain) return;
    this.stretch.askAgain(probe);
    this.probe(probe).state = "again";
    this.#offer(this.host(probe));
  }

  /** Late word that a host is not there: nothing more of it is asked, unless it has answered. */
  die(probe: number): void {
    this.#land(probe);
    this.stretch.died(this.stretch.hostOf(probe));
    const host = this.host(probe);
    if (host.state === "unknown") Object.assign(host, { state: "dead", isOffered: false, isParked: false });
    this.settle(probe);
  }

  /** This machine's own fault. */
  fault(probe: number): void {
    this.#land(probe);
    if (!this.stretch.putBack(probe)) {
      this.settle(probe);
      return;
    }
    const model = this.probe(probe);
    model.state = "again";
    model.tries--;
    this.#offer(this.host(probe));
  }

  settle(probe: number): void {
    expect(this.probe(probe).state).not.toBe("settled");
    this.stretch.settle(probe);
    this.probe(probe).state = "settled";
    expect(this.stretch.left).toBe(this.left);
  }

  /** Nothing is under way, and nothing to be drawn: held against what the stretch says. */
  get isIdle(): boolean {
    const ways: readonly Draw[] = ["nextLiving", "nextFirst", "nextSilent"];
    const isParked = this.hosts.some((host) => host.isParked);
    return this.flying.length === 0 && !isParked && ways.every((way) => this.#drawable(way).size === 0);
  }

  /** Another round, in which silent ports of hosts in these states are asked so often. */
  nextRound(tries: { readonly alive: number; readonly unknown: number }): void {
    const before = this.probes.map(({ state }) => state);
    const given = new Map<number, ProbeOutcome>();
    const triesOf = (host: number): number => (this.stretch.isAlive(host) ? tries.alive : tries.unknown);
    const more = this.stretch.nextRound(triesOf, (probe, outcome) => {
      given.set(probe, outcome);
      this.settle(probe);
    });
    for (const [number, state] of before.entries())
      if (state !== "settled") this.#checkRound(number, given.get(number), tries);
    expect(more).toBe(this.left > 0);
    for (const host of this.hosts) this.#offer(host);
  }

  #checkRound(
    number: number,
    outcome: ProbeOutcome | undefined,
    tries: { readonly alive: number; readonly unknown: number },
  ): void {
    const { state } = this.host(number);
    if (state === "dead") expect(outcome).toBe("unreachable");
    else if (state === "aside") expect(outcome).toBe("skipped");
    else if (this.probe(number).tries >= tries[state]) expect(outcome).toBe("filtered");
    else {
      expect(outcome).toBe(undefined);
      this.probe(number).state = "again";
    }
  }

  #takeHeld(): number {
    const probe = this.held;
    if (probe === undefined) throw new Error("nothing was drawn");
    this.held = undefined;
    return probe;
  }

  #land(probe: number): void {
    expect(this.stretch.triesOf(probe)).toBe(this.probe(probe).tries);
    this.stretch.land(probe);
    this.probe(probe).state = "silent";
    this.#offer(this.host(probe));
  }

  /** Whoever has nothing to be asked stays where he is. */
  #offer(host: HostModel): void {
    if (!this.#hasMore(this.hosts.indexOf(host))) return;
    host.isOffered = true;
    host.isParked = false;
  }

  #revive(number: number): void {
    const host = at(this.hosts, number);
    // It is there, after all: what it kept silent about may have been lost.
    const { ports } = this.shape;
    for (const probe of this.probes.slice(number * ports, (number + 1) * ports))
      if (probe.state === "silent") probe.state = "again";
    host.state = "alive";
    this.#offer(host);
    const { networkOf } = this.shape;
    if (networkOf === undefined) return;
    const network = Math.floor(number / networkOf);
    for (const [other, one] of this.hosts.entries())
      if (one.state === "aside" && Math.floor(other / networkOf) === network) one.state = "unknown";
  }

  #hasMore(host: number): boolean {
    return this.#of(host).some(({ state }) => state === "new" || state === "again");
  }

  #hasAgain(host: number): boolean {
    return this.#of(host).some(({ state }) => state === "again");
  }

  #of(host: number): readonly ProbeModel[] {
    return this.probes.slice(host * this.shape.ports, (host + 1) * this.shape.ports);
  }

  #where(state: ProbeState): number[] {
    return [...this.probes.keys()].filter((probe) => this.probe(probe).state === state);
  }
}

function at<T>(items: readonly T[], index: number): T {
  const item = items[index];
  if (item === undefined) throw new RangeError(`there is no ${index}`);
  return item;
}
