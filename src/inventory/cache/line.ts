import { type Endpoint, endpointKey } from "../../model/endpoint.ts";
import { messageOf } from "../../model/error-code.ts";
import { asObject } from "../../model/json.ts";
import type { Observation } from "../../model/observation.ts";
import { type Entry, MOST_WORDS, newestOf } from "./entry.ts";

/**
 * One entry as a line of JSON: network, endpoint, when it was last heard of, whether it was open then, and the entry. What
 * stands in front can be read without the rest: a scan that meets three endpoints leaves thousands of lines as they are.
 */
export interface Line {
  readonly network: string;
  readonly endpoint: Endpoint;
  readonly newest: number;
  readonly isOpen: boolean;
  readonly text: string;
}

/** A file that holds no cache of this version: why, in a few words. */
export class BadCacheFile extends Error {}

/** Takes what a file says for an observation, or throws what is wrong with it. */
export type CheckObservation = (value: unknown) => Observation;

/** Longer is no line of ours. */
const LONGEST_LINE = 2 ** 20;

/** Undefined for an entry that is too long to be kept. */
export function lineOf(entry: Entry): Line | undefined {
  const { network, endpoint, openSince, expiredAt, observations } = entry;
  const newest = newestOf(entry);
  const isOpen = observations.some(({ outcome }) => outcome === "open");
  const rest = { openSince, expiredAt, observations };
  const text = JSON.stringify([network, endpointKey(endpoint), newest, isOpen, rest]);
  return text.length > LONGEST_LINE ? undefined : { network, endpoint, newest, isOpen, text };
}

const FRONT =
  /^\["([\da-z]*)","(?:\[([^\]"\\]+)\]|([^:"\\]+)):(\d{1,5})\/(tcp|udp)",(\d{1,16}),(true|false),\{/;

/** What stands in front. Throws `BadCacheFile` for what `lineOf` does not write. */
export function parseLine(text: string): Line {
  const [, network, six, four, port, transport, newest, isOpen] = FRONT.exec(text) ?? [];
  const address = six ?? four;
  if (network === undefined || address === undefined || text.length > LONGEST_LINE)
    throw new BadCacheFile("a line of it is broken");
  const endpoint = { address, port: Number(port), transport: transport === "udp" ? "udp" : "tcp" } as const;
  return { network, endpoint, newest: Number(newest), isOpen: isOpen === "true", text };
}

/** The whole. Throws `BadCacheFile` for what `lineOf` does not write. */
export function parseEntry({ network, endpoint, text }: Line, check: CheckObservation): Entry {
  try {
    const line: unknown = JSON.parse(text);
    const { openSince, expiredAt, observations } = asObject(Array.isArray(line) ? line[4] : undefined) ?? {};
    if (!isMoment(openSince) || !isMoment(expiredAt)) throw new Error("it has no time");
    if (!Array.isArray(observations) || observations.length > MOST_WORDS)
      throw new Error("it has no observations");
    const checked = observations.map((value: unknown) => check(value));
    if (checked.some((one) => endpointKey(one.endpoint) !== endpointKey(endpoint)))
      throw new Error("an observation is of another endpoint");
    return { network, endpoint, openSince, expiredAt, observations: checked };
  } catch (cause) {
    throw new BadCacheFile(`an entry of it is broken: ${messageOf(cause)}`, { cause });
  }
}

function isMoment(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}
