import { Ring } from "./ring.ts";
import type { RoundTrip } from "./round-trip.ts";
import type { Stretch } from "./stretch.ts";

/** How long a probe is waited for: `usual` doubles from one to the next, up to the user's time. */
export const WAIT = { usual: 0, twice: 1, fourfold: 2, eightfold: 3, patient: 4, ceiling: 5 } as const;

export type Wait = (typeof WAIT)[keyof typeof WAIT];

const DOUBLINGS: readonly Wait[] = [WAIT.usual, WAIT.twice, WAIT.fourfold, WAIT.eightfold];

/** A probe under way. */
export interface Flight {
  readonly slot: number;
  readonly stretch: Stretch;
  readonly probe: number;
  readonly address: string;
  readonly startedAt: number;
  readonly wait: Wait;
}

/** More than there are slots: one number holds a flight's order and its slot. */
const SLOTS = 2 ** 17;

/**
 * Probes under way. Each waits in one of a few queues, oldest first, so that no timer is needed for any; how long those of
 * a queue are waited for is asked when the oldest might be over, and follows what was learned meanwhile.
 */
export class Flights {
  readonly #roundTrip: RoundTrip;
  readonly #flights: (Flight | undefined)[] = [];
  /** Which flight a slot holds. */
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
    const slot = this.#free.pop() ?? this.#flights.length;
    const number = this.#begun++ * SLOTS + slot;
    const flight = { slot, stretch, probe, address, startedAt, wait };
    this.#flights[slot] = flight;
    this.#numbers[slot] = number;
    this.#queues[wait]?.push(number);
    this.#size++;
    return flight;
  }

  at(slot: number): Flight | undefined {
    return this.#flights[slot];
  }

  end(slot: number): void {
    this.#flights[slot] = undefined;
    this.#numbers[slot] = -1;
    this.#free.push(slot);
    this.#size--;
  }

  *[Symbol.iterator](): Generator<Flight, void, undefined> {
    for (const flight of this.#flights) if (flight !== undefined) yield flight;
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

  waitMsOf({ wait }: Flight): number {
    return this.#waitMs(wait);
  }

  #oldest(queue: Ring): Flight | undefined {
    for (let number = queue.peek(); number !== undefined; number = queue.peek()) {
      const slot = number % SLOTS;
      if (this.#numbers[slot] === number) return this.#flights[slot];
      queue.shift(); // it has ended
    }
    return undefined;
  }

  #waitMs(wait: number): number {
    const { usualMs, patientMs, ceilingMs } = this.#roundTrip;
    if (wait === WAIT.ceiling) return ceilingMs;
    if (wait === WAIT.patient) return Math.max(usualMs, patientMs);
    return Math.min(ceilingMs, usualMs * 2 ** wait);
  }
}
