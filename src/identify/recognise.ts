import type { Question } from "../catalog/match.ts";
import type { Connection } from "../model/net.ts";
import { type Patience, ask } from "./ask.ts";
import { type Agenda, agendaFor } from "./hints.ts";
import type { IdentifyTools, Recognition, Subject } from "./identification.ts";
import { type Pace, paceOf } from "./pace.ts";
import { firstResult } from "./staggered.ts";
import { type Wire, secureOptions } from "./wire.ts";

export interface Recognised {
  readonly recognition?: Recognition;
  /** The first bytes that came and that nobody understood. */
  readonly heard: Uint8Array;
  readonly reason: string;
  /** The alert with which it ended TLS, where that is what the wire is made of. */
  readonly alert?: string;
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
  const pace = paceOf(subject, tools, agenda, { isBare: wire.tls === undefined });
  const greeting = await ask({ readers: agenda.greeters }, first, [], { ...tools, quietMs: pace.listenMs });
  const { heard } = greeting;
  if (greeting.recognition?.kind === "http2" && wire.tls === undefined)
    return { recognition: { kind: "http2", first }, heard, reason: "" };
  if (greeting.recognition !== undefined || heard.length > 0 || first.ended) {
    greeting.connection.close(greeting.farewell);
    const closed =
      first.alert === undefined ? "closed the connection without a word" : `refused: ${first.alert}`;
    const reason = heard.length > 0 ? "spoke first, in words nobody knows" : closed;
    const { alert } = first;
    return {
      ...(greeting.recognition && { recognition: greeting.recognition }),
      heard,
      reason,
      ...(alert !== undefined && { alert }),
    };
  }
  return inTurn(wire, first, subject, tools, { agenda, pace });
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
  let alert: string | undefined;
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
      const askedAt = performance.now();
      const answer = await ask(question, connection, agenda.greeters, patience);
      if (question === agenda.http && answer.recognition?.kind === "http")
        return { ...answer.recognition, first: { connection, askedAt } };
      answer.connection.close(answer.farewell);
      alert ??= answer.connection.alert;
      if (heard.length === 0 && answer.recognition === undefined) heard = answer.heard;
      if (answer.alert && wire.tls === undefined)
        return startTls(await wire.open(signal), subject, tools, signal);
      return answer.recognition;
    };
  const patient = { ...tools, timeoutMs: agenda.expectsTls ? tools.timeoutMs : pace.handshakeMs };
  const tls: Attempt = async (signal) => startTls(await open(signal), subject, patient, signal);
  const bare = wire.tls === undefined;
  const http2: Attempt = (signal) =>
    speaksHttp2(subject, { ...patient, dial: (_endpoint, options) => open(options.signal) }, signal);
  const hinted = [
    ...(bare && agenda.expectsTls ? [tls] : []),
    ...(bare && agenda.expectsHttp2 ? [http2] : []),
    ...agenda.hinted.map((question) => put(question, tools.timeoutMs)),
  ];
  const attempts = [
    ...hinted,
    ...agenda.gentle.map((question) => put(question)),
    ...(bare && !agenda.expectsTls ? [tls] : []),
    ...(agenda.hinted.includes(agenda.http) ? [] : [put(agenda.http)]),
    ...(bare && !agenda.expectsHttp2 ? [http2] : []),
    ...agenda.rest.map((question) => put(question, pace.strangerMs)),
  ];
  const recognition = await firstResult(attempts, {
    staggerMs: (at) => (at < hinted.length ? pace.hintedMs : pace.staggerMs),
    atOnce: AT_ONCE,
    signal: tools.signal,
    discard,
  });
  unused?.close();
  const reason = heard.length > 0 ? "answered in words nobody knows" : "answered nothing it was asked";
  return { ...(recognition && { recognition }), heard, reason, ...(alert !== undefined && { alert }) };
}

/** Lets go of what came second. */
function discard(recognition: Recognition): void {
  if (recognition.kind === "http") recognition.first?.connection.close();
  if (recognition.kind === "tls" && recognition.secured.kind === "open")
    recognition.secured.connection.close();
}

async function startTls(
  connection: Connection | undefined,
  subject: Subject,
  tools: IdentifyTools,
  signal: AbortSignal,
): Promise<Recognition | undefined> {
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
