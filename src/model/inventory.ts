import type { Transport } from "./endpoint.ts";
import type { JsonObject } from "./json.ts";
import type { Health } from "./observation.ts";
import type { Coverage } from "./outcome.ts";

/** The version of the document; a change that breaks a reader raises it. */
export const SCHEMA_VERSION = 1;

/** One thing that was seen, by whom and when. */
export interface Evidence {
  readonly strategy: string;
  /** ISO 8601. */
  readonly at: string;
  /** Where it was seen, `address:port`. */
  readonly endpoint: string;
  readonly summary: string;
}

/** One real thing on the network, merged from what was observed. */
export interface Service {
  /** `type@host:port`, unique in an inventory and the same from run to run. */
  readonly id: string;
  readonly name: string;
  /** The type of a catalog entry, or `unknown`. */
  readonly type: string;
  readonly category: string;
  /** The address to use first. */
  readonly host: string;
  readonly port: number;
  readonly transport: Transport;
  readonly addresses: readonly string[];
  readonly hostnames: readonly string[];
  /** How to reach it, where its scheme is known. */
  readonly url: string | null;
  readonly tls: boolean;
  readonly status: Health;
  readonly product: string | null;
  readonly version: string | null;
  readonly confidence: number;
  readonly latencyMs: number | null;
  readonly strategies: readonly string[];
  readonly metadata: JsonObject;
  readonly lastSeen: string;
  readonly ttlSeconds: number;
  readonly evidence: readonly Evidence[];
  /** It was there when it was last seen, and nobody has looked since: only in answers from the cache. */
  readonly stale?: true;
}

export interface ScanFacts {
  readonly id: string;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly strategies: readonly string[];
  /** As they were asked for. */
  readonly targets: readonly string[];
  /** Nothing was sent: it is what the cache knew. Absent otherwise. */
  readonly cached?: true;
}

/** A snapshot of what was found. Never changed once made. */
export interface Inventory {
  readonly schemaVersion: number;
  readonly scan: ScanFacts;
  readonly coverage: Coverage;
  readonly services: readonly Service[];
  /** What the reader ought to know, one line each. */
  readonly warnings: readonly string[];
}
