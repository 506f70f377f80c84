import { DiscoverError } from "../model/errors.ts";
import { headerFault } from "../model/http-header.ts";
import type { WatchOptions } from "../model/watch.ts";

const MOST_MS = 2 ** 31 - 1;

/** Least and most of the options that are numbers. */
const NUMBERS = {
  timeoutMs: { least: 1, most: MOST_MS },
  httpTimeoutMs: { least: 1, most: MOST_MS },
  deadlineMs: { least: 1, most: MOST_MS },
  threads: { least: 1, most: 64 },
  concurrency: { least: 1, most: 65_535 },
  rate: { least: 1, most: 1_000_000 },
  perHost: { least: 1, most: 65_535 },
  intervalMs: { least: 100, most: MOST_MS },
} as const;

const SWITCHES = ["sparse", "direct", "identify", "followsAnywhere"] as const;

/** Throws `bad-option` for a number, a switch, a file's name or a header that makes no sense: callers without types come by here too. */
export function checkOptions(options: WatchOptions): void {
  for (const name of Object.keys(NUMBERS).filter(isNumberOption)) {
    const value = options[name];
    const { least, most } = NUMBERS[name];
    if (value === undefined || (Number.isFinite(value) && value >= least && value <= most)) continue;
    throw refusal(name, value, `a number from ${least} to ${most}`);
  }
  for (const name of SWITCHES) {
    const value: unknown = options[name];
    if (value !== undefined && typeof value !== "boolean") throw refusal(name, value, "true or false");
  }
  const checkpoint: unknown = options.checkpoint;
  if (checkpoint !== undefined && (typeof checkpoint !== "string" || checkpoint === ""))
    throw refusal("checkpoint", checkpoint, "the name of a file");
  // Without its value: that may be a secret.
  for (const [name, value] of Object.entries(options.httpHeaders ?? {})) {
    const fault = headerFault(name, value);
    if (fault !== undefined)
      throw new DiscoverError("bad-option", `httpHeaders ${JSON.stringify(name)}: ${fault}`);
  }
}

function isNumberOption(name: string): name is keyof typeof NUMBERS {
  return name in NUMBERS;
}

function refusal(name: string, value: unknown, wanted: string): DiscoverError {
  const said = typeof value === "string" ? `the text ${JSON.stringify(value)}` : String(value);
  return new DiscoverError("bad-option", `${name} is ${said}: it takes ${wanted}`);
}
