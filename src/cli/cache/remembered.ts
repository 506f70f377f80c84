import type { Remembered } from "../../assess/remembered.ts";
import type { ServiceCache } from "../../inventory/cache/cache.ts";
import type { DiscoverOptions } from "../../model/options.ts";
import { SETTINGS } from "../settings/settings.ts";
import type { ReadSetting } from "../settings/sources.ts";
import type { Io } from "../terminal/io.ts";
import { memoryFor } from "./memory.ts";
import type { CacheContext } from "./open.ts";
import { cachePlace } from "./place.ts";

/** What a command that works on a stack has of the cache. */
export interface StackCache {
  /** For its runs: what they find is kept. */
  readonly options: Pick<DiscoverOptions, "known" | "onObservation">;
  readonly remembered: Remembered;
  /** Writes what was found, and what is not to be relied on any more. */
  keep(): Promise<void>;
}

/** Undefined where there is no place for it, or it is not to be used. */
export function stackCache(
  read: ReadSetting,
  io: Pick<Io, "env" | "home">,
  context: () => Promise<CacheContext>,
): StackCache | undefined {
  const place = read(SETTINGS.cache).value ? cachePlace(io) : undefined;
  const memory = place && memoryFor(io);
  if (place === undefined || memory === undefined) return undefined;
  const maxAgeMs = read(SETTINGS.maxAge).value;
  let opened: ServiceCache | undefined;
  return {
    options: { known: memory.known, onObservation: memory.take },
    remembered: {
      async services(isIn) {
        const { openUserCache } = await import("./open.ts");
        opened = await openUserCache(place, await context());
        return opened.services(Date.now(), {
          ...(maxAgeMs !== undefined && { maxAgeMs }),
          isIn: ({ address }) => isIn(address),
        });
      },
      forget: (endpoint) => opened?.forget(endpoint),
    },
    async keep() {
      await opened?.save();
      await memory.keep(await context());
    },
  };
}
