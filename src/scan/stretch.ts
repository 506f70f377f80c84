import type { Outcome } from "../model/outcome.ts";
import { Ring } from "./ring.ts";

/** Hosts by their place, from 0. */
export interface Hosts {
  readonly length: number;
  /** The address as text. */
  at(index: number): string;
}

/** How a probe came to its end; `skipped`: it was never made, since nothing near it answered. */
export type ProbeOutcome = Outcome | "skipped";

/** How far a stretch is, to go on from there: bit sets, the lowest bit of the first byte first. */
export interface StretchMark {
  /** By probe: ports of the first host, of the second, and so on. */
  readonly settled: Uint8Array;
  /** By probe: made, and silent so far. */
  readonly silent: Uint8Array;
  /** By host: those that have answered anything. */
  readonly alive: Uint8Array;
}

export interface StretchShape {
  readonly hosts: Hosts;
  readonly ports: readonly number[];
  /** By host, the network of which some are asked first, and the others where one of these answers. */
  readonly networks?: Float64Array;
  /** By host, whether it is asked whatever its network says; with `networks`. */
  readonly samples?: Uint8Array;
  readonly mark?: StretchMark;
}

const UNKNOWN = 0;
const ALIVE = 1;
/** ARP or a router reported it as not there, and it has answered nothing. */
const DEAD = 2;
/** Not to be asked unless something near it answers. */
const ASIDE = 3;

/** A probe's byte: how often it was made, whether it is to be made again or is under way, or that it is settled. */
const TRIES = 0x1f;
const AGAIN = 0x20;
const FLYING = 0x40;
const SETTLED = 0xff;

/** How often a probe is put back when the fault was this machine's own. */
const MOST_FAULTS = 12;
/** Probes at once to a host that loses much, at first. */
const MOST_TIGHT = 32;
/** How often each probe is made on average, at most, before its failures count whatever the reason. */
const MOST_LAUNCHES = 32;

/**
 * Some hosts and all of their ports: what to ask next, what is known of each host, and what is still open. A probe is a
 * number, host × ports + port. Hosts that answer are asked on at once, in turn; of the others one port first, and the
 * rest when somebody has time for it (`nextSilent`).
 */
export class Stretch {
  readonly hosts: Hosts;
  readonly ports: readonly number[];
  readonly #probes: Uint8Array;
  readonly #state: Uint8Array;
  /** By host: the next port that was never asked. */
  readonly #next: Uint32Array;
  /** By host: how many ports are to be asked again, and the first of them. */
  readonly #again: Uint32Array;
  readonly #againFrom: Uint32Array;
  /** By host: whether it is in the ring of its state. */
  readonly #queued: Uint8Array;
  /** By host, in milliseconds: the slowest answer; the start of the last ask that came to nothing. */
  readonly #slowestMs: Float32Array;
  readonly #lostAt: Float64Array;
  readonly #living = new Ring();
  readonly #silent = new Ring();
  readonly #parked = new Set<number>();
  /** By host, probes under way; and of those that lose much, how many there may be. */
  readonly #flying: Uint32Array;
  readonly #tight = new Map<number, { readonly most: number; readonly since: number }>();
  readonly #faults = new Map<number, number>();
  readonly #networks: Float64Array | undefined;
  /** Networks in which something has answered. */
  readonly #inhabited = new Set<number>();
  /** Hosts in the order of their first ask, where it is not that of their places. */
  #order: Ring | undefined;
  #firstAt = 0;
  /** Hosts in a ring. */
  #waiting = 0;
  #left: number;
  /** What was drawn, and has neither gone out nor been parked; -1 where there is nothing. */
  #held = -1;
  #inFlight = 0;
  #launched = 0;
  #rounds = 0;

  constructor({ hosts, ports, networks, samples, mark }: StretchShape) {
    const { length } = hosts;
    this.hosts = hosts;
    this.ports = ports;
    this.#left = length * ports.length;
    this.#probes = new Uint8Array(this.#left);
    this.#state = new Uint8Array(length);
    this.#next = new Uint32Array(length);
    this.#again = new Uint32Array(length);
    this.#againFrom = new Uint32Array(length);
    this.#queued = new Uint8Array(length);
    this.#flying = new Uint32Array(length);
    this.#slowestMs = new Float32Array(length);
    this.#lostAt = new Float64Array(length);
    this.#networks = networks;
    if (networks !== undefined) this.#setAside(samples);
    if (mark !== undefined) this.#restore(mark);
  }

