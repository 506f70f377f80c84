import type { Identification } from "../../src/identify/identification.ts";
import { identify } from "../../src/identify/identify.ts";
import { escapeBytes } from "../../src/model/bytes.ts";
import { endpointText } from "../../src/model/endpoint.ts";
import { listenerAt } from "../../src/model/listener.ts";
import type { Observation } from "../../src/model/observation.ts";
import type { OpenEndpoint, Scope, Strategy, StrategyContext } from "../../src/model/strategy.ts";

/** Connects to every endpoint of the scope and names what speaks on the open ones. */
const tcp: Strategy = {
  name: "tcp",
  summary: "Connects to ports and names what speaks there",
  observe(scope, context) {
    const { scanner } = context;
    return scanner.each(
      scanner.sweep(scope),
      (open) => observeOpen(open, scope, context),
      ({ endpoint }) => endpoint.address,
    );
  },
};

export default tcp;

const TOO_LATE = "the run ended before it could be asked";

async function observeOpen(
  { endpoint, latencyMs }: OpenEndpoint,
  scope: Scope,
  context: StrategyContext,
): Promise<Observation> {
  const hostnames = scope.targets.hostnames.get(endpoint.address);
  const process = context.isOwn(endpoint.address)
    ? listenerAt(scope.listeners, endpoint)?.process
    : undefined;
  const seen = {
    strategy: tcp.name,
    endpoint,
    outcome: "open" as const,
    latencyMs,
    ...(hostnames && { hostnames }),
    ...(process && { process }),
  };
  if (!scope.identify) return { ...seen, at: context.clock.now(), reason: "accepted a connection" };
  if (context.signal.aborted) {
    context.scanner.cutShort();
    return { ...seen, at: context.clock.now(), reason: TOO_LATE };
  }
  const hostname = hostnames?.[0];
  const subject = {
    endpoint,
    latencyMs,
    ...(hostname !== undefined && { hostname }),
    ...(process && { processName: process.name }),
  };
  const { scanner, net, catalog, signal } = context;
  const tools = {
    net,
    dial: scanner.dial,
    sockets: scanner.socketsTo(endpoint.address),
    catalog,
    signal,
    timeoutMs: scope.timeoutMs,
    httpTimeoutMs: scope.httpTimeoutMs,
  };
  const { claim, tls, heard, reason } = await identify(subject, tools).catch(
    (error: unknown): Identification => {
      context.log.warn(`${endpointText(endpoint)} could not be asked: ${String(error)}`);
      scanner.cutShort();
      return { reason: "could not be asked" };
    },
  );
  context.log.debug(`${endpointText(endpoint)} is ${claim?.type ?? "unknown"}: ${claim?.summary ?? reason}`);
  if (claim === undefined && signal.aborted) scanner.cutShort();
  return {
    ...seen,
    at: context.clock.now(),
    ...(claim && { claim }),
    ...(tls && { tls }),
    ...(heard && { firstBytes: escapeBytes(heard) }),
    ...(claim === undefined && {
      reason: signal.aborted ? TOO_LATE : (reason ?? "unknown"),
    }),
  };
}
