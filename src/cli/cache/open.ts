import { type CacheOptions, ServiceCache, openCache } from "../../inventory/cache/cache.ts";
import type { Catalog } from "../../model/catalog.ts";
import { observationFrom } from "../../run/check-observation.ts";
import type { CachePlace } from "./place.ts";

/** What a command has for it. */
export interface CacheContext {
  readonly catalog: Catalog;
  readonly warn: (warning: string) => void;
}

/** The user's cache, with what is on the disk. */
export function openUserCache(place: CachePlace, context: CacheContext): Promise<ServiceCache> {
  return openCache(optionsOf(place, context));
}

/** The same for who only has something to add: what is on the disk is read when it is written. */
export function userCacheToAdd(place: CachePlace, context: CacheContext): ServiceCache {
  return new ServiceCache(optionsOf(place, context));
}

function optionsOf(place: CachePlace, context: CacheContext): CacheOptions {
  return { ...place, ...context, check: observationFrom };
}
