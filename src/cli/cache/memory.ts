import { knownOpen } from "../../inventory/cache/known-open.ts";
import { MOST_ENDPOINTS } from "../../inventory/cache/limits.ts";
import { type Endpoint, endpointKey } from "../../model/endpoint.ts";
import type { Observation } from "../../model/observation.ts";
import type { Io } from "../terminal/io.ts";
import type { CacheContext } from "./open.ts";
import { type CachePlace, cachePlace } from "./place.ts";

/** What one strategy has to say of one endpoint is not much. */
const MOST_AT_ONE = 64;

/** What a scan finds, until its document is printed; then it is kept for `--cached`. */
export class Memory {
  /** What was open when somebody last looked: what has become of it is of interest. */
  readonly known: readonly Endpoint[];
  readonly #place: CachePlace;
  readonly #startedAt: number;
  readonly #byEndpoint = new Map<string, Observation[]>();

  constructor(place: CachePlace, now: number) {
    this.#place = place;
    this.#startedAt = now;
    this.known = knownOpen(place.folder, place.networkOf);
  }

  /** Those that were met first go where there are too many. */
  readonly take = (observation: Observation): void => {
    const key = endpointKey(observation.endpoint);
    const here = this.#byEndpoint.get(key);
    if (here !== undefined) return void (here.length < MOST_AT_ONE && here.push(observation));
    this.#byEndpoint.set(key, [observation]);
    const [first] = this.#byEndpoint.keys();
    if (this.#byEndpoint.size > MOST_ENDPOINTS && first !== undefined) this.#byEndpoint.delete(first);
  };

  /** Writes it to the disk. Where that cannot be done there is a warning. */
  async keep(context: CacheContext): Promise<void> {
    if (this.#byEndpoint.size === 0) return;
    const { userCacheToAdd } = await import("./open.ts");
    const cache = userCacheToAdd(this.#place, context);
    cache.put([...this.#byEndpoint.values()].flat(), this.#startedAt);
    await cache.save();
  }
}

/** Undefined where there is no place for it. */
export function memoryFor(io: Pick<Io, "env" | "home">): Memory | undefined {
  const place = cachePlace(io);
  return place && new Memory(place, Date.now());
}
