import { escapeBytes } from "../../src/model/bytes.ts";
import { listenerAt } from "../../src/model/listener.ts";
import type { Observation } from "../../src/model/observation.ts";
import type { Outcome } from "../../src/model/outcome.ts";
import type { Scope, Strategy, StrategyContext, SweptEndpoint } from "../../src/model/strategy.ts";
import { tryLoopback } from "./try-loopback.ts";

/** Connects to every endpoint of the scope and names what speaks on the open ones. */
const tcp: Strategy = {
  name: "tcp",
  summary: "Connects to ports and names what speaks there",
  test: tryLoopback,
  observe(scope, context) {
    const { scanner } = context;
    return scanner.each(
      scanner.sweep(scope),
      (swept) => observeSwept(swept, scope, context),
      ({ endpoint }) => endpoint.address,
    );
  },
};

export default tcp;

/** Of what was announced and does not answer. */
const REASONS: Readonly<Record<Outcome, string>> = {
  open: "accepted a connection",
  closed: "refused a connection: nothing listens there",
  filtered: "did not answer in time",
  unreachable: "cannot be reached",
  failed: "could not be tried: this machine ran out of something",
};

async function observeSwept(
  swept: SweptEndpoint,
  scope: Scope,
  context: StrategyContext,
): Promise<Observation> {
  const { endpoint, outcome, latencyMs } = swept;
  const hostnames = scope.targets.hostnames.get(endpoint.address);
  const listener = context.isOwn(endpoint.address) ? listenerAt(scope.listeners, endpoint) : undefined;
  const seen = {
    strategy: tcp.name,
    endpoint,
    outcome,
    latencyMs,
    ...(hostnames && { hostnames }),
    ...(listener?.process && { process: listener.process }),
  };
  if (outcome !== "open" || !scope.identify)
    return { ...seen, at: context.clock.now(), reason: REASONS[outcome] };
  const { claim, tls, heard, reason } = await context.identify(swept);
  return {
    ...seen,
    at: context.clock.now(),
    ...(claim && { claim }),
    ...(tls && { tls }),
    ...(heard && { firstBytes: escapeBytes(heard) }),
    ...(claim === undefined && { reason: reason ?? "unknown" }),
  };
}
