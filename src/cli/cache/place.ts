import { isAbsolute } from "node:path";

import { cacheFolder } from "../../disk/places.ts";
import { DiscoverError } from "../../model/errors.ts";
import { readInterfaces } from "../../net/machine.ts";
import { networkIdentity } from "../../net/network-identity.ts";
import { ownAddresses } from "../../targets/own.ts";
import type { Io } from "../terminal/io.ts";

/** Where the cache is, and how it tells networks apart. */
export interface CachePlace {
  readonly folder: string;
  readonly networkOf: (address: string) => string;
  readonly isOwn: (address: string) => boolean;
}

/** Undefined where there is no home to keep it in. */
export function cachePlace({ env, home }: Pick<Io, "env" | "home">): CachePlace | undefined {
  const folder = cacheFolder({ env, home });
  if (!isAbsolute(folder)) return undefined;
  const interfaces = readInterfaces();
  const isOwn = ownAddresses(interfaces);
  return { folder, isOwn, networkOf: networkIdentity(interfaces, isOwn) };
}

/** The same for who asks for it. Throws `file` where there is none. */
export function userPlace(io: Pick<Io, "env" | "home">): CachePlace {
  const place = cachePlace(io);
  if (place !== undefined) return place;
  throw new DiscoverError("file", "there is no home folder, and so no cache: set XDG_CACHE_HOME to a folder");
}
