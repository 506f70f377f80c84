import { Allowance, together } from "../model/allowance.ts";
import type { Dial } from "../model/net.ts";
import type { Claim, TlsFacts } from "../model/observation.ts";
import type { Identification } from "../model/strategy.ts";
import { insisting, refusal } from "./client-certificate.ts";
import type { IdentifyTools, Recognition, Subject } from "./identification.ts";
import { linkedAbort } from "./linked-abort.ts";
import { type NamedHttp, nameHttp, openNaming } from "./name-http.ts";
import { type Recognised, recognise } from "./recognise.ts";
import { plainWire, secureOptions, tlsWire } from "./wire.ts";

/**
 * Says what is behind an open endpoint, without logging in and without leaving a trace but log lines. Rejects only when a
 * reader throws. Costs at most two connect timeouts and one HTTP timeout, whatever the peer does; time spent waiting for
 * a place in the run's own budget does not count.
 */
export async function identify(subject: Subject, tools: IdentifyTools): Promise<Identification> {
  const stop = linkedAbort(tools.signal);
  const allowance = new Allowance(2 * tools.timeoutMs + tools.httpTimeoutMs, stop.abort);
  const dial: Dial = (endpoint, options) =>
    tools.dial(endpoint, { ...options, patience: together(allowance, options.patience) });
  try {
    return await speak(subject, { ...tools, dial, signal: stop.signal });
  } finally {
    allowance.end();
    stop.dispose();
  }
}

async function speak(subject: Subject, tools: IdentifyTools): Promise<Identification> {
  const wire = plainWire(subject, tools);
  const first = await wire.open(tools.signal);
  if (first === undefined) return { reason: "no second connection could be made" };
  return conclude(await recognise(wire, first, subject, tools), subject, tools, undefined);
}

/** From the protocol to the service. `tls` is set where all of this is inside TLS. */
async function conclude(
  { recognition, heard, reason, alert }: Recognised,
  subject: Subject,
  tools: IdentifyTools,
  tls: TlsFacts | undefined,
): Promise<Identification> {
  const secure = tls === undefined ? {} : { tls };
  if (recognition === undefined) {
    const refused = tls && refusal(tls, alert);
    if (refused !== undefined) return refused;
    return { ...secure, reason, ...(heard.length > 0 && { heard }) };
  }
  switch (recognition.kind) {
    case "claim":
      return { ...secure, ...(recognition.tls && { tls: recognition.tls }), claim: recognition.claim };
    case "http2":
      return { ...secure, ...(await grpc(subject, tools, tls !== undefined, recognition)) };
    case "http":
      return http(recognition, subject, tools, tls);
    case "tls":
      return inside(recognition, subject, tools);
  }
}

/** What is inside TLS, after a handshake or a refusal of one. */
async function inside(
  { secured }: Extract<Recognition, { kind: "tls" }>,
  subject: Subject,
  tools: IdentifyTools,
): Promise<Identification> {
  if (secured.kind === "alert") {
    const { facts: tls = { protocol: "TLS" }, reason } = secured;
    return refusal(tls, reason) ?? { tls, reason: `refused the TLS handshake: ${reason}` };
  }
  const { facts, connection } = secured;
  if (facts.alpn !== undefined) {
    const statusLine = `TLS with ${facts.alpn} by ALPN`;
    if (facts.alpn === "http/1.1")
      return http({ kind: "http", statusLine, first: { connection } }, subject, tools, facts);
    connection.close();
    return http({ kind: "http", statusLine }, subject, tools, facts);
  }
  const recognised = await recognise(tlsWire(subject, tools, facts), connection, subject, tools);
  return conclude(recognised, subject, tools, facts);
}

async function http(
  { statusLine, first }: Extract<Recognition, { kind: "http" }>,
  subject: Subject,
  tools: IdentifyTools,
  tls: TlsFacts | undefined,
): Promise<Identification> {
  const session = await openNaming(subject, tls !== undefined, tools, first);
  let isLeft = false;
  try {
    const named = await nameHttp(session, subject, tools);
    if (named.claim !== undefined && named.status !== 400) {
      isLeft = tools.keep !== undefined;
      tools.keep?.(session);
      return nameOver(tls, named.claim, named);
    }
    await session.close(); // its connection may be the only one that its host has room for
    // A TLS port tells those who speak plain HTTP so, with 400, in plain HTTP (nginx, Go).
    const within = tls === undefined && named.status === 400 ? await tryTls(subject, tools) : undefined;
    if (within !== undefined) return within;
    if (named.claim !== undefined) return nameOver(tls, named.claim, named);
    return await unnamed(statusLine, named, subject, tools, tls);
  } finally {
    if (!isLeft) await session.close();
  }
}

function nameOver(tls: TlsFacts | undefined, claim: Claim, named: NamedHttp): Identification {
  return { ...(tls && { tls: insisting(tls, named) }), claim };
}

/** What began as HTTP, and told no name over it. */
async function unnamed(
  statusLine: string,
  { status }: NamedHttp,
  subject: Subject,
  tools: IdentifyTools,
  tls: TlsFacts | undefined,
): Promise<Identification> {
  if (tls !== undefined && status === undefined) {
    const within = await despiteAlpn(subject, tools, tls);
    if (within !== undefined) return within;
  }
  const secure = tls === undefined ? {} : { tls };
  if (tls?.alpn === "h2") return { ...secure, ...(await grpc(subject, tools, true, {})) };
  return { ...secure, claim: bareHttp(statusLine) };
}

async function tryTls(subject: Subject, tools: IdentifyTools): Promise<Identification | undefined> {
  const connection = await plainWire(subject, tools).open(tools.signal);
  const secured = await connection?.secure(secureOptions(subject, tools, tools.signal));
  return secured?.facts === undefined ? undefined : inside({ kind: "tls", secured }, subject, tools);
}

/** Some servers take whatever ALPN offers, and speak something else. */
async function despiteAlpn(
  subject: Subject,
  tools: IdentifyTools,
  tls: TlsFacts,
): Promise<Identification | undefined> {
  const wire = tlsWire(subject, tools, tls);
  const first = await wire.open(tools.signal);
  if (first === undefined) return undefined;
  const { recognition, alert } = await recognise(wire, first, subject, tools);
  return recognition?.kind === "claim" ? { tls, claim: recognition.claim } : refusal(tls, alert);
}

/** It began to speak HTTP, and then gave nothing that could be read. */
function bareHttp(statusLine: string): Claim {
  return {
    type: "http",
    confidence: 0.5,
    overHttp: true,
    summary: `answered ${JSON.stringify(statusLine)}, and nothing after it that could be read`,
  };
}

async function grpc(
  { endpoint, hostname }: Subject,
  { net, dial, timeoutMs, signal }: IdentifyTools,
  tls: boolean,
  { reply: known, first }: Pick<Extract<Recognition, { kind: "http2" }>, "reply" | "first">,
): Promise<Identification> {
  const name = hostname === undefined ? {} : { hostname };
  const open: Dial = first === undefined ? dial : () => Promise.resolve(first);
  const reply = known ?? (await net.grpc({ endpoint, tls, ...name, timeoutMs, signal }, open));
  if (reply === undefined) return { reason: "speaks HTTP/2, and answered no request" };
  const { grpcStatus: status } = reply;
  const claim: Claim =
    status === undefined
      ? {
          type: "http",
          confidence: 0.5,
          overHttp: true,
          summary: "answered in HTTP/2, without a grpc-status",
        }
      : {
          type: "grpc",
          confidence: 0.95,
          health: "healthy",
          summary: `a gRPC health check ended with grpc-status ${status}`,
        };
  return { claim };
}
