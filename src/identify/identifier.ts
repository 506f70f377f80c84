import { endpointText } from "../model/endpoint.ts";
import { listenerAt } from "../model/listener.ts";
import type { HttpSession } from "../model/net.ts";
import type { Identification, Scope, StrategyContext, SweptEndpoint } from "../model/strategy.ts";
import type { IdentifyTools, Subject } from "./identification.ts";
import { identify } from "./identify.ts";
import { keepSession } from "./kept-session.ts";
import { Names } from "./names.ts";

/** What stands where the run ended before an answer came. */
const TOO_LATE = "the run ended before it could be asked";

/**
 * See `StrategyContext.identify`: one conversation for each endpoint of a run, whoever asks. `names` are those of earlier
 * rounds.
 */
export function createIdentifier(
  scope: Scope,
  context: Omit<StrategyContext, "identify">,
  names: Names = new Names(),
): StrategyContext["identify"] {
  const known = new Map<string, Promise<Identification>>();
  const find = async (key: string, open: SweptEndpoint): Promise<Identification> => {
    const found = names.recall(key) ?? (await identifyOnce(open, scope, context));
    if (!context.signal.aborted) names.keep(key, found);
    return found;
  };
  return (open) => {
    const key = endpointText(open.endpoint);
    const found = known.get(key) ?? find(key, open);
    known.set(key, found);
    return found;
  };
}

async function identifyOnce(
  open: SweptEndpoint,
  scope: Scope,
  context: Omit<StrategyContext, "identify">,
): Promise<Identification> {
  const { scanner, signal, log } = context;
  const where = endpointText(open.endpoint);
  if (signal.aborted) {
    scanner.cutShort();
    return { reason: TOO_LATE };
  }
  let session: HttpSession | undefined;
  const keep = asksOn(open, scope, context) ? (named: HttpSession) => void (session = named) : undefined;
  const found = await ask(open, scope, context, keep).catch((error: unknown): Identification => {
    log.warn(`${where} could not be asked: ${String(error)}`);
    scanner.cutShort();
    return { reason: "could not be asked" };
  });
  if (session !== undefined) keepSession(found, session, signal);
  const { claim, reason = "unknown" } = found;
  log.debug(`${where} is ${claim?.type ?? "unknown"}: ${claim?.summary ?? reason}`);
  if (claim !== undefined || !signal.aborted) return found;
  scanner.cutShort();
  return { ...found, reason: TOO_LATE };
}

/** Whether what speaks HTTP is asked for its health afterwards, and without the user's headers: those have connections of their own. */
function asksOn(
  { endpoint }: SweptEndpoint,
  { strategies, httpHeaders }: Scope,
  { isTarget }: Pick<StrategyContext, "isTarget">,
): boolean {
  return (
    strategies.includes("http") && (Object.keys(httpHeaders).length === 0 || !isTarget(endpoint.address))
  );
}

function ask(
  open: SweptEndpoint,
  scope: Scope,
  { net, scanner, catalog, signal, isOwn }: Omit<StrategyContext, "identify">,
  keep: IdentifyTools["keep"],
): Promise<Identification> {
  const { timeoutMs, httpTimeoutMs } = scope;
  const { dial } = scanner;
  const sockets = scanner.socketsTo(open.endpoint.address);
  const tools = { net, dial, sockets, catalog, signal, timeoutMs, httpTimeoutMs, ...(keep && { keep }) };
  return identify(subjectOf(open, scope, isOwn), tools);
}

function subjectOf(open: SweptEndpoint, scope: Scope, isOwn: StrategyContext["isOwn"]): Subject {
  const { endpoint, latencyMs } = open;
  const hostname = (scope.targets.hostnames.get(endpoint.address) ?? open.hostnames)?.[0];
  const process = isOwn(endpoint.address) ? listenerAt(scope.listeners, endpoint)?.process : undefined;
  return {
    endpoint,
    latencyMs,
    ...(hostname !== undefined && { hostname }),
    ...(process && { processName: process.name }),
  };
}
