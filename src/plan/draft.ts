import type { Service } from "../model/inventory.ts";
import type { Action, Alternative, Decision, HostFacts, StartedService } from "../model/plan.ts";
import { absence, evidenceOf, listed } from "./fate.ts";
import type { Grounds } from "./replay.ts";
import type { Sighting } from "./sighting.ts";
import type { Survey } from "./survey.ts";

/** A decision that has no number yet. */
export type Draft = Omit<Decision, "service" | "instance" | "type" | "required">;

export const NOWHERE = {
  host: null,
  address: null,
  port: null,
  serviceId: null,
  version: null,
  url: null,
} as const;

/** One that an earlier boot started. */
export function runningDraft(
  { ground, requirement }: Survey,
  { host, address, port, by }: StartedService,
): Draft {
  const seen = ground.services.find(
    (service) => service.port === port && [service.host, ...service.addresses].includes(address),
  );
  const amiss = illnessOf(seen, { port, isComplete: ground.input.complete });
  return {
    ...NOWHERE,
    action: "nothing",
    host,
    address,
    port,
    version: seen?.version ?? null,
    url: seen?.url ?? null,
    rule: "what an earlier boot started and what runs is left alone",
    evidence: seen === undefined ? [by] : [by, ...evidenceOf([{ service: seen }])].slice(0, 3),
    reasons: [
      `an earlier boot started it, and it runs (${by})`,
      ...(amiss === undefined
        ? []
        : [`${amiss}: look at its log, or stop '${requirement.name}' and boot again`]),
    ],
    rejected: [],
    remedy: null,
  };
}

/** What is amiss with something that runs; undefined where nothing is, or nobody looked. */
function illnessOf(
  seen: Service | undefined,
  { port, isComplete }: { readonly port: number | null; readonly isComplete: boolean },
): string | undefined {
  if (seen?.status === "unhealthy") return "it says that it cannot serve";
  // All that listens here is seen: it hangs, or does not listen yet.
  const isSilent = seen === undefined || seen.type === "unknown";
  return isSilent && port !== null && isComplete ? "it does not answer at its port" : undefined;
}

/** One that is there. */
export function adoptedDraft(survey: Survey, one: Sighting, rejected: readonly Alternative[]): Draft {
  const { requirement, ownPorts, isGeneric } = survey;
  const { service, address, host } = one;
  const { version: range, type } = requirement;
  const facts = [
    service.status === "unknown" ? undefined : service.status,
    rangeText(service.version, range),
  ];
  const elsewhere = ownPorts.length > 0 && !ownPorts.includes(service.port);
  return {
    action: "adopt",
    host,
    address,
    port: service.port,
    serviceId: service.id,
    version: service.version,
    url: service.url,
    rule: isGeneric
      ? `what answers as ${type} at a port of its own is adopted`
      : `a ${type} that answers, fits and is where it may be is adopted`,
    evidence: evidenceOf([one]),
    reasons: [
      ["answers", ...facts].filter(Boolean).join(", "),
      ...(elsewhere
        ? [`port ${service.port} is none of its own (${ownPorts.join(", ")}): those are for starting it`]
        : []),
    ],
    rejected,
    remedy: null,
  };
}

function rangeText(version: string | null, range: string | undefined): string | undefined {
  if (version === null) return undefined;
  return range === undefined ? `version ${version}` : `version ${version} is ${range}`;
}

/** One that is absent and has a place. */
export function placedDraft(
  survey: Survey,
  { host, reasons, rejected }: Grounds,
  seen: readonly Alternative[],
): Draft {
  const { ground, startPorts, requirement, blind, sightings } = survey;
  const facts = ground.hosts.find(({ name }) => name === host);
  const action: Action = facts?.isLocal === true ? "start" : "deploy";
  const unsure = sightings.filter(({ kind }) => kind === "unsure").map(({ service }) => service.id);
  const assumed = [...unsure, ...blind];
  return {
    ...NOWHERE,
    action,
    host,
    address: addressOf(facts),
    port: startPorts[0] ?? null,
    rule:
      action === "start" ? "what is absent is started here" : "what is absent is deployed where it belongs",
    evidence: evidenceOf(sightings),
    reasons: [
      absence(survey),
      ...(assumed.length > 0 ? [`taken for absent, since the user says so: ${listed(assumed)}`] : []),
      ...reasons,
      ...dependencyText(requirement.dependsOn),
    ],
    rejected: [...seen, ...rejected],
    remedy: null,
  };
}

function dependencyText(dependsOn: readonly string[]): string[] {
  return dependsOn.length === 0 ? [] : [`after ${dependsOn.join(", ")}`];
}

function addressOf(facts: HostFacts | undefined): string | null {
  if (facts?.isLocal === true && facts.addresses.includes("127.0.0.1")) return "127.0.0.1";
  return facts?.addresses[0] ?? null;
}
