import { DiscoverError } from "../../model/errors.ts";
import type { DiscoverOptions, Discovery } from "../../model/options.ts";
import { originText } from "../settings/setting.ts";
import { SETTINGS } from "../settings/settings.ts";
import type { ReadSetting } from "../settings/sources.ts";
import type { Io } from "../terminal/io.ts";
import { type Memory, memoryFor } from "./memory.ts";
import type { CacheContext } from "./open.ts";
import { userPlace } from "./place.ts";

/** How a scan and the cache have to do with each other. */
export interface CacheUse {
  /** The cache answers, and nothing is sent. */
  readonly isAsked: boolean;
  /** Where what is found goes; undefined where it goes nowhere. */
  readonly memory?: Memory;
}

/** Throws `bad-option` for settings that contradict each other. */
export function cacheUse(read: ReadSetting, io: Pick<Io, "env" | "home">): CacheUse {
  const [cached, cache, maxAge] = [read(SETTINGS.cached), read(SETTINGS.cache), read(SETTINGS.maxAge)];
  if (cached.value && !cache.value)
    throw new DiscoverError(
      "bad-option",
      `${originText(cached.origin)} asks the cache, and ${originText(cache.origin)} leaves it alone: give one of them`,
    );
  // A variable may be there for other runs.
  if (!cached.value && maxAge.origin.kind === "flag")
    throw new DiscoverError(
      "bad-option",
      "--max-age means nothing to a scan — did you mean '--cached --max-age'?",
    );
  if (cached.value) return { isAsked: true };
  // What is only open has no name, and would take the place of what has one.
  if (!cache.value || !read(SETTINGS.identify).value) return { isAsked: false };
  const memory = memoryFor(io);
  return { isAsked: false, ...(memory !== undefined && { memory }) };
}

/** The cache's answer in place of a scan. Throws `file` where there is no place for a cache. */
export async function askCache(
  options: DiscoverOptions,
  read: ReadSetting,
  io: Pick<Io, "env" | "home">,
  context: CacheContext,
): Promise<Discovery> {
  const [{ openUserCache }, { answerFrom }] = await Promise.all([import("./open.ts"), import("./answer.ts")]);
  const cache = await openUserCache(userPlace(io), context);
  const maxAgeMs = read(SETTINGS.maxAge).value;
  return answerFrom(cache, options, maxAgeMs === undefined ? {} : { maxAgeMs });
}
