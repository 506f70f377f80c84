import type { Clock } from "../model/clock.ts";
import type { DnsExchange } from "../model/net.ts";
import type { NameServer } from "../model/strategy.ts";
import { readAnswer, trailOf } from "./answer.ts";
import type { Asking } from "./ask-server.ts";
import { type ServersReply, askServers } from "./ask-servers.ts";
import { Gate } from "./gate.ts";
import type { Lookup } from "./lookup.ts";
import type { Name, RecordType } from "./message.ts";
import { labelBytes, lengthFault, nameKey } from "./name.ts";
import { type DnsTransport, type ServerState, serverState } from "./server-state.ts";

export interface ResolverOptions {
  readonly udp: DnsExchange;
  readonly tcp: DnsExchange;
  readonly servers: readonly NameServer[];
  /** How long one server may take to answer, in milliseconds. */
  readonly timeoutMs: number;
  /** How long one look-up may take, whatever the number of servers, tries and aliases, in milliseconds. */
  readonly lookupMs: number;
  /** When all look-ups are over, by the monotonic clock. */
  readonly endsAt: number;
  /** How often all servers are asked. */
  readonly attempts: number;
  /** Begin with another server each time. */
  readonly rotate: boolean;
  readonly clock: Clock;
  /** Uniform in [0, 1), and not to be guessed: ids are drawn from it. */
  readonly random: () => number;
  readonly signal: AbortSignal;
  readonly debug: (message: string) => void;
}

export interface LookupOptions {
  /** For servers that trim what does not fit and do not say so. */
  readonly transport?: DnsTransport;
  /** Asks even if it was asked before, for servers that give a part of the answer each time. */
  readonly again?: boolean;
}

/** Look-ups that share what was learned: one question is asked once. */
export interface Resolver {
  /**
   * The records of that type at a name or at the end of its aliases (RFC 1034, section 3.6.2; at most 8). Never rejects;
   * ends within its time and with the signal.
   */
  lookup<T extends RecordType>(name: Name, type: T, options?: LookupOptions): Promise<Lookup<T>>;
}

/** Questions under way at once; each holds one socket. */
const MOST_AT_ONCE = 16;
/** Names and types that are asked for, at most: more is no search but a flood. */
const MOST_LOOKUPS = 4_096;

export function createResolver(options: ResolverOptions): Resolver {
  const gate = new Gate(MOST_AT_ONCE);
  const asker = askerOf(options, gate);
  const known = new Map<string, Promise<ServersReply>>();
  let count = 0;
  const once = (asking: Asking, endsAt: () => number, again: boolean): Promise<ServersReply> => {
    const key = `${asking.transport} ${asking.type} ${nameKey(asking.name)}`;
    const before = again ? undefined : known.get(key);
    if (before !== undefined) return before;
    if (count++ >= MOST_LOOKUPS)
      return Promise.resolve(failed(`more than ${MOST_LOOKUPS} questions would have to be asked`));
    const reply = gate.run(() => asker(asking, endsAt()));
    known.set(key, reply);
    return reply;
  };
  return {
    async lookup(name, type, { transport = "udp", again = false } = {}) {
      let trail = trailOf(name);
      const endsAt = endOf(options);
      for (;;) {
        const fault = lengthFault(trail.owner.map(labelBytes));
        if (fault !== undefined) return failed(`it cannot be asked for: ${fault}`);
        const reply = await once({ name: trail.owner, type, transport }, endsAt, again);
        if (reply.kind === "failed") return reply;
        const answer = readAnswer(reply.message, trail, type);
        if (answer.kind === "endless") return { kind: "failed", reason: answer.reason, answered: true };
        if (answer.kind !== "alias") return answer;
        trail = answer.trail;
      }
    },
  };
}

function failed(reason: string): { readonly kind: "failed"; reason: string; answered: boolean } {
  return { kind: "failed", reason, answered: false };
}

/** The end of a look-up: its time begins with its first question and not while that waits for its turn. */
function endOf({ clock, lookupMs, endsAt }: ResolverOptions): () => number {
  let end: number | undefined;
  return () => (end ??= Math.min(clock.monotonic() + lookupMs, endsAt));
}

function askerOf(
  options: ResolverOptions,
  gate: Gate,
): (asking: Asking, endsAt: number) => Promise<ServersReply> {
  const { servers, attempts, timeoutMs, rotate, debug } = options;
  const states: readonly ServerState[] = servers.map(serverState);
  let turn = 0;
  return async (asking, endsAt) => {
    const first = rotate && states.length > 0 ? turn++ % states.length : 0;
    const rounds = { servers: states, first, attempts, timeoutMs, endsAt };
    const reply = await askServers(asking, rounds, { ...options, gate });
    debug(`${asking.type} ${nameKey(asking.name)}: ${replyText(reply)}`);
    return reply;
  };
}

function replyText(reply: ServersReply): string {
  if (reply.kind === "failed") return reply.reason;
  const { rcode, answers, authorities } = reply.message;
  return `RCODE ${rcode}, ${answers.length} answers, ${authorities.length} authorities`;
}
