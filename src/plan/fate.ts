import type { Action } from "../model/plan.ts";
import { isSought } from "./ground.ts";
import type { Sighting } from "./sighting.ts";
import type { Survey } from "./survey.ts";

/** Instances that can neither be adopted nor put anywhere, and why. */
export interface Stuck {
  readonly action: Extract<Action, "blocked" | "unknown">;
  readonly count: number;
  readonly rule: string;
  readonly reasons: readonly string[];
  readonly evidence: readonly string[];
  readonly remedy: string;
}

/** What becomes of the instances that are not there. */
export interface Fate {
  /** So many are to be started or deployed. */
  readonly toPlace: number;
  readonly stuck?: Stuck;
}

/** A rule for each way that a missing instance can go. */
const RULES = {
  unknown: "what could not be looked at is not absent: nothing is started on a guess",
  unsure: "what may be the wanted one is neither adopted nor doubled",
  unhealthy: "what is there and cannot serve is neither adopted nor doubled",
  discovered: "what is to be discovered is adopted or nothing",
} as const;

/** Before anything is placed. */
export function fateOf(survey: Survey, adopted: readonly Sighting[]): Fate {
  const { requirement, started, sightings, blind, ground } = survey;
  const missing = requirement.replicas - started.length - adopted.length;
  if (missing <= 0) return { toPlace: 0 };
  const unsure = sightings.filter(({ kind }) => kind === "unsure");
  if (!ground.input.assumeAbsent) {
    if (unsure.length > 0) return stuck(doubtful(unsure, missing));
    if (blind.length > 0) return stuck(unseen(survey, missing));
  }
  const hosts = new Set([...adopted, ...started].map(({ host }) => host));
  const ill = sightings.filter(({ kind, host }) => kind === "unhealthy" && !hosts.has(host));
  const count = Math.min(missing, new Set(ill.map(({ host }) => host)).size);
  if (requirement.placement.kind === "discovered") {
    return stuck(count > 0 ? sick(ill, missing) : undiscovered(survey, missing));
  }
  return { toPlace: missing - count, ...(count > 0 && { stuck: sick(ill, count) }) };
}

function stuck(what: Stuck): Fate {
  return { toPlace: 0, stuck: what };
}

function doubtful(unsure: readonly Sighting[], count: number): Stuck {
  return {
    action: "unknown",
    count,
    rule: RULES.unsure,
    reasons: firstOf(unsure.map(sentence), MOST_LISTED),
    evidence: evidenceOf(unsure),
    remedy: unsure[0]?.remedy ?? "",
  };
}

function unseen({ requirement, blind }: Survey, count: number): Stuck {
  return {
    action: "unknown",
    count,
    rule: RULES.unknown,
    reasons: [`cannot tell: ${listed(blind)}`],
    evidence: firstOf(blind, MOST_EVIDENCE),
    remedy: `see to it that everything can be looked at, or say --assume-absent if no ${requirement.type} is there`,
  };
}

function sick(ill: readonly Sighting[], count: number): Stuck {
  return {
    action: "blocked",
    count,
    rule: RULES.unhealthy,
    reasons: firstOf(ill.map(sentence), MOST_LISTED),
    evidence: evidenceOf(ill),
    remedy: ill[0]?.remedy ?? "",
  };
}

function undiscovered(survey: Survey, count: number): Stuck {
  const { name, type } = survey.requirement;
  const { sightings } = survey;
  return {
    action: "blocked",
    count,
    rule: RULES.discovered,
    reasons: isSought(survey)
      ? [absence(survey)]
      : [`${type} can be anybody's: without ports of its own, '${name}' cannot be told from others`],
    evidence: evidenceOf(sightings),
    remedy: isSought(survey)
      ? `start a ${type} that can be found from here, or let the placement of '${name}' be auto`
      : `give '${name}' its ports, or a type that tells more`,
  };
}

/** That it is not there, or no more of it, and what is there instead. */
export function absence(survey: Survey): string {
  const { requirement, sightings, ground, isGeneric, ownPorts, isShared } = survey;
  const { type } = requirement;
  if (!isSought(survey)) return "not started yet";
  const unfit = sightings.filter(({ kind }) => kind !== "fit");
  const own = unfit.find(({ service }) => ground.input.knowledge.isNamed(service, type));
  if (own !== undefined) return sentence(own);
  if (isShared || unfit.length < sightings.length) return `no other ${type} found`;
  return unfit[0]?.reason ?? `no ${type} ${isGeneric ? `at port ${ownPorts.join(" or ")}` : "found"}`;
}

/** `has version 5.0.3, not >=6 (redis@10.0.0.5:6379)`. */
function sentence({ service, reason }: Sighting): string {
  return `${reason} (${service.id})`;
}

/** Three lines of what was seen, of each at least one. */
export function evidenceOf(sightings: readonly Pick<Sighting, "service">[]): string[] {
  const perService = sightings
    .slice(0, MOST_EVIDENCE)
    .map(({ service }) => service.evidence.map(({ endpoint, summary }) => `${endpoint}: ${summary}`));
  const firsts = perService.flatMap((lines) => lines.slice(0, 1));
  const others = perService.flatMap((lines) => lines.slice(1));
  return [...new Set([...firsts, ...others])].slice(0, MOST_EVIDENCE);
}

const MOST_EVIDENCE = 3;

/** The first three, and how many more. */
export function listed(items: readonly string[]): string {
  return firstOf(items, MOST_LISTED).join(", ");
}

function firstOf(items: readonly string[], most: number): string[] {
  const more = items.length - most;
  return more > 0 ? [...items.slice(0, most), `and ${more} more`] : [...items];
}

const MOST_LISTED = 3;
