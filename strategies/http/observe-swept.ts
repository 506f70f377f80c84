import { escapeBytes } from "../../src/model/bytes.ts";
import { endpointText } from "../../src/model/endpoint.ts";
import { listenerAt } from "../../src/model/listener.ts";
import type { Observation } from "../../src/model/observation.ts";
import type { Outcome } from "../../src/model/outcome.ts";
import type { Identification, Scope, StrategyContext, SweptEndpoint } from "../../src/model/strategy.ts";
import { type HttpFindings, askHttp } from "./ask-http.ts";

/** What every observation of an endpoint has in common. */
type Seen = Pick<Observation, "strategy" | "endpoint" | "outcome" | "latencyMs" | "hostnames" | "process">;

const REASONS: Readonly<Record<Outcome, string>> = {
  open: "accepted a connection",
  closed: "refused a connection: nothing listens there",
  filtered: "did not answer in time",
  unreachable: "cannot be reached",
  failed: "could not be tried: this machine ran out of something",
};

/**
 * What there is to say of one endpoint:
 *
 * - it speaks HTTP: what it is, and how it fares
 * - anything else: how it was met, unless the tcp strategy is there to say so
 */
export async function observeSwept(
  swept: SweptEndpoint,
  scope: Scope,
  context: StrategyContext,
): Promise<Observation | undefined> {
  const seen = seenOf(swept, scope, context);
  const at = (): number => context.clock.now();
  const isLeftToTcp = scope.strategies.includes("tcp");
  if (swept.outcome !== "open" || !scope.identify)
    return isLeftToTcp ? undefined : { ...seen, at: at(), reason: REASONS[swept.outcome] };
  const identified = await context.identify(swept);
  const { claim, tls } = identified;
  if (claim?.overHttp !== true)
    return isLeftToTcp ? undefined : { ...seen, at: at(), ...findingsOf(identified) };
  const hostname = seen.hostnames?.[0];
  const subject = {
    endpoint: swept.endpoint,
    claim,
    tls: tls !== undefined,
    ...(hostname !== undefined && { hostname }),
  };
  const findings = await askHttp(subject, scope, context);
  logFindings(swept, findings, context);
  return { ...seen, at: at(), ...findings, ...(tls && { tls }) };
}

function seenOf(
  { endpoint, outcome, latencyMs, hostnames: announced = [] }: SweptEndpoint,
  { targets, listeners }: Scope,
  context: StrategyContext,
): Seen {
  const hostnames = [...new Set([...(targets.hostnames.get(endpoint.address) ?? []), ...announced])];
  const listener = context.isOwn(endpoint.address) ? listenerAt(listeners, endpoint) : undefined;
  return {
    strategy: "http",
    endpoint,
    outcome,
    latencyMs,
    ...(hostnames.length > 0 && { hostnames }),
    ...(listener?.process && { process: listener.process }),
  };
}

function findingsOf({ claim, tls, heard, reason = "unknown" }: Identification): Partial<Observation> {
  return {
    ...(claim === undefined ? { reason } : { claim }),
    ...(tls && { tls }),
    ...(heard && { firstBytes: escapeBytes(heard) }),
  };
}

function logFindings(
  { endpoint }: SweptEndpoint,
  { claim, checks }: HttpFindings,
  { log }: StrategyContext,
): void {
  const [first] = checks;
  const said = first && `${first.health}: GET ${first.path} answered ${first.code}, ${first.summary}`;
  log.debug(
    `${endpointText(endpoint)} is ${claim.type}, ${said ?? "and answered no question for its health"}`,
  );
}
