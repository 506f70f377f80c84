import type { Service } from "./inventory.ts";

/** The document of `discover wait --output=json`. */
export interface WaitReport {
  readonly schemaVersion: number;
  /** All of it is. */
  readonly there: boolean;
  /** How long was waited at most, and how long it took. */
  readonly timeoutMs: number;
  readonly elapsedMs: number;
  /** In the order of the arguments. */
  readonly results: readonly WaitResult[];
}

/** What came of waiting for one thing. */
export interface WaitResult {
  /** As it was asked for, without credentials and query. */
  readonly want: string;
  readonly there: boolean;
  /** Until it was there, or until it was given up. */
  readonly elapsedMs: number;
  /** How often it was looked for, to the end of the look. */
  readonly looks: number;
  /** What it is, or what was seen last. */
  readonly summary: string;
  /** What is amiss with it, though it is there. */
  readonly notes: readonly string[];
  /** Null where nothing answered. */
  readonly service: Service | null;
}
