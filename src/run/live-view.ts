import { type Difference, difference } from "../inventory/difference.ts";
import { InventoryBuilder } from "../inventory/inventory.ts";
import { leadsOffLink } from "../model/announcement.ts";
import type { Catalog } from "../model/catalog.ts";
import { type Endpoint, endpointKey } from "../model/endpoint.ts";
import type { Service } from "../model/inventory.ts";
import type { Observation } from "../model/observation.ts";
import type { GoneReason } from "../model/watch.ts";
import type { AnnouncedEndpoint } from "../scan/announced.ts";
import type { Survey } from "./survey.ts";

/** What changed since the last time that somebody asked. */
export type Change = Exclude<Difference, { readonly kind: "gone" }> | Gone;

type Gone = Extract<Difference, { readonly kind: "gone" }> & { readonly reason: GoneReason };

/** How a round ended. */
export interface RoundEnd {
  /** Everything was looked at. */
  readonly complete: boolean;
  /** All names led somewhere: who is no target now was not merely missed. */
  readonly certain: boolean;
}

/** The last word of a strategy on an endpoint, or on one announcement of it. */
interface Held {
  readonly observation: Observation;
  readonly isWatched: boolean;
  /** The round in which it was said. */
  round: number;
  /** Rounds since in which it was asked for in vain. */
  misses: number;
  /** The same of who answered, and said nothing. */
  silences: number;
  /** What was found in the place of something open that may only be slow. */
  doubt?: Observation;
  /** Nobody renews it: it counts until its time to live has ended. */
  stale?: true;
}

/** All that was said of an endpoint, and how the last rounds met it. */
interface Place {
  readonly endpoint: Endpoint;
  readonly held: Map<string, Held>;
  openIn: number;
  closedIn: number;
  /** It was asked, and was silent. */
  silentIn: number;
  /** Times in a row that it refused, since somebody said anew that it is there. */
  refusals: number;
}

/** So many rounds in vain, and it is gone. */
const MOST_MISSES = 2;
/** So many refusals of what is only announced, and it is looked at again only when somebody says anew that it is there. */
const MOST_REFUSALS = 2;
/** Ports of one address that are looked at on others' word: nobody is to make us knock at all doors of a third. */
const MOST_AT_ONE = 64;

/**
 * What is there, out of the last word of each strategy on each endpoint. A refusal is a fact and counts at once;
 * silence counts the second time; what was not asked, since a round was cut short, does not count at all.
 */
export class LiveView {
  readonly #catalog: Catalog;
  readonly #places = new Map<string, Place>();
  readonly #ends = new Map<string, GoneReason>();
  #survey: Pick<Survey, "isOwn" | "admits"> = { isOwn: () => false, admits: () => true };
  #round = 0;
  #told: readonly Service[] = [];

  constructor(catalog: Catalog) {
    this.#catalog = catalog;
  }

  /** How many services were told of. */
  get size(): number {
    return this.#told.length;
  }

  /** A round begins, with what the machine and its names look like now. */
  startRound(survey: Pick<Survey, "isOwn" | "admits">): void {
    this.#survey = survey;
    this.#round++;
  }

