import type { Clock } from "../model/clock.ts";
import { linkedEnd } from "./linked-end.ts";
import { pause } from "./pause.ts";
import type { Look } from "./tools.ts";

const FIRST_MS = 50;
const GROWTH = 1.6;
const LONGEST_MS = 1_000;
/** What has no port is there when it has run for so long. */
const SETTLING_MS = 500;

/** How long to wait before the next look. */
export function nextDelay(before: number | undefined): number {
  return before === undefined ? FIRST_MS : Math.min(before * GROWTH, LONGEST_MS);
}

/** Something that was started, while it comes up. */
export interface Rising {
  /** One look at it; undefined where it has no port that could be asked. */
  readonly look: ((signal: AbortSignal) => Promise<Look>) | undefined;
  /** Why it runs no more; undefined while it does. */
  ended(): Promise<string | undefined>;
  /** Fires when that may have changed, where somebody tells. */
  readonly mayHaveEnded?: AbortSignal;
}

/**
 * What came of waiting:
 *
 * - `healthy`: a look said so, and it runs still.
 * - `ended`: it runs no more.
 * - `late`: its time is over; with what was seen last.
 */
export type Risen =
  | { readonly state: "healthy"; readonly look: Look | undefined }
  | { readonly state: "ended" | "late"; readonly summary: string };

export interface RisingOptions {
  readonly timeoutMs: number;
  /** What the first look shows is all there is to know. */
  readonly isOneLook?: boolean;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Looks until it is well, has ended, or its time is over. Rejects with the reason of `signal`. */
export async function awaitHealth(rising: Rising, options: RisingOptions): Promise<Risen> {
  const { clock, signal, timeoutMs } = options;
  const end = clock.monotonic() + timeoutMs;
  let seen = "nothing answered in time";
  for (let delay = nextDelay(undefined); ; delay = nextDelay(delay)) {
    const now = await glance(rising, { left: end - clock.monotonic(), signal });
    if (now !== undefined && "state" in now) return now;
    seen = now?.seen ?? seen;
    if (options.isOneLook === true) return { state: "late", summary: seen };
    await pauseWhileRising(Math.min(delay, end - clock.monotonic()), rising, signal);
    if (clock.monotonic() >= end) return (await endedOf(rising)) ?? { state: "late", summary: seen };
  }
}

/** A verdict, or what was seen; undefined where there was no time to see anything. */
async function glance(
  rising: Rising,
  { left, signal }: { left: number; signal: AbortSignal },
): Promise<Risen | { readonly seen: string } | undefined> {
  const over = await endedOf(rising);
  if (over !== undefined) return over;
  if (rising.look === undefined) {
    await pauseWhileRising(Math.min(SETTLING_MS, left), rising, signal);
    return (await endedOf(rising)) ?? { state: "healthy", look: undefined };
  }
  const linked = linkedEnd([signal, ...mayEnd(rising)], Math.max(left, 1));
  try {
    const look = await rising.look(linked.signal);
    signal.throwIfAborted();
    if (look.state === "healthy") return (await endedOf(rising)) ?? { state: "healthy", look };
    return linked.signal.aborted ? await endedOf(rising) : { seen: look.summary };
  } finally {
    linked.dispose();
  }
}

async function endedOf(rising: Rising): Promise<Risen | undefined> {
  const summary = await rising.ended();
  return summary === undefined ? undefined : { state: "ended", summary };
}

async function pauseWhileRising(ms: number, rising: Rising, signal: AbortSignal): Promise<void> {
  const linked = linkedEnd([signal, ...mayEnd(rising)]);
  try {
    await pause(Math.max(ms, 0), linked.signal);
  } finally {
    linked.dispose();
  }
  signal.throwIfAborted();
}

/** One that has fired has been heeded: a parent that ended and left a daemon behind must not turn waiting into spinning. */
function mayEnd({ mayHaveEnded }: Rising): AbortSignal[] {
  return mayHaveEnded === undefined || mayHaveEnded.aborted ? [] : [mayHaveEnded];
}
