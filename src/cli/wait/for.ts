import { setTimeout as sleep } from "node:timers/promises";

import { type LinkedAbort, linkedAbort } from "../../identify/linked-abort.ts";
import { isWanted } from "../../inventory/wanted.ts";
import type { Listener } from "../../model/listener.ts";
import { GRACE_MS, type Glance, type GlanceTools, glance } from "./glance.ts";
import { type Grounds, lookAtListeners, lookAtPlace, lookAtUrl, lookForType } from "./look.ts";
import { OtherListeners, isLinkLocal } from "./others.ts";
import type { Sighting } from "./verdict.ts";
import type { TypeWant, Want } from "./want.ts";

/** Between two looks, in milliseconds: at first, how it grows, and at most. */
const PAUSE = { firstMs: 100, factor: 1.5, mostMs: 1_000 } as const;

export interface WaitTools extends GlanceTools {
  readonly grounds: Grounds;
  /** What listens on this machine. */
  readonly listeners: () => readonly Listener[];
  /** Ends the wait. */
  readonly signal: AbortSignal;
  /** Told of every look that did not see it there. */
  readonly onMissed: (want: Want, why: string) => void;
}

/** What came of waiting for one thing. */
export interface Waited {
  readonly sighting: Sighting;
  readonly looks: number;
}

/** Looks until it is there, or until `signal` fires. Throws `DiscoverError` for what waiting will not mend. */
export async function waitFor(want: Want, where: string, tools: WaitTools): Promise<Waited> {
  const stop = linkedAbort(tools.signal);
  const { signal } = stop;
  try {
    const lookouts = lookoutsFor(want, where, { ...tools, signal });
    const waited = await Promise.all(lookouts.map((lookout) => keepLooking(want, lookout, tools, stop)));
    const [best] = waited.toSorted((a, b) => rank(a.sighting) - rank(b.sighting));
    const looks = waited.reduce((sum, one) => sum + one.looks, 0);
    return { sighting: best?.sighting ?? UNSEEN, looks };
  } finally {
    stop.dispose();
  }
}

const UNSEEN: Sighting = { there: false, why: "nothing was seen in that time" };

function rank(sighting: Sighting): number {
  if (sighting.there) return 0;
  return sighting.service === undefined ? 2 : 1;
}

/** Looks once; undefined where there is nothing to look at now. */
type Lookout = () => Promise<Glance | undefined>;

/** Ways of looking that go on side by side: what takes long at one must not keep the other from being quick. */
function lookoutsFor(want: Want, where: string, tools: WaitTools): Lookout[] {
  const { catalog, listeners, signal, grounds } = tools;
  if (want.kind === "place")
    return [() => glance(want, lookAtPlace(want, where, catalog, listeners), tools, signal)];
  if (want.kind === "url") return [async () => glance(want, await lookAtUrl(want, where), tools, signal)];
  const usual = lookForType(want, grounds);
  let underWay: Promise<unknown> = Promise.resolve();
  const lookout: Lookout = () => {
    const look = glance(want, usual, tools, signal);
    underWay = look.catch(() => {});
    return look;
  };
  const isHere = grounds.range.length === 0 && grounds.ports === undefined;
  return isHere ? [lookout, lookoutForOthers(want, usual.ports, tools, () => underWay)] : [lookout];
}

/** `usualLook` is the look at the usual ports that is under way: who is seen there is named before others. */
function lookoutForOthers(
  want: TypeWant,
  usual: string | readonly number[],
  tools: WaitTools,
  usualLook: () => Promise<unknown>,
): Lookout {
  const { catalog, listeners, signal } = tools;
  const others = new OtherListeners(typeof usual === "string" ? [] : usual);
  /** Who is just starting may have been seen at one of his addresses alone; undefined where he was not. */
  const lookAtAllOf = async (port: number, asked: readonly Listener[]): Promise<Glance | undefined> => {
    const known = new Set(asked.filter((one) => one.port === port).map(({ address }) => address));
    const all = listeners().filter((one) => one.port === port && !isLinkLocal(one.address));
    if (all.every(({ address }) => known.has(address))) return undefined;
    return glance(want, lookAtListeners(want, all, catalog), tools, signal);
  };
  return async () => {
    const asked = others.worthAsking(listeners());
    if (asked.length === 0) return undefined;
    const found = await glance(want, lookAtListeners(want, asked, catalog), tools, signal);
    if (found.whole) others.learn(asked, found.services, (one) => isWanted(one, want.word, catalog));
    const { there, service } = found.sighting;
    // What is something else is as it should be.
    if (service === undefined || !isWanted(service, want.word, catalog)) return undefined;
    if (!there) return found;
    const all = await lookAtAllOf(service.port, asked);
    await within(GRACE_MS, usualLook());
    return all?.sighting.there === true ? all : found;
  };
}

async function within(ms: number, promise: Promise<unknown>): Promise<void> {
  const over = new AbortController();
  const time = sleep(ms, undefined, { signal: over.signal }).catch(() => {});
  await Promise.race([promise, time]).finally(() => over.abort());
}

/** At once, and then with growing pauses. The first lookout that sees it there ends the others. */
async function keepLooking(
  want: Want,
  lookout: Lookout,
  { onMissed }: WaitTools,
  { signal, abort }: LinkedAbort,
): Promise<Waited> {
  let waited: Waited = { sighting: UNSEEN, looks: 0 };
  for (let pauseMs: number = PAUSE.firstMs; !signal.aborted;) {
    const seen = await lookout();
    if (seen !== undefined) waited = after(waited, seen);
    if (waited.sighting.there) {
      abort();
      return waited;
    }
    if (seen !== undefined) onMissed(want, waited.sighting.why);
    await sleep(pauseMs, undefined, { signal }).catch(() => {});
    pauseMs = Math.min(pauseMs * PAUSE.factor, PAUSE.mostMs);
  }
  return waited;
}

/** A look that was cut short may tell that it is there, and not what is missing, unless nobody else does. */
function after({ sighting, looks }: Waited, seen: Glance): Waited {
  const tells = seen.whole || seen.sighting.there || looks === 0;
  return { sighting: tells ? seen.sighting : sighting, looks: looks + 1 };
}
