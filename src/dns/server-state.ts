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
  /** Since it last answered: how often it was silent, or nobody was there. */
  readonly silences: Record<DnsTransport, number>;
  /** When the last of these was noted, by the monotonic clock. */
  readonly silentAt: Record<DnsTransport, number>;
  /** It has answered, at least once. */
  readonly answered: Record<DnsTransport, boolean>;
}

export function serverState(server: NameServer): ServerState {
  return {
    server,
    text: endpointText(server),
    keepsCase: true,
    takesEdns: true,
    knowsEdns: false,
    silences: { udp: 0, tcp: 0 },
    silentAt: { udp: Number.NEGATIVE_INFINITY, tcp: Number.NEGATIVE_INFINITY },
    answered: { udp: false, tcp: false },
  };
}

/**
 * Notes a silence, and tells whether it counts: of questions that were under way together only the first does, since one
 * lost burst is one trouble, however many were in it. Times are monotonic.
 */
export function noteSilence(
  state: ServerState,
  over: DnsTransport,
  { askedAt, now }: { readonly askedAt: number; readonly now: number },
): boolean {
  if (askedAt < state.silentAt[over]) return false;
  state.silences[over]++;
  state.silentAt[over] = now;
  return true;
}

export function noteAnswer(state: ServerState, over: DnsTransport): void {
  state.silences[over] = 0;
  state.answered[over] = true;
}

/** After so many silences in a row a server is not asked any more, as long as there is another. */
const MOST_SILENCES = 4;

/**
 * Whom to ask, in this order: those that answer in theirs (from `first` on, around), then those that were silent the last
 * time, the least often first. Those that have been silent again and again are left out: a mute server must not cost each
 * question its time. Where nobody else is left, one that has ever answered is asked all the same: it may be overrun.
 */
export function inAskingOrder(
  servers: readonly ServerState[],
  transport: DnsTransport,
  first: number,
): ServerState[] {
  const order = [...servers.slice(first), ...servers.slice(0, first)].toSorted(
    (a, b) => a.silences[transport] - b.silences[transport],
  );
  const speaking = order.filter(({ silences }) => silences[transport] < MOST_SILENCES);
  return speaking.length > 0 ? speaking : order.filter(({ answered }) => answered[transport]);
}
