import type { Action, Alternative, Decision, HostFacts, StartedService } from "../model/plan.ts";
import type { Adoptions } from "./adopt.ts";
import { preference } from "./adopt.ts";
import { absence, evidenceOf, listed } from "./fate.ts";
import { hostNameAt } from "./ground.ts";
import type { Course, Held } from "./place.ts";
import type { Grounds } from "./replay.ts";
import type { Sighting } from "./sighting.ts";
import type { Survey } from "./survey.ts";

/** All that was settled for one requirement. */
export interface Settled {
  readonly course: Course;
  readonly adoptions: Adoptions;
  readonly placed: readonly Grounds[];
  readonly held: Held | undefined;
  /** Why hosts will not take more of it, and what to do about it; for those who found no place. */
  readonly full: { readonly rejected: readonly Alternative[]; readonly remedy: string };
}

type Draft = Omit<Decision, "service" | "instance" | "type" | "required">;

const NOWHERE = { host: null, address: null, port: null, serviceId: null, version: null, url: null } as const;

/** So many alternatives are listed. */
const MOST_REJECTED = 12;

/** The decisions of a requirement, by instance: each keeps the host that it had in the last plan, where it can. */
export function decisionsOf(settled: Settled): Decision[] {
  const { course, adoptions } = settled;
  const { survey } = course;
  const { requirement, ground, started } = survey;
  const adopted = adoptions.get(requirement.name) ?? [];
  const own = started.map((one) => ({ instance: one.instance, draft: runningDraft(survey, one) }));
  const movable = [
    ...adopted.map((one) => adoptedDraft(survey, one, adopted, adoptions)),
    ...settled.placed.map((one) => placedDraft(survey, one, adoptions)),
  ];
  const before = ground.input.previous.filter(({ service }) => service === requirement.name);
  const drafts = new Map(own.map(({ instance, draft }) => [instance, draft]));
  const left = movable.filter((draft) => {
    const same = before.find(({ host, instance }) => host === draft.host && !drafts.has(instance));
    const isHere = same !== undefined && same.instance >= 1 && same.instance <= requirement.replicas;
    if (isHere) drafts.set(same.instance, draft);
    return !isHere;
  });
  const rest = [...left, ...stuckDrafts(settled)];
  const { name, type, required, replicas } = requirement;
  return Array.from({ length: replicas }, (_, at) => at + 1).flatMap((instance) => {
    const draft = drafts.get(instance) ?? rest.shift();
    return draft === undefined ? [] : [{ service: name, instance, type, required, ...draft }];
  });
}

function runningDraft({ ground, requirement }: Survey, { host, address, port, by }: StartedService): Draft {
  const seen = ground.services.find(
    (service) => service.port === port && [service.host, ...service.addresses].includes(address),
  );
  const ill = seen?.status === "unhealthy";
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
      ...(ill
        ? [`it says that it cannot serve: look at its log, or stop '${requirement.name}' and boot again`]
        : []),
    ],
    rejected: [],
    remedy: null,
  };
}

function adoptedDraft(survey: Survey, one: Sighting, mine: readonly Sighting[], adoptions: Adoptions): Draft {
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
    rejected: rejectedOf(survey, adoptions, mine),
    remedy: null,
  };
}

function rangeText(version: string | null, range: string | undefined): string | undefined {
  if (version === null) return undefined;
  return range === undefined ? `version ${version}` : `version ${version} is ${range}`;
}

function placedDraft(survey: Survey, { host, reasons, rejected }: Grounds, adoptions: Adoptions): Draft {
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
    rejected: bounded([...rejectedOf(survey, adoptions, []), ...rejected]),
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

/** Those that run into something: by what was seen, by what they depend on, by want of a place. */
function stuckDrafts({ course, adoptions, placed, held, full }: Settled): Draft[] {
  const { survey, fate } = course;
  const { requirement, sightings } = survey;
  const base = { ...NOWHERE, rejected: rejectedOf(survey, adoptions, []) };
  const found: Draft[] = [];
  if (fate.stuck !== undefined) {
    const { count, ...why } = fate.stuck;
    found.push(...Array.from({ length: count }, () => ({ ...base, ...why })));
  }
  if (held !== undefined) {
    const names = held.causes.map((name) => `'${name}'`).join(" and ");
    const draft: Draft = {
      ...base,
      action: held.action,
      rule: "what depends on something that is not to be had is not started",
      evidence: evidenceOf(sightings),
      reasons: [`depends on ${names}, which is ${held.action}`, absence(survey)],
      remedy: `see to ${names} first`,
    };
    found.push(...Array.from({ length: held.count }, () => draft));
  }
  const homeless = fate.toPlace - placed.length - (held?.count ?? 0);
  const draft: Draft = {
    ...base,
    action: "blocked",
    rule: "what no host can take is not started",
    evidence: evidenceOf(sightings),
    reasons: [homelessText(full.rejected), absence(survey)],
    rejected: bounded([...base.rejected, ...full.rejected]),
    remedy: full.remedy,
  };
  return [...found, ...Array.from({ length: Math.max(0, homeless) }, () => draft)].map((one) => ({
    ...one,
    host: one.host ?? boundName(requirement.placement.kind, survey),
  }));
}

function boundName(kind: string, { bound }: Survey): string | null {
  return kind === "local" || kind === "remote" ? (bound?.name ?? null) : null;
}

function homelessText(hosts: readonly Alternative[]): string {
  const [first, ...more] = hosts;
  if (first === undefined) return "there is no host for it";
  return `${first.candidate}: ${first.reason}${more.length > 0 ? `; and ${more.length} more will not do` : ""}`;
}

/** What was seen and is not adopted, the nearest to what is wanted first. */
function rejectedOf(survey: Survey, adoptions: Adoptions, mine: readonly Sighting[]): Alternative[] {
  const { requirement, sightings, ground } = survey;
  const ranks = ["fit", "unhealthy", "unsure", "other"];
  const owners = new Map(
    [...adoptions].flatMap(([name, held]) => held.map(({ service }) => [service.id, name] as const)),
  );
  const own = adoptions.get(requirement.name) ?? [];
  const others = sightings
    .filter(({ service }) => owners.get(service.id) !== requirement.name)
    .toSorted((a, b) => ranks.indexOf(a.kind) - ranks.indexOf(b.kind));
  return bounded(
    others.map((one) => ({
      candidate: one.service.id,
      reason: one.kind === "fit" ? fitReason(one, owners.get(one.service.id)) : one.reason,
    })),
  );

  function fitReason(one: Sighting, owner: string | undefined): string {
    if (owner !== undefined) return `is adopted for '${owner}'`;
    const twin = [...own, ...survey.started].find(({ host }) => host === one.host);
    const [chosen] = mine.length > 0 ? mine : own;
    if (twin !== undefined && chosen?.host !== one.host)
      return `would do, but another instance is on ${hostNameAt(ground, one.address)} already`;
    return chosen === undefined ? "would do as well" : preference(survey, chosen, one);
  }
}

function bounded(items: readonly Alternative[]): Alternative[] {
  if (items.length <= MOST_REJECTED) return [...items];
  const more = items.length - MOST_REJECTED + 1;
  return [...items.slice(0, MOST_REJECTED - 1), { candidate: `${more} more`, reason: "are not listed" }];
}