  /** What a strategy of the round has seen; `isCut` where the round is over, so that it may not have seen it well. */
  take(observation: Observation, isCut = false): void {
    const place = this.#placeOf(observation.endpoint);
    const key = `round ${keyOf(observation)} ${observation.announcement?.target ?? ""}`;
    const before = place.held.get(key);
    const { outcome } = observation;
    if (outcome === "withdrawn") return this.#drop(place, key, "withdrawn");
    if (outcome === "open") place.openIn = this.#round;
    place.refusals = outcome === "closed" ? place.refusals + 1 : 0;
    if (outcome === "filtered" || outcome === "unreachable") place.silentIn = this.#round;
    if (before?.observation.outcome === "open") {
      if (isUncertain(observation)) return void (before.doubt = observation);
      if (outcome === "open" && this.#isPoorer(observation, before, isCut)) return;
    }
    this.#hold(place, key, observation, false);
    if (outcome !== "closed") return;
    place.closedIn = this.#round;
    // Who found it open and finds it closed speaks for those, too, who have not looked again yet.
    if (before?.observation.outcome === "open") this.#refuse(place);
  }

  /** What a strategy has heard that watches; the endpoint, where nobody has looked at it yet. */
  hear(observation: Observation): AnnouncedEndpoint | undefined {
    const place = this.#placeOf(observation.endpoint);
    const key = `watcher ${keyOf(observation)}`;
    if (observation.outcome === "withdrawn") {
      this.#drop(place, key, "withdrawn");
      return undefined;
    }
    const before = place.held.get(key)?.observation.outcome;
    place.refusals = Math.min(place.refusals, 1);
    this.#hold(place, key, observation, true);
    if (observation.outcome === "closed" && before === "open") this.#end(place, "refused");
    const isLookedAt = [...place.held.values()].some(({ isWatched }) => !isWatched);
    if (isLookedAt || this.#announcedAt(place.endpoint.address) > MOST_AT_ONE) return undefined;
    return this.#followed(place);
  }

  /** A watching strategy has ended: nobody renews what it said. */
  leave(strategy: string): void {
    for (const { held } of this.#places.values()) {
      for (const one of held.values()) {
        if (one.isWatched && one.observation.strategy === strategy) one.stale = true;
      }
    }
  }

  endRound(end: RoundEnd): void {
    for (const place of this.#places.values()) {
      for (const [key, held] of place.held) {
        if (!held.isWatched && held.round < this.#round) this.#missed(place, key, held, end);
      }
    }
  }

  /** What must be looked at again, whatever comes of it. */
  get followed(): AnnouncedEndpoint[] {
    const counts = new Map<string, number>();
    return [...this.#places.values()].flatMap((place) => {
      const { address } = place.endpoint;
      const count = (counts.get(address) ?? 0) + (isOnlyAnnounced(place) ? 1 : 0);
      counts.set(address, count);
      return count > MOST_AT_ONE && isOnlyAnnounced(place) ? [] : (this.#followed(place) ?? []);
    });
  }

  /** Ports of an address that are announced, and that nobody found open. */
  #announcedAt(address: string): number {
    return [...this.#places.values()].filter(
      (place) => place.endpoint.address === address && isOnlyAnnounced(place),
    ).length;
  }

  /** When the first of what nobody renews ends, in milliseconds since the epoch. */
  get expiresAt(): number {
    let first = Number.POSITIVE_INFINITY;
    for (const { held } of this.#places.values()) {
      for (const one of held.values()) if (one.stale) first = Math.min(first, endOf(one));
    }
    return first;
  }

  /** Forgets what nobody renews and whose time is over. */
  expire(now: number): void {
    for (const place of this.#places.values()) {
      for (const [key, held] of place.held) {
        if (held.stale && endOf(held) <= now) this.#drop(place, key, "no longer announced");
      }
    }
  }

  /** What changed since this was last asked for. */
  changes(): Change[] {
    const services = this.#services();
    const changes = difference(this.#told, services).map((change) =>
      change.kind === "gone" ? { ...change, reason: this.#reasonOf(change.service) } : change,
    );
    this.#told = services;
    this.#ends.clear();
    return changes;
  }

  #services(): Service[] {
    const builder = new InventoryBuilder(this.#catalog, this.#survey.isOwn);
    for (const [key, place] of this.#places) {
      this.#prune(key, place);
      for (const { observation, isWatched } of place.held.values()) {
        // What is announced somewhere is kept even while it is nobody's target: it may become one again.
        if (!isWatched || this.#survey.admits(observation.endpoint.address)) builder.add(observation);
      }
    }
    return builder.services;
  }

  /** How one met what nobody announces any more makes no service. */
  #prune(key: string, { held }: Place): void {
    const outcomes = [...held.values()].map(({ observation }) => observation.outcome);
    if (!outcomes.includes("open") && !outcomes.includes("announced")) this.#places.delete(key);
  }

  #missed(place: Place, key: string, held: Held, { complete, certain }: RoundEnd): void {
    const { outcome } = held.observation;
    if (outcome === "withdrawn") return;
    if (outcome === "announced") {
      if (complete) this.#drop(place, key, "no longer announced");
      else held.stale = true;
    } else if (outcome !== "open" || place.openIn === this.#round) {
      // Somebody else was there in the meantime, and this one had nothing to say of what it found. What was refused so
      // often that nobody looks any more stays refused.
      const isSettled = outcome === "closed" && place.refusals >= MOST_REFUSALS;
      if (complete && !isSettled) place.held.delete(key);
    } else if (place.closedIn === this.#round) {
      this.#drop(place, key, "refused");
    } else {
      const isTarget = this.#survey.admits(place.endpoint.address);
      const isMissed = place.silentIn === this.#round || (complete && (isTarget || certain));
      if (isMissed) this.#miss(place, key, held, isTarget ? "no answer twice" : "no longer a target");
    }
  }

  /**
   * It is open and said less than it did: nothing for once, or not all, for want of time. That renews what is known. Who
   * says nothing the second time may be somebody else.
   */
  #isPoorer({ claim, firstBytes }: Observation, before: Held, isCut: boolean): boolean {
    const isSilent =
      claim === undefined && firstBytes === undefined && before.observation.claim !== undefined;
    if (isSilent && !isCut) before.silences++;
    if (!isCut && (!isSilent || before.silences >= MOST_MISSES)) return false;
    before.round = this.#round;
    before.misses = 0;
    return true;
  }

  #miss(place: Place, key: string, held: Held, reason: GoneReason): void {
    held.misses++;
    if (held.misses < MOST_MISSES) return;
    this.#drop(place, key, reason);
    if (held.doubt !== undefined) this.#hold(place, key, held.doubt, false);
  }