  /** Probes that have not come to their end. */
  get left(): number {
    return this.#left;
  }

  hostOf(probe: number): number {
    return Math.floor(probe / this.ports.length);
  }

  portOf(probe: number): number {
    return this.ports[probe % this.ports.length] ?? 0;
  }

  addressOf(probe: number): string {
    return this.hosts.at(this.hostOf(probe));
  }

  isAlive(host: number): boolean {
    return this.#state[host] === ALIVE;
  }

  isUnknown(host: number): boolean {
    return this.#state[host] === UNKNOWN;
  }

  /** Whether at most one of its ports was asked. */
  isFirstOf(host: number): boolean {
    return (this.#next[host] ?? 0) <= 1;
  }

  /** Nothing is under way, and nothing to be drawn. */
  get isIdle(): boolean {
    return this.#inFlight === 0 && this.#waiting === 0 && this.#parked.size === 0 && !this.hasFirst;
  }

  /** How often a probe was made. */
  triesOf(probe: number): number {
    return (this.#probes[probe] ?? 0) & TRIES;
  }

  slowestMsOf(host: number): number {
    return this.#slowestMs[host] ?? 0;
  }

  /** When the host's last ask that came to nothing was made; 0 where there is none. */
  lostAtOf(host: number): number {
    return this.#lostAt[host] ?? 0;
  }

  /** Whether there is a host of which nothing was asked. */
  get hasFirst(): boolean {
    return (this.#order?.length ?? this.hosts.length - this.#firstAt) > 0;
  }

  /** The first port of a host of which nothing was asked. */
  nextFirst(): number | undefined {
    while (this.hasFirst) {
      const host = this.#order?.shift() ?? this.#firstAt++;
      const probe = this.#state[host] === UNKNOWN ? this.#draw(host) : undefined;
      if (probe !== undefined) return probe;
    }
    return undefined;
  }

  /** A port of a host that has answered. */
  nextLiving(): number | undefined {
    return this.#nextOf(this.#living, ALIVE);
  }

  /** Another port of a host that has not. */
  nextSilent(): number | undefined {
    return this.#nextOf(this.#silent, UNKNOWN);
  }

  #nextOf(ring: Ring, state: number): number | undefined {
    for (let host = ring.shift(); host !== undefined; host = ring.shift()) {
      if (this.#state[host] !== state) continue; // it has moved to the other ring since
      this.#unqueue(host);
      const probe = this.#draw(host);
      if (probe !== undefined) return probe;
    }
    return undefined;
  }

  /** What is to be asked again goes before what was never asked. */
  #draw(host: number): number | undefined {
    const probe = this.#drawAgain(host) ?? this.#drawNew(host);
    this.#held = probe ?? -1;
    return probe;
  }

  #drawAgain(host: number): number | undefined {
    const ports = this.ports.length;
    if ((this.#again[host] ?? 0) === 0) return undefined;
    for (let at = this.#againFrom[host] ?? 0; at < ports; at++) {
      const probe = host * ports + at;
      const byte = this.#probes[probe] ?? 0;
      if (byte === SETTLED || (byte & AGAIN) === 0) continue;
      this.#unflag(probe);
      this.#againFrom[host] = at + 1;
      return probe;
    }
    return undefined;
  }

  #drawNew(host: number): number | undefined {
    const ports = this.ports.length;
    for (let at = this.#next[host] ?? 0; at < ports; at++) {
      this.#next[host] = at + 1;
      if (this.#probes[host * ports + at] === 0) return host * ports + at;
    }
    return undefined;
  }

  /** Puts a host that has something to be asked where it is drawn from, unless it is there. */
  offer(host: number): void {
    const state = this.#state[host];
    if ((state !== ALIVE && state !== UNKNOWN) || !this.#hasMore(host)) return;
    this.#parked.delete(host);
    if (this.#queued[host] === 1) return;
    this.#queued[host] = 1;
    this.#waiting++;
    (state === ALIVE ? this.#living : this.#silent).push(host);
  }

  /** What is left of it in a ring is passed over. */
  #unqueue(host: number): void {
    if (this.#queued[host] === 1) this.#waiting--;
    this.#queued[host] = 0;
  }

  #hasMore(host: number): boolean {
    return (this.#again[host] ?? 0) > 0 || (this.#next[host] ?? 0) < this.ports.length;
  }

  /**
   * A probe goes out.
   *
   * @param isAlone Nothing more is asked of this host before it has landed.
   */
  launch(probe: number, isAlone: boolean): void {
    const host = this.hostOf(probe);
    this.#held = -1;
    this.#unflag(probe);
    this.#probes[probe] = FLYING | Math.min(TRIES, this.triesOf(probe) + 1);
    this.#flying[host] = (this.#flying[host] ?? 0) + 1;
    this.#inFlight++;
    this.#launched++;
    if (!isAlone) this.offer(host);
  }

  /** It has come back, however. */
  land(probe: number): void {
    const host = this.hostOf(probe);
    this.#probes[probe] = (this.#probes[probe] ?? 0) & ~FLYING;
    this.#flying[host] = (this.#flying[host] ?? 1) - 1;
    this.#inFlight--;
    this.offer(host);
  }

  /** It was drawn and did not go out, since its host has its part: that host waits until one of its probes lands. */
  park(probe: number): void {
    const host = this.hostOf(probe);
    this.#held = -1;
    this.#flag(probe);
    // One that died meanwhile waits for nothing.
    if (this.#state[host] !== DEAD) this.#parked.add(host);
  }

  /** There may be room for those that wait. */
  unpark(): void {
    for (const host of this.#parked) {
      this.#parked.delete(host);
      this.offer(host);
    }
  }

  /** All was asked once, and this is about what kept silent. */
  get isLate(): boolean {
    return this.#rounds > 0;
  }

  /** Whether a living host has something to be asked. */
  get hasLiving(): boolean {
    return this.#living.length > 0;
  }

  get hasParked(): boolean {
    return this.#parked.size > 0;
  }

  /** It went out and came to nothing for want of something here. False where that was so too often. */
  putBack(probe: number): boolean {
    const faults = (this.#faults.get(probe) ?? 0) + 1;
    if (faults >= MOST_FAULTS) return false;
    this.#faults.set(probe, faults);
    this.#probes[probe] = this.triesOf(probe) - 1;
    this.askAgain(probe);
    return true;
  }

  /** Nobody answered. */
  missed(probe: number, startedAt: number): void {
    this.#lostAt[this.hostOf(probe)] = startedAt;
  }

  /** It was made when nobody could have answered: that does not count, unless it has gone on for too long. */
  forgive(probe: number): void {
    if (this.#launched > MOST_LAUNCHES * this.#probes.length) return;
    this.#probes[probe] = (this.#probes[probe] ?? 0) - Math.min(1, this.triesOf(probe));
  }

  /** Nothing that kept silent so far has been asked as it should be. */
  forgiveAll(): void {
    for (const [probe, byte] of this.#probes.entries())
      if (isSilent(byte)) this.#probes[probe] = byte & ~TRIES;
  }

  askAgain(probe: number): void {
    this.#flag(probe);
    this.offer(this.hostOf(probe));
  }

  /** A host has answered something. */
  answered(host: number, latencyMs: number): void {
    this.#slowestMs[host] = Math.max(this.#slowestMs[host] ?? 0, latencyMs);
    if (this.#state[host] === ALIVE) return;
    this.#askSilentAgain(host);
    this.#enliven(host);
  }

  #enliven(host: number): void {
    this.#unqueue(host);
    this.#state[host] = ALIVE;
    this.offer(host);
    this.#inhabit(host);
  }

  /** What it kept silent about may have been lost: it is there, after all. What is drawn is about to be asked anyway. */
  #askSilentAgain(host: number): void {
    const end = (host + 1) * this.ports.length;
    for (let probe = host * this.ports.length; probe < end; probe++)
      if (probe !== this.#held && isSilent(this.#probes[probe] ?? 0)) this.#flag(probe);
  }

  /** A host that has answered nothing was reported as not there. */
  died(host: number): void {
    if (this.#state[host] !== UNKNOWN) return;
    this.#unqueue(host);
    this.#state[host] = DEAD;
    this.#parked.delete(host);
  }

  /** The last word on a probe. */
  settle(probe: number): void {
    this.#unflag(probe);
    this.#probes[probe] = SETTLED;
    this.#left--;
  }

  /**
   * When it is idle: silent probes that were made less often than `triesOf` says of their host are drawn again, and all
   * others given up. Calls `give` with what is over; false where all is.
   */
  nextRound(
    triesOf: (host: number) => number,
    give: (probe: number, outcome: ProbeOutcome) => void,
  ): boolean {
    let asked = false;
    this.#rounds++;
    for (let host = 0; host < this.hosts.length; host++) {
      const state = this.#state[host] ?? UNKNOWN;
      const most = state === ALIVE || state === UNKNOWN ? triesOf(host) : 0;
      const end = (host + 1) * this.ports.length;
      for (let probe = host * this.ports.length; probe < end; probe++) {
        if (this.#probes[probe] === SETTLED) continue;
        if (this.triesOf(probe) >= most) give(probe, OUTCOME_OF[state] ?? "filtered");
        else {
          this.#flag(probe);
          asked = true;
        }
      }
      this.offer(host);
    }
    return asked;
  }

  get mark(): StretchMark {
    const bytes = this.#probes;
    return {
      settled: bitsOf(bytes.length, (probe) => bytes[probe] === SETTLED),
      silent: bitsOf(bytes.length, (probe) => isSilent(bytes[probe] ?? 0)),
      alive: bitsOf(this.hosts.length, (host) => this.isAlive(host)),
    };
  }

  #restore({ settled, silent, alive }: StretchMark): void {
    for (let probe = 0; probe < this.#probes.length; probe++) {
      if (hasBit(settled, probe)) this.settle(probe);
      else if (hasBit(silent, probe)) this.#probes[probe] = 1;
    }
    for (let host = 0; host < this.hosts.length; host++) if (hasBit(alive, host)) this.#enliven(host);
  }

  #setAside(samples: Uint8Array | undefined): void {
    this.#order = new Ring();
    for (let host = 0; host < this.hosts.length; host++) {
      if (samples?.[host] === 1) this.#order.push(host);
      else this.#state[host] = ASIDE;
    }
  }

  /** Somebody lives in a network: all of it is asked. */
  #inhabit(host: number): void {
    const network = this.#networks?.[host];
    if (network === undefined || this.#inhabited.has(network)) return;
    this.#inhabited.add(network);
    for (let other = 0; other < this.hosts.length; other++) {
      if (this.#networks?.[other] !== network || this.#state[other] !== ASIDE) continue;
      this.#state[other] = UNKNOWN;
      this.#order?.push(other);
    }
  }

  /** A host alone loses much: fewer at once there, and what was sent before does not count. */
  tighten(host: number, now: number): void {
    const { most } = this.#tight.get(host) ?? { most: 2 * MOST_TIGHT };
    this.#tight.set(host, { most: Math.max(1, Math.floor(most / 2)), since: now });
  }

  isTight(host: number): boolean {
    return this.#tight.has(host);
  }

  /** Since when it is asked no more than it bears; 0 where nothing is known of that. */
  tightSince(host: number): number {
    return this.#tight.get(host)?.since ?? 0;
  }

  /** Whether a host has as many under way as it bears. */
  hasItsFill(host: number): boolean {
    const tight = this.#tight.get(host);
    return tight !== undefined && (this.#flying[host] ?? 0) >= tight.most;
  }

  #unflag(probe: number): void {
    const byte = this.#probes[probe] ?? 0;
    if (byte === SETTLED || (byte & AGAIN) === 0) return;
    const host = this.hostOf(probe);
    this.#probes[probe] = byte & ~AGAIN;
    this.#again[host] = (this.#again[host] ?? 0) - 1;
  }

  #flag(probe: number): void {
    const byte = this.#probes[probe] ?? 0;
    if (byte === SETTLED || (byte & AGAIN) !== 0) return;
    const host = this.hostOf(probe);
    const at = probe % this.ports.length;
    this.#probes[probe] = byte | AGAIN;
    const again = this.#again[host] ?? 0;
    this.#againFrom[host] = again === 0 ? at : Math.min(at, this.#againFrom[host] ?? 0);
    this.#again[host] = again + 1;
  }
}

const OUTCOME_OF: readonly ProbeOutcome[] = ["filtered", "filtered", "unreachable", "skipped"];

/** Made, and not under way. */
function isSilent(byte: number): boolean {
  return byte !== SETTLED && (byte & FLYING) === 0 && (byte & TRIES) > 0;
}

function bitsOf(length: number, has: (at: number) => boolean): Uint8Array {
  const bits = new Uint8Array(Math.ceil(length / 8));
  for (let at = 0; at < length; at++) if (has(at)) bits[at >> 3] = (bits[at >> 3] ?? 0) | (1 << (at & 7));
  return bits;
}

function hasBit(bits: Uint8Array, at: number): boolean {
  return ((bits[at >> 3] ?? 0) & (1 << (at & 7))) !== 0;
}
