import { DiscoverError } from "../model/errors.ts";
import type { DiscoverOptions } from "../model/options.ts";

const MOST_MS = 2 ** 31 - 1;

/** Least and most of the options that are numbers. */
const NUMBERS = {
  timeoutMs: { least: 1, most: MOST_MS },
  httpTimeoutMs: { least: 1, most: MOST_MS },
  deadlineMs: { least: 1, most: MOST_MS },
  concurrency: { least: 1, most: 65_535 },
  rate: { least: 1, most: 1_000_000 },
  perHost: { least: 1, most: 65_535 },
} as const;

/** Throws `bad-option` for a number that makes no sense: callers without types come by here too. */
export function checkOptions(options: DiscoverOptions): void {
  for (const name of Object.keys(NUMBERS).filter(isNumberOption)) {
    const value = options[name];
    const { least, most } = NUMBERS[name];
    if (value === undefined || (Number.isFinite(value) && value >= least && value <= most)) continue;
    throw new DiscoverError("bad-option", `${name} is ${value}: it takes a number from ${least} to ${most}`);
  }
}

function isNumberOption(name: string): name is keyof typeof NUMBERS {
  return name in NUMBERS;
}
