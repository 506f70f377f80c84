import type { Name } from "../dns/message.ts";
import { isUnder, parseName } from "../dns/name.ts";
import { type Clock, systemClock } from "../model/clock.ts";
import type { Net } from "../model/net.ts";
import type { CachedRecord } from "./cache.ts";
import { hostAddresses } from "./host-addresses.ts";
import { isDenied } from "./plan.ts";
import { QuerierSet, placeOf } from "./querier-set.ts";
import { LOCAL, Querier, type QuerierOptions, type RecordSet } from "./querier.ts";
import { type Timers, timersOf } from "./timers.ts";

/** So long is waited for an answer, in milliseconds: for those to the questions at 0 and 1 s. */
const LONGEST_MS = 3_000;
/** Addresses of one name; all but strange ones have fewer. */
const MOST_ADDRESSES = 16;
/** And for another one, once there is one: nobody waits longer than 120 ms to answer (RFC 6762, section 6). */
const QUIET_MS = 300;

export interface LookUpOptions {
  readonly signal: AbortSignal;
  /** Names of interfaces; none: all that can. */
  readonly interfaces?: readonly string[];
  /** Whether an address is one of this machine's: only this machine may say so. */
  readonly isOwn?: (address: string) => boolean;
  readonly clock?: Clock;
  readonly timers?: Timers;
  /** From 0 to 1, without 1. */
  readonly random?: () => number;
}

/**
 * The addresses of a host on the link, `h1.local`: IPv4 before IPv6, link-local ones with their zone, 16 at most, and
 * none that is elsewhere: anybody on the link may answer, and speaks for nobody else. Empty where nobody answers within 3 s, where there is nobody to ask, or for a name that is not under `local`. Never rejects.
 */
export async function lookUpLocal(
  name: string,
  net: Pick<Net, "multicast">,
  {
    signal,
    interfaces = [],
    isOwn = () => false,
    clock = systemClock,
    timers = timersOf(clock),
    random = Math.random,
  }: LookUpOptions,
): Promise<string[]> {
  const host = parseName(name);
  if (host === undefined || host.length < 2 || !isUnder(host, LOCAL) || signal.aborted) return [];
  let wake: () => void = nothing;
  const onStep = (): void => wake();
  const set = new QuerierSet(() => ({ querier: querierFor(host, { timers, random, isOwn, onStep }) }));
  const links = await net.multicast({ interfaces, watch: false, onPacket: set.hear });
  signal.addEventListener("abort", onStep);
  try {
    set.useLinks(links.links);
    const endAt = timers.now() + LONGEST_MS;
    for (;;) {
      const until = Math.min(endAt, settledAt(host, set));
      if (signal.aborted || set.members.length === 0 || timers.now() >= until) break;
      await new Promise<void>((resolve) => {
        const cancel = timers.after(until - timers.now(), resolve);
        wake = () => {
          cancel();
          resolve();
        };
      });
    }
    return addressesIn(host, set);
  } finally {
    signal.removeEventListener("abort", onStep);
    set.close();
    await links.close();
  }
}

function querierFor(
  host: Name,
  options: Pick<QuerierOptions, "timers" | "random" | "isOwn" | "onStep">,
): Querier {
  const sets: readonly RecordSet[] = [
    { name: host, type: "A" },
    { name: host, type: "AAAA" },
  ];
  return new Querier({
    ...options,
    watch: false,
    wanted: (cache) => ({
      questions: sets.filter(
        ({ name, type }) => cache.get(name, type).length === 0 && !isDenied(cache, name, type),
      ),
      kept: [],
    }),
    onSent: nothing,
  });
}

/** When no other answer is to be expected; never while there is none. */
function settledAt(host: Name, set: QuerierSet<{ readonly querier: Querier }>): number {
  const heardAt = recordsIn(host, set).map(([, { receivedAt }]) => receivedAt);
  return heardAt.length === 0 ? Number.POSITIVE_INFINITY : Math.max(...heardAt) + QUIET_MS;
}

function addressesIn(host: Name, set: QuerierSet<{ readonly querier: Querier }>): string[] {
  const found = recordsIn(host, set).map(([address]) => address);
  const sorted = [...new Set(found)].toSorted((a, b) => rankOf(a) - rankOf(b) || (a < b ? -1 : 1));
  return sorted.slice(0, MOST_ADDRESSES);
}

function recordsIn(host: Name, set: QuerierSet<{ readonly querier: Querier }>): [string, CachedRecord][] {
  return set.members.flatMap(({ querier, links }) => {
    const place = placeOf(links);
    const { records } = hostAddresses(querier.cache, host, place);
    return [...records].filter(([address]) => place.isOnLink(address));
  });
}

function rankOf(address: string): number {
  if (!address.includes(":")) return 0;
  return address.includes("%") ? 2 : 1;
}

function nothing(): void {}
