import type { Service } from "./inventory.ts";
import type { ProcessFacts } from "./observation.ts";

/**
 * - `free`: nothing has it.
 * - `expected`: what it should be has it, and nothing else.
 * - `other`: something else has it; anything, where nobody said what it should be.
 */
export type PortState = "free" | "expected" | "other";

/**
 * What came of binding a TCP port on every address of a family:
 *
 * - `free`: it could be bound, and was let go at once.
 * - `taken`: somebody has it, on every address or on one.
 * - `forbidden`: this user may not bind it, so that nothing follows (below 1024, as a rule).
 * - `absent`: this machine does not have that family.
 * - `failed`: anything else, so that nothing follows.
 */
export type Binding = "free" | "taken" | "forbidden" | "absent" | "failed";

/** The same port in both families: a server may well want both. */
export interface PortBindings {
  readonly ipv4: Binding;
  readonly ipv6: Binding;
}

/** The document of `discover check --output=json`. */
export interface PortReport {
  readonly schemaVersion: number;
  readonly port: number;
  /** The type or product that it should be. */
  readonly wanted: string | null;
  readonly state: PortState;
  /** The whole in one line. */
  readonly summary: string;
  /** The next port that is free, where this one is not; null where none of the next hundred is. */
  readonly nextFree: number | null;
  readonly bindings: PortBindings;
  readonly listeners: readonly PortListener[];
  readonly services: readonly Service[];
}

/** A socket of this machine that listens on the port. */
export interface PortListener {
  readonly address: string;
  readonly process: ProcessFacts | null;
}
