import type { BootedService } from "../model/boot.ts";
import type { Clock } from "../model/clock.ts";
import type { Decision } from "../model/plan.ts";
import type { Requirement } from "../model/stack.ts";

/** What a service must be to be taken for the one that is wanted. */
export interface Wanted {
  /** A type or product of the catalog. */
  readonly type: string;
  readonly version?: string;
  /** Asked with GET: 2xx is well. Absent: it must answer as its type does. */
  readonly healthPath?: string;
}

/**
 * What one connect and handshake showed:
 *
 * - `healthy`: it is what is wanted, and well.
 * - `unhealthy`: it is what is wanted, and says that it cannot serve, or not yet.
 * - `other`: something else answers there, or another version.
 * - `absent`: refused.
 * - `unknown`: no answer, or none that tells.
 */
export interface Look {
  readonly state: "healthy" | "unhealthy" | "other" | "absent" | "unknown";
  /** What was seen, in one line. */
  readonly summary: string;
  readonly version: string | null;
  readonly url: string | null;
}

/** What a boot works with besides its own files. */
export interface BootTools {
  readonly clock: Clock;
  /** Never rejects; bounded by itself and by `signal`. */
  look(
    at: { readonly address: string; readonly port: number },
    wanted: Wanted,
    signal: AbortSignal,
  ): Promise<Look>;
  /** Who puts services on other hosts; absent: nobody does, and the boot only looks whether they are there. */
  readonly deployer?: Deployer;
}

/** Puts a service on another host. */
export interface Deployer {
  /** Rejects with a `DiscoverError` where it cannot; never leaves half a service behind. */
  deploy(decision: Decision, requirement: Requirement, signal: AbortSignal): Promise<Deployed>;
  /** Takes away what `deploy` put there. */
  remove(decision: Decision, requirement: Requirement, signal: AbortSignal): Promise<void>;
}

/** Where a deployed service is. */
export interface Deployed extends Pick<BootedService, "address" | "port" | "summary"> {
  readonly host: string;
}
