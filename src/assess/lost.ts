import { endpointText } from "../model/endpoint.ts";
import type { Service } from "../model/inventory.ts";
import type { Assessment } from "./assess.ts";

/**
 * What earlier runs met where this one met silence: it may be there still. It is shown as what nobody could look at again, and
 * never relied on.
 */
export function withLost(assessed: Assessment, before: readonly Service[]): Assessment {
  const silent = new Set(
    assessed.unknown.flatMap(({ address, ports }) => ports.map((port) => endpointText({ address, port }))),
  );
  const met = new Set(assessed.services.map(({ id }) => id));
  const lost = before.filter(
    ({ id, addresses, port }) =>
      !met.has(id) && addresses.some((address) => silent.has(endpointText({ address, port }))),
  );
  if (lost.length === 0) return assessed;
  return {
    ...assessed,
    services: [...assessed.services, ...lost.map((service) => ({ ...service, stale: true as const }))],
    stale: lost.map(({ id }) => id),
  };
}
