import { escapeBytes } from "../model/bytes.ts";
import { listenerAt } from "../model/listener.ts";
import type { Observation } from "../model/observation.ts";
import type { Outcome } from "../model/outcome.ts";
import type { Identification, Scope, StrategyContext, SweptEndpoint } from "../model/strategy.ts";

/** What every observation of an endpoint of the sweep has in common. */
export type Seen = Pick<
  Observation,
  "strategy" | "endpoint" | "outcome" | "latencyMs" | "hostnames" | "process" | "sameHost"
>;

/** How an endpoint was met, in the words of an observation: names, process and all. */
export function seenOf(
  strategy: string,
  { endpoint, outcome, latencyMs, hostnames: announced = [] }: SweptEndpoint,
  { targets, listeners }: Scope,
  { isOwn }: Pick<StrategyContext, "isOwn">,
): Seen {
  const hostnames = [...new Set([...(targets.hostnames.get(endpoint.address) ?? []), ...announced])];
  const process = isOwn(endpoint.address) ? listenerAt(listeners, endpoint)?.process : undefined;
  const sameHost = targets.sameHost.get(endpoint.address);
  return {
    strategy,
    endpoint,
    outcome,
    latencyMs,
    ...(hostnames.length > 0 && { hostnames }),
    ...(sameHost && { sameHost }),
    ...(process && { process }),
  };
}

/** What an outcome means, where nothing else is to be said. */
export const REASONS: Readonly<Record<Outcome, string>> = {
  open: "accepted a connection",
  closed: "refused a connection: nothing listens there",
  filtered: "did not answer in time",
  unreachable: "cannot be reached",
  failed: "could not be tried: this machine ran out of something",
};

/** What an identification adds to how an endpoint was met. */
export function namedAs({ claim, tls, heard, reason = "unknown" }: Identification): Partial<Observation> {
  return {
    ...(claim === undefined ? { reason } : { claim }),
    ...(tls && { tls }),
    ...(heard && { firstBytes: escapeBytes(heard) }),
  };
}
