import type { Service } from "./inventory.ts";
import type { DiscoverOptions } from "./options.ts";
import type { Coverage } from "./outcome.ts";

/**
 * What to watch, and how. `deadlineMs` bounds each round and not the watch, `allowLarge` is asked in the first round
 * alone, and `signal` is what ends it. No checkpoint is kept of it.
 */
export interface WatchOptions extends DiscoverOptions {
  /** From the end of a round to the beginning of the next; from 100 up. */
  readonly intervalMs?: number;
}

/**
 * What counts as a change of a service. Latency, time, confidence, evidence and metadata do not: they differ from one
 * look to the next, and nobody has to act on that.
 */
export const WATCHED_FIELDS = [
  "name",
  "type",
  "category",
  "host",
  "port",
  "addresses",
  "hostnames",
  "url",
  "tls",
  "status",
  "product",
  "version",
] as const;

export type WatchedField = (typeof WATCHED_FIELDS)[number];

/**
 * Why a service is gone.
 *
 * - `refused`: its host refused the connection: nothing listens there. A fact, and told at once.
 * - `no answer twice`: it was asked in two rounds, and was silent.
 * - `withdrawn`: whoever announced it took that back, or its time to live ended.
 * - `no longer announced`: a name server that answered does not list it any more.
 * - `no longer a target`: names or networks that were asked for lead elsewhere now.
 */
export type GoneReason =
  | "refused"
  | "no answer twice"
  | "withdrawn"
  | "no longer announced"
  | "no longer a target";

/** What a watch reports. `at` is ISO 8601. Who applies these in turn always has what is there. */
export type WatchEvent =
  | { readonly event: "appeared"; readonly at: string; readonly service: Service }
  /** `fields` differ from what was told before; the services in `replaces` turned out to be this one. */
  | {
      readonly event: "changed";
      readonly at: string;
      readonly service: Service;
      readonly replaces: readonly string[];
      readonly fields: readonly WatchedField[];
    }
  /** `service` as it was last known. */
  | {
      readonly event: "gone";
      readonly at: string;
      readonly service: Service;
      readonly reason: GoneReason;
    }
  /** Everything was looked at once, as far as `coverage` says; so many services are there. */
  | {
      readonly event: "round";
      readonly at: string;
      readonly coverage: Coverage;
      readonly services: number;
    }
  | { readonly event: "warning"; readonly at: string; readonly warning: string };