  #followed({ endpoint, held, refusals }: Place): AnnouncedEndpoint | undefined {
    if (endpoint.transport !== "tcp" || !this.#survey.admits(endpoint.address)) return undefined;
    const all = [...held.values()];
    if (!all.some(isToBeFollowed) || refusals >= MOST_REFUSALS) return undefined;
    const names = all.flatMap(({ observation }) =>
      observation.outcome === "announced" ? (observation.hostnames ?? []) : [],
    );
    return { endpoint, hostnames: [...new Set(names)] };
  }

  #refuse(place: Place): void {
    this.#end(place, "refused");
    for (const [key, { isWatched, round, observation }] of place.held) {
      if (!isWatched && round < this.#round && observation.outcome === "open") place.held.delete(key);
    }
  }

  #hold(place: Place, key: string, observation: Observation, isWatched: boolean): void {
    place.held.set(key, { observation, isWatched, round: this.#round, misses: 0, silences: 0 });
  }

  #drop(place: Place, key: string, reason: GoneReason): void {
    const { observation, isWatched } = place.held.get(key) ?? {};
    if (observation === undefined || isWatched === undefined || observation.outcome === "withdrawn") return;
    place.held.delete(key);
    this.#end(place, reason);
    // What it said of its host holds good for what else is there: one service must not fall into two by a goodbye.
    const { outcome, sameHost = [] } = observation;
    if (outcome === "announced" && sameHost.length > 1)
      this.#hold(place, key, { ...observation, outcome: "withdrawn" }, isWatched);
  }

  /** The last reason counts: until then something was left. */
  #end({ endpoint }: Place, reason: GoneReason): void {
    const key = endpointKey(endpoint);
    this.#ends.delete(key);
    this.#ends.set(key, reason);
  }

  #reasonOf({ addresses, port, transport }: Service): GoneReason {
    const keys = new Set(addresses.map((address) => endpointKey({ address, port, transport })));
    const reasons = [...this.#ends].filter(([key]) => keys.has(key)).map(([, reason]) => reason);
    return reasons.at(-1) ?? "no longer a target";
  }

  #placeOf(endpoint: Endpoint): Place {
    const key = endpointKey(endpoint);
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    const held = new Map<string, Held>();
    const place = { endpoint, held, openIn: 0, closedIn: 0, silentIn: 0, refusals: 0 };
    this.#places.set(key, place);
    return place;
  }
}

/** Nobody who looked found it open. */
function isOnlyAnnounced({ held }: Place): boolean {
  return ![...held.values()].some(
    ({ isWatched, observation }) => !isWatched && observation.outcome === "open",
  );
}

/** Neither there nor not there. */
function isUncertain({ outcome }: Observation): boolean {
  return outcome === "filtered" || outcome === "unreachable" || outcome === "failed";
}

/** What a round found open, and what is announced: but a host on the link sends nobody elsewhere by its word. */
function isToBeFollowed({ observation, isWatched }: Held): boolean {
  if (!isWatched) return observation.outcome === "open";
  return observation.outcome === "announced" && !leadsOffLink(observation.announcement);
}

function endOf({ observation }: Held): number {
  const ttlSeconds = observation.ttlSeconds ?? observation.announcement?.ttlSeconds ?? 0;
  return observation.at + ttlSeconds * 1_000;
}

/** A strategy has one word on an endpoint, and one on each name by which it is announced. */
function keyOf({ strategy, outcome, announcement }: Observation): string {
  const isSaid = outcome === "announced" || outcome === "withdrawn";
  return JSON.stringify([strategy, isSaid ? (announcement?.name.toLowerCase() ?? "") : undefined]);
}
