import { endpointText } from "../model/endpoint.ts";
import type { Service } from "../model/inventory.ts";
import { type Ground, isAllowed, isSought } from "./ground.ts";
import { hasAnswered, isRefused } from "./sighting.ts";
import type { Survey } from "./survey.ts";

/**
 * All that was seen of what the stack names, as one text: the same for the same world, whatever the order, the time
 * and the speed of its answers. Its digest tells whether the world has moved since a plan was made.
 */
export function basisOf(ground: Ground, surveys: readonly Survey[]): string {
  const services = new Map(
    surveys.flatMap(({ sightings }) => sightings.map(({ service }) => [service.id, service] as const)),
  );
  const places = ground.unknown
    .filter(({ address, port }) =>
      surveys.some((survey) => isSought(survey) && survey.ports.has(port) && isAllowed(survey, address)),
    )
    .map(endpointText);
  return JSON.stringify({
    services: [...services.values()].map((service) => serviceBasis(ground, service)).toSorted(),
    unknown: [...new Set(places)].toSorted(),
    complete: ground.input.complete,
    started: ground.input.started
      .map(({ service, instance, host, address, port }) =>
        JSON.stringify([service, instance, host, address, port]),
      )
      .toSorted(),
  });
}

/** What decides over a service, and nothing that changes by itself. */
function serviceBasis({ stale }: Ground, service: Service): string {
  const { id, type, product, version, port, addresses, confidence } = service;
  const status = stale.has(id)
    ? "stale"
    : isRefused(service)
      ? "refused"
      : service.status === "unhealthy"
        ? "unhealthy"
        : hasAnswered(service)
          ? "answers"
          : "announced";
  return JSON.stringify([id, type, product, version, status, confidence, port, addresses.toSorted()]);
}
