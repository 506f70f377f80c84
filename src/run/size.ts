import { DiscoverError } from "../model/errors.ts";
import { type DiscoverOptions, LARGE_RANGE, type ScanSize } from "../model/options.ts";

/** Connects a second that one core was seen to manage where every host answers at once. */
const PROBES_A_SECOND = 15_000;

export interface Effort {
  readonly concurrency: number;
  readonly timeoutMs: number;
  readonly rate?: number;
}

/** How long that many probes take at best and at worst. */
export function sizeOf(
  addresses: number,
  probes: number,
  { concurrency, timeoutMs, rate }: Effort,
): ScanSize {
  const byRate = rate === undefined ? 0 : (probes / rate) * 1_000;
  const fastestMs = Math.max(byRate, (probes / PROBES_A_SECOND) * 1_000);
  const slowestMs = Math.max(fastestMs, Math.ceil(probes / concurrency) * timeoutMs);
  return { addresses, probes, fastestMs, slowestMs };
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
