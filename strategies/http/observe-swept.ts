import { REASONS, namedAs, seenOf } from "../../src/identify/seen.ts";
import { endpointText } from "../../src/model/endpoint.ts";
import type { Observation } from "../../src/model/observation.ts";
import type { Scope, StrategyContext, SweptEndpoint } from "../../src/model/strategy.ts";
import type { HttpFindings } from "./ask-http.ts";

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
  const seen = seenOf("http", swept, scope, context);
  const at = (): number => context.clock.now();
  const isLeftToTcp = scope.strategies.includes("tcp");
  if (swept.outcome !== "open" || !scope.identify)
    return isLeftToTcp ? undefined : { ...seen, at: at(), reason: REASONS[swept.outcome] };
  const identified = await context.identify(swept);
  const { claim, tls } = identified;
  if (claim?.overHttp !== true)
    return isLeftToTcp ? undefined : { ...seen, at: at(), ...namedAs(identified) };
  const hostname = seen.hostnames?.[0];
  const subject = {
    endpoint: swept.endpoint,
    claim,
    tls: tls !== undefined,
    ...(hostname !== undefined && { hostname }),
  };
  const { askHttp } = await import("./ask-http.ts");
  // Whoever is only announced gets no secrets: anybody on the link may announce.
  const httpHeaders = context.isTarget(swept.endpoint.address) ? scope.httpHeaders : {};
  const findings = await askHttp(subject, { ...scope, httpHeaders }, context, identified);
  logFindings(swept, findings, context);
  return { ...seen, at: at(), ...told(findings), ...(tls && { tls }) };
}

/** Who answers `GET /` to be named, and then no question for its health, has not shown that it is well. */
function told({ claim, checks }: HttpFindings): HttpFindings {
  if (checks.length > 0 || claim.health !== "healthy") return { claim, checks };
  const summary = `${claim.summary}; no question for its health was answered`;
  return { claim: { ...claim, health: "unknown", summary }, checks };
}

function logFindings(
  { endpoint }: SweptEndpoint,
  { claim, checks }: HttpFindings,
  { log }: StrategyContext,
): void {
  const [first] = checks;
  const answered = first?.code === 0 ? "" : ` answered ${first?.code},`;
  const said = first && `${first.health}: GET ${first.path}${answered} ${first.summary}`;
  log.debug(
    `${endpointText(endpoint)} is ${claim.type}, ${said ?? "and answered no question for its health"}`,
  );
}
