import { checkHealth } from "../../src/health/check-health.ts";
import { claimByHeaders } from "../../src/health/claim-by-headers.ts";
import { strikingOut } from "../../src/health/secrets.ts";
import { takeSession } from "../../src/identify/kept-session.ts";
import { linkedAbort } from "../../src/identify/linked-abort.ts";
import { Allowance, together } from "../../src/model/allowance.ts";
import { type Endpoint, endpointText, urlHost } from "../../src/model/endpoint.ts";
import type { Dial, HttpSession } from "../../src/model/net.ts";
import type { Claim, HealthReport } from "../../src/model/observation.ts";
import type { Identification, Scope, StrategyContext } from "../../src/model/strategy.ts";

/** What speaks HTTP, and how to address it. */
export interface HttpSubject {
  readonly endpoint: Endpoint;
  readonly claim: Claim;
  readonly tls: boolean;
  /** For SNI and the Host header: of several names the first. */
  readonly hostname?: string;
}

export interface HttpFindings {
  /** As it was identified, with what the user's headers opened. */
  readonly claim: Claim;
  /** The one that counts first; none where it answered nothing. */
  readonly checks: readonly HealthReport[];
}

/** Connections to one endpoint, where its host has room for them. */
const AT_ONCE = 4;

/**
 * Asks for its health, with the user's headers; where there are none, on the connections on which it was identified, if
 * these still stand. Spends on it at most twice the time of one request; waiting for a place in the run's own budget does
 * not count. Never rejects.
 */
export async function askHttp(
  subject: HttpSubject,
  scope: Scope,
  context: StrategyContext,
  identified?: Identification,
): Promise<HttpFindings> {
  const stop = linkedAbort(context.signal);
  const allowance = new Allowance(2 * scope.httpTimeoutMs, stop.abort);
  const dial: Dial = (endpoint, options) =>
    context.scanner.dial(endpoint, { ...options, patience: together(allowance, options.patience) });
  try {
    const session =
      (identified && takeSession(identified, stop.signal, dial)) ??
      (await openSession(subject, scope, context, { dial, signal: stop.signal }));
    try {
      return await findingsIn(session, subject, scope, context);
    } finally {
      await session.close();
    }
  } catch {
    // A reader of somebody's own catalog entry. Its words are not repeated: they may quote an answer.
    context.log.warn(`${endpointText(subject.endpoint)} could not be asked for its health`);
    context.scanner.cutShort();
    return { claim: subject.claim, checks: [] };
  } finally {
    if (context.signal.aborted) context.scanner.cutShort();
    allowance.end();
    stop.dispose();
  }
}

/** Servers repeat questions in their answers: the values of the headers are taken out of all that comes back. */
export async function openSession(
  { endpoint, tls, hostname }: HttpSubject,
  { httpHeaders: headers, httpTimeoutMs: timeoutMs }: Scope,
  { net, scanner }: StrategyContext,
  { dial, signal }: { readonly dial: Dial; readonly signal: AbortSignal },
): Promise<HttpSession> {
  const connections = Math.min(AT_ONCE, scanner.socketsTo(endpoint.address));
  const name = hostname === undefined ? {} : { hostname };
  const session = await net.http({ endpoint, tls, ...name, headers, timeoutMs, signal, connections }, dial);
  const strikeOut = strikingOut(headers);
  return {
    ask: async (path) => {
      const reply = await session.ask(path);
      return "failure" in reply ? reply : strikeOut(reply);
    },
    get: async (path) => {
      const reply = await session.get(path);
      return reply && strikeOut(reply);
    },
    handOver: (nextSignal, nextDial) => session.handOver(nextSignal, nextDial),
    close: () => session.close(),
  };
}

async function findingsIn(
  session: HttpSession,
  subject: HttpSubject,
  { httpHeaders }: Scope,
  { catalog }: StrategyContext,
): Promise<HttpFindings> {
  const { claim } = subject;
  const checks = await checkHealth({ session, claim, catalog, origin: originOf(subject) });
  const hasMore = Object.keys(httpHeaders).length > 0;
  return { claim: hasMore ? await claimByHeaders(claim, session, catalog) : claim, checks };
}

export function originOf({ endpoint, tls, hostname }: HttpSubject): string {
  const host = urlHost(hostname ?? endpoint.address.replace(/%.*$/, ""));
  return `${tls ? "https" : "http"}://${host}:${endpoint.port}`;
}
