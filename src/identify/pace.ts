import type { Agenda } from "./hints.ts";
import type { IdentifyTools, Subject } from "./identification.ts";

/** How long to wait for what. */
export interface Pace {
  /** How long to wait for a server that speaks first. */
  readonly listenMs: number;
  readonly replyMs: number;
  /** The same for the questions that nothing speaks for: there are many. */
  readonly strangerMs: number;
  readonly handshakeMs: number;
  /** How long a question may go unanswered before the next is put beside it. */
  readonly staggerMs: number;
  /** The same for what something speaks for: it is nearly always right, and a busy server may take its time. */
  readonly hintedMs: number;
}

/** A neighbour is given less time than a host across the world; the user's timeout is the ceiling. */
export function paceOf(
  { latencyMs }: Subject,
  { timeoutMs }: IdentifyTools,
  agenda: Agenda,
  { isBare }: { readonly isBare: boolean },
): Pace {
  // Where TLS is usual, the greeting comes inside.
  const isEarly = isBare && agenda.expectsTls;
  const asks = agenda.hinted.length > 0 || agenda.expectsTls || agenda.expectsHttp2;
  const shortest = asks ? 60 : 300;
  const replyMs = between(500, 20 * latencyMs, timeoutMs);
  const soonMs = agenda.mayGreet && !isEarly ? replyMs : between(shortest, 4 * latencyMs, timeoutMs);
  return {
    // Mail servers and sshd look the client up in DNS first, which was seen to take 6 s.
    listenMs: agenda.expectsGreeting && !isEarly ? 3 * timeoutMs : soonMs,
    replyMs,
    strangerMs: between(300, 20 * latencyMs, timeoutMs),
    handshakeMs: Math.min(2 * replyMs, timeoutMs),
    staggerMs: between(40, 4 * latencyMs, 250),
    hintedMs: between(250, 4 * latencyMs, 500),
  };
}

function between(least: number, value: number, most: number): number {
  return Math.min(Math.max(least, value), most);
}
