import { Ring } from "./ring.ts";
import type { RoundTrip } from "./round-trip.ts";
import type { Stretch } from "./stretch.ts";

/** How long a probe is waited for: `usual` doubles from one to the next, up to the user's time. */
export const WAIT = {
  usual: 0,
  twice: 1,
  fourfold: 2,
  eightfold: 3,
  patient: 4,
  ceiling: 5,
  link: 6,
} as const;

export type Wait = (typeof WAIT)[keyof typeof WAIT];

const DOUBLINGS: readonly Wait[] = [WAIT.usual, WAIT.twice, WAIT.fourfold, WAIT.eightfold];

/** A probe under way. Its slot's next flight takes its place: nobody may keep one. */
export interface Flight {
  readonly slot: number;
  readonly stretch: Stretch;
  readonly probe: number;
  readonly address: string;
  readonly startedAt: number;
  readonly wait: Wait;
}

type Place = { -readonly [K in keyof Flight]: Flight[K] };

/** More than there are slots: one number holds a flight's order and its slot. */
const SLOTS = 2 ** 17;

/**
 * Probes under way. Each waits in one of a few queues, oldest first, so that no timer is needed for any; how long those of
 * a queue are waited for is asked when the oldest might be over, and follows what was learned meanwhile.
 */
export class Flights {
  readonly #roundTrip: RoundTrip;
  /** By slot. They are used over and over: so many would burden the garbage collector. */
  readonly #places: Place[] = [];
  /** By slot, which flight it holds; -1 where it is free. */
  readonly #numbers: number[] = [];
  readonly #free: number[] = [];
  readonly #queues: readonly Ring[] = Object.values(WAIT).map(() => new Ring(64));
  #begun = 0;
  #size = 0;

  constructor(roundTrip: RoundTrip) {
    this.#roundTrip = roundTrip;
  }

  get size(): number {
    return this.#size;
  }

  start(stretch: Stretch, probe: number, address: string, wait: Wait, startedAt: number): Flight {
    const slot = this.#free.pop() ?? this.#places.length;
    const number = this.#begun++ * SLOTS + slot;
    const place = (this.#places[slot] ??= { slot, stretch, probe, address, startedAt, wait });
    place.stretch = stretch;
    place.probe = probe;
    place.address = address;
    place.startedAt = startedAt;
    place.wait = wait;
    this.#numbers[slot] = number;
    this.#queues[wait]?.push(number);
    this.#size++;
    return place;
  }

  at(slot: number): Flight | undefined {
    return this.#numbers[slot] === -1 ? undefined : this.#places[slot];
  }

  /** It is read until the next one starts. */
  end(slot: number): void {
    this.#numbers[slot] = -1;
    this.#free.push(slot);
    this.#size--;
  }

  *[Symbol.iterator](): Generator<Flight, void, undefined> {
    for (const place of this.#places) if (this.#numbers[place.slot] !== -1) yield place;
  }

  /** One whose time is over, and that has not been ended. */
  nextOverdue(now: number): Flight | undefined {
    for (const [wait, queue] of this.#queues.entries()) {
      const oldest = this.#oldest(queue);
      if (oldest !== undefined && oldest.startedAt + this.#waitMs(wait) <= now) return oldest;
    }
    return undefined;
  }

  /** When the next one's time is over; Infinity where nothing is under way. */
  get nextDeadline(): number {
    let next = Infinity;
    for (const [wait, queue] of this.#queues.entries()) {
      const oldest = this.#oldest(queue);
      if (oldest !== undefined) next = Math.min(next, oldest.startedAt + this.#waitMs(wait));
    }
    return next;
  }

  /** The shortest wait of at least so long. */
  waitFor(ms: number): Wait {
    return DOUBLINGS.find((wait) => this.#waitMs(wait) >= ms) ?? WAIT.ceiling;
  }

  #oldest(queue: Ring): Flight | undefined {
    for (let number = queue.peek(); number !== undefined; number = queue.peek()) {
      const slot = number % SLOTS;
      if (this.#numbers[slot] === number) return this.#places[slot];
      queue.shift(); // it has ended
    }
    return undefined;
  }

  #waitMs(wait: number): number {
    const { usualMs, patientMs, ceilingMs, linkMs } = this.#roundTrip;
    if (wait === WAIT.ceiling) return ceilingMs;
    if (wait === WAIT.link) return linkMs;
    if (wait === WAIT.patient) return Math.max(usualMs, patientMs);
    return Math.min(ceilingMs, usualMs * 2 ** wait);
  }
}
