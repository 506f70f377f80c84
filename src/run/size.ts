import { DiscoverError } from "../model/errors.ts";
import { type DiscoverOptions, LARGE_RANGE, type ScanSize } from "../model/options.ts";
import type { Scope } from "../model/strategy.ts";
import { FIRST_GUESS_MS } from "../scan/round-trip.ts";
import { countProbes } from "../scan/size.ts";
import { START, socketsFor } from "./share-out.ts";

/** Connects a second that two cores were seen to manage where every host answers at once. */
const PROBES_A_SECOND = 60_000;

/** How often what keeps silent is asked. */
const ASKS = 2;

export interface Effort {
  readonly concurrency: number;
  readonly timeoutMs: number;
  readonly rate?: number;
}

/** How long that many probes take at best, and where nobody ever answers. */
export function sizeOf(
  addresses: number,
  probes: number,
  { concurrency, timeoutMs, rate }: Effort,
): ScanSize {
  const byRate = rate === undefined ? 0 : (probes / rate) * 1_000;
  const fastestMs = Math.max(byRate, (probes / PROBES_A_SECOND) * 1_000);
  const waitMs = Math.min(timeoutMs, FIRST_GUESS_MS);
  const waves = Math.ceil(probes / Math.min(concurrency, START));
  const slowestMs = Math.max(fastestMs, waves * waitMs * ASKS);
  return { addresses, probes, fastestMs, slowestMs };
}

/** The same of a run. */
export function sizeOfRun(scope: Scope, options: DiscoverOptions): ScanSize {
  const { targets, timeoutMs } = scope;
  return sizeOf(targets.count, countProbes(scope), {
    ...options,
    concurrency: socketsFor(options),
    timeoutMs,
  });
}

/** Throws `large-range` where a run is large and nobody wants it so. The clock stands while somebody is asked. */
export async function allow(
  size: ScanSize,
  allowLarge: DiscoverOptions["allowLarge"],
  clock: PausableClock,
): Promise<void> {
  if (size.addresses <= LARGE_RANGE || allowLarge === true) return;
  clock.pause();
  const allowed = typeof allowLarge === "function" && (await allowLarge(size));
  clock.restart();
  if (allowed) return;
  const count = size.addresses.toLocaleString("en-US");
  const most = LARGE_RANGE.toLocaleString("en-US");
  throw new DiscoverError(
    "large-range",
    `the targets hold ${count} addresses, and more than ${most} need a yes first`,
  );
}

interface PausableClock {
  pause(): void;
  restart(): void;
}
