import type { Net } from "../model/net.ts";
import type { AgentStatus } from "../model/servers.ts";

/** The part of the network that servers are asked over. */
export type ServersNet = Pick<Net, "dial" | "http">;

/**
 * What came of asking one address.
 *
 * - `agent`: a sonde agent answered; `refused`: but wants a token before it says more.
 * - `absent`: the host refuses, so that nothing listens.
 * - `error`: anything else, in one line.
 */
export type Asked =
  | {
      readonly kind: "agent";
      readonly status: AgentStatus;
      readonly refused: boolean;
      readonly latencyMs: number;
    }
  | { readonly kind: "absent"; readonly summary: string }
  | { readonly kind: "error"; readonly summary: string };

export interface AskOptions {
  readonly net: ServersNet;
  /** For the Host header. */
  readonly hostname: string;
  /** How long all of it may take. */
  readonly timeoutMs: number;
  /** Fires when that is over, or nobody wants to know any more. */
  readonly signal: AbortSignal;
}
