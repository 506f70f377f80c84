import type { Scope } from "./ground.ts";
import { type Room, isStillFree, isTooMuch, obstacle, put, unput } from "./room.ts";
import { type Leanings, scoreOf } from "./score.ts";

/** Instances of one service that are to be placed. */
export interface Wish {
  readonly scope: Scope;
  readonly count: number;
}

/** One instance on one host. */
export interface Placed {
  readonly scope: Scope;
  readonly host: string;
}

/** So many hosts are tried until a search is given up. */
const MOST_STEPS = 100_000;

/** A wish while it is searched for. */
interface Open {
  readonly scope: Scope;
  left: number;
  /** Hosts that would do as things stand. */
  readonly hosts: Set<Room>;
}

/**
 * Places for all wishes, or undefined where there are none: then `isProven` tells whether that is certain, or the search
 * was given up. Depth first with backtracking: the wish with the fewest hosts to spare comes next, and its best
 * host is tried first. A host at which a wish failed is closed to it, so that no set of hosts is tried twice in another order.
 * The rooms are left as the places make them; as they were where there are none.
 */
export function placesFor(
  wishes: readonly Wish[],
  rooms: ReadonlyMap<string, Room>,
  leanings: Leanings,
): { readonly places: readonly Placed[] | undefined; readonly isProven: boolean } {
  const needed = wishes.map(({ scope, count }) => ({ needs: scope.requirement.needs, count }));
  if (isTooMuch(needed, [...rooms.values()])) return { places: undefined, isProven: true };
  const search = new Search(wishes, rooms, leanings);
  const found = search.descend();
  return { places: found ? search.placed : undefined, isProven: !search.isExhausted };
}

/** As many as can be had without taking anything back. */
export function placesAtOnce(
  wishes: readonly Wish[],
  rooms: ReadonlyMap<string, Room>,
  leanings: Leanings,
): readonly Placed[] {
  const search = new Search(wishes, rooms, leanings);
  search.grab();
  return search.placed;
}

class Search {
  readonly placed: Placed[] = [];
  isExhausted = false;
  #steps = 0;
  readonly #open: readonly Open[];
  readonly #leanings: Leanings;
  /** What to do to take back what was done, the latest last. */
  readonly #undo: (() => void)[] = [];

  constructor(wishes: readonly Wish[], rooms: ReadonlyMap<string, Room>, leanings: Leanings) {
    this.#leanings = leanings;
    this.#open = wishes.map(({ scope, count }) => {
      const all = scope.hosts.flatMap(({ name }) => rooms.get(name) ?? []);
      return {
        scope,
        left: count,
        hosts: new Set(all.filter((room) => obstacle(room, scope) === undefined)),
      };
    });
  }

  /** Whether everything that is open found its place. */
  descend(): boolean {
    const start = this.#undo.length;
    for (;;) {
      const open = this.#tightest();
      if (open === undefined) return true;
      const room = open.hosts.size < open.left ? undefined : this.#best(open);
      this.#steps += 1;
      if (this.#steps > MOST_STEPS) this.isExhausted = true;
      if (room === undefined || this.isExhausted) {
        this.#takeBack(start);
        return false;
      }
      const before = this.#undo.length;
      this.#assign(open, room);
      if (this.descend()) return true;
      this.#takeBack(before);
      this.#close(open, room);
    }
  }

  grab(): void {
    for (let open = this.#tightest(); open !== undefined; open = this.#tightest()) {
      const room = this.#best(open);
      if (room === undefined) open.left = 0;
      else this.#assign(open, room);
    }
  }

  /** The one with the fewest hosts to spare; undefined where all have their place. */
  #tightest(): Open | undefined {
    let found: Open | undefined;
    for (const open of this.#open) {
      if (open.left === 0) continue;
      if (found === undefined || open.hosts.size - open.left < found.hosts.size - found.left) found = open;
    }
    return found;
  }

  /** The first by name of those with the highest score. */
  #best({ scope, hosts }: Open): Room | undefined {
    let best: { readonly room: Room; readonly total: number } | undefined;
    for (const room of hosts) {
      const { total } = scoreOf(room, scope, this.#leanings);
      const isBetter =
        best === undefined ||
        total > best.total ||
        (total === best.total && room.host.name < best.room.host.name);
      if (isBetter) best = { room, total };
    }
    return best?.room;
  }

  #assign(open: Open, room: Room): void {
    put(room, open.scope);
    open.left -= 1;
    this.placed.push({ scope: open.scope, host: room.host.name });
    this.#undo.push(() => {
      this.placed.pop();
      open.left += 1;
      unput(room, open.scope);
    });
    for (const other of this.#open)
      if (other.hosts.has(room) && !isStillFree(room, other.scope)) this.#close(other, room);
  }

  #close({ hosts }: Open, room: Room): void {
    hosts.delete(room);
    this.#undo.push(() => hosts.add(room));
  }

  #takeBack(mark: number): void {
    while (this.#undo.length > mark) this.#undo.pop()?.();
  }
}
