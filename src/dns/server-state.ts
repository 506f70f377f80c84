import { endpointText } from "../model/endpoint.ts";
import type { NameServer } from "../model/strategy.ts";

export type DnsTransport = "udp" | "tcp";

/** What was learned of a name server while it was asked. */
export interface ServerState {
  readonly server: NameServer;
  /** `10.0.0.1:53`. */
  readonly text: string;
  /** False: it turns questions into lower case, so that mixed case proves nothing. */
  keepsCase: boolean;
  /** False: it does not know EDNS (RFC 6891). */
  takesEdns: boolean;
  /** It has answered a question with an OPT record in it. */
  knowsEdns: boolean;
  /** Tries in a row that met silence, or nobody. */
  readonly silences: Record<DnsTransport, number>;
}

export function serverState(server: NameServer): ServerState {
  return {
    server,
    text: endpointText(server),
    keepsCase: true,
    takesEdns: true,
    knowsEdns: false,
    silences: { udp: 0, tcp: 0 },
  };
}

/** After so many silences in a row a server is not asked any more. */
const MOST_SILENCES = 4;

/**
 * Whom to ask, in this order: those that answer in theirs (from `first` on, around), then those that were silent the last
 * time, the least often first. Those that have been silent again and again are left out: a mute server must not cost each
 * question its time.
 */
export function inAskingOrder(
  servers: readonly ServerState[],
  transport: DnsTransport,
  first: number,
): ServerState[] {
  return [...servers.slice(first), ...servers.slice(0, first)]
    .filter(({ silences }) => silences[transport] < MOST_SILENCES)
    .toSorted((a, b) => a.silences[transport] - b.silences[transport]);
}
