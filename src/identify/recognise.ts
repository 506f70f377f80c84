import type { Question } from "../catalog/match.ts";
import type { Connection } from "../model/net.ts";
import { type Answer, type Patience, ask } from "./ask.ts";
import { type Agenda, HTTP_QUESTION, agendaFor } from "./hints.ts";
import type { IdentifyTools, Recognition, Subject } from "./identification.ts";
import { firstResult } from "./staggered.ts";
import { type Wire, secureOptions } from "./wire.ts";

export interface Recognised {
  readonly recognition?: Recognition;
  /** The first bytes that came and that nobody understood. */
  readonly heard: Uint8Array;
  readonly reason: string;
}

type Attempt = (signal: AbortSignal) => Promise<Recognition | undefined>;

const AT_ONCE = 6;

/**
 * Finds out which protocol is spoken on a wire: listens, asks what the port hints at, then what harms nobody,
 * then TLS and HTTP, then the rest of the catalog. `first` is a connection on which nothing was said.
 */
export async function recognise(
  wire: Wire,
  first: Connection,
  subject: Subject,
  tools: IdentifyTools,
): Promise<Recognised> {
  const agenda = agendaFor(subject, tools.catalog);
  const pace = paceOf(subject, tools, agenda);
  const greeting = await ask({ readers: agenda.greeters }, first, [], { ...tools, quietMs: pace.listenMs });
  const { heard } = greeting;
  if (greeting.recognition !== undefined || heard.length > 0 || first.ended) {
    leave(greeting);
    const reason =
      heard.length > 0 ? "spoke first, in words nobody knows" : "closed the connection without a word";
    return { ...(greeting.recognition && { recognition: greeting.recognition }), heard, reason };
  }
  return inTurn(wire, first, subject, tools, { agenda, pace });
}

interface Pace {
  /** How long to wait for a server that speaks first. */
  readonly listenMs: number;
  readonly replyMs: number;
  readonly handshakeMs: number;
  readonly staggerMs: number;
}

/** A neighbour is given less time than a host across the world; the user's timeout is the ceiling. */
function paceOf({ latencyMs }: Subject, { timeoutMs }: IdentifyTools, agenda: Agenda): Pace {
  const asks = agenda.hinted.length > 0 || agenda.expectsTls || agenda.expectsHttp;
  const shortest = asks ? 60 : 300;
  // Mail servers and sshd look the client up in DNS first, which was seen to take 6 s.
  const listenMs = agenda.expectsGreeting ? 3 * timeoutMs : between(shortest, 4 * latencyMs, timeoutMs);
  const replyMs = between(500, 20 * latencyMs, timeoutMs);
  return {
    listenMs,
    replyMs,
    handshakeMs: Math.min(2 * replyMs, timeoutMs),
    staggerMs: between(40, 4 * latencyMs, 250),
  };
}

function between(least: number, value: number, most: number): number {
  return Math.min(Math.max(least, value), most);
}

/** Asks one question after the other until one is understood. */
async function inTurn(
  wire: Wire,
  first: Connection,
  subject: Subject,
  tools: IdentifyTools,
  { agenda, pace }: { agenda: Agenda; pace: Pace },
): Promise<Recognised> {
  let heard: Uint8Array = new Uint8Array();
  let unused: Connection | undefined = first;
  const open = (signal: AbortSignal): Promise<Connection | undefined> => {
    const connection = unused;
    unused = undefined;
    return connection !== undefined && !connection.ended ? Promise.resolve(connection) : wire.open(signal);
  };
  const put =
    (question: Question, quietMs = pace.replyMs): Attempt =>
    async (signal) => {
      const connection = await open(signal);
      if (connection === undefined) return undefined;
      const patience: Patience = { quietMs, timeoutMs: tools.timeoutMs, signal };
      const answer = await ask(question, connection, agenda.greeters, patience);
      leave(answer);
      if (answer.alert && wire.tls === undefined) return startTls(wire, subject, tools, signal);
      if (heard.length === 0 && answer.recognition === undefined) heard = answer.heard;
      return answer.recognition;
    };
  const patient = { ...tools, timeoutMs: agenda.expectsTls ? tools.timeoutMs : pace.handshakeMs };
  const tls: Attempt[] = wire.tls === undefined ? [(signal) => startTls(wire, subject, patient, signal)] : [];
  const http = put(HTTP_QUESTION, agenda.expectsHttp ? tools.timeoutMs : pace.replyMs);
  const http2: Attempt[] = wire.tls === undefined ? [(signal) => speaksHttp2(subject, patient, signal)] : [];
  const attempts = [
    ...(agenda.expectsTls ? tls : []),
    ...agenda.hinted.map((question) => put(question)),
    ...(agenda.expectsHttp ? [http] : []),
    ...agenda.gentle.map((question) => put(question)),
    ...(agenda.expectsTls ? [] : tls),
    ...(agenda.expectsHttp ? [] : [http]),
    ...agenda.rest.map((question) => put(question)),
    ...http2,
  ];
  const recognition = await firstResult(attempts, { ...pace, atOnce: AT_ONCE, signal: tools.signal });
  unused?.close();
  const reason = heard.length > 0 ? "answered in words nobody knows" : "answered nothing it was asked";
  return { ...(recognition && { recognition }), heard, reason };
}

/** Ends a conversation as its protocol would have it. */
function leave({ connection, farewell }: Answer): void {
  connection.close(farewell);
}

async function startTls(
  wire: Wire,
  subject: Subject,
  tools: IdentifyTools,
  signal: AbortSignal,
): Promise<Recognition | undefined> {
  const connection = await wire.open(signal);
  const secured = await connection?.secure(secureOptions(subject, tools, signal));
  return secured && { kind: "tls", secured };
}

async function speaksHttp2(
  { endpoint, hostname }: Subject,
  tools: IdentifyTools,
  signal: AbortSignal,
): Promise<Recognition | undefined> {
  const name = hostname === undefined ? {} : { hostname };
  const options = { endpoint, tls: false, ...name, timeoutMs: tools.timeoutMs, signal };
  const reply = await tools.net.grpc(options, tools.dial);
  return reply && { kind: "http2", reply };
}
