import { announcementKey } from "../model/announcement.ts";
import { endpointText } from "../model/endpoint.ts";
import type { Observation, ProcessFacts } from "../model/observation.ts";
import { isThere, standing } from "./standing.ts";

/** What was observed and is one thing on the network. */
export interface Group {
  /** Never empty; the observation of the preferred address first. */
  readonly observations: readonly Observation[];
}

/**
 * Splits what was observed at one place into services. The outcome does not depend on the order of arrival.
 * Different addresses join where one process holds them, or, where that is not known, where type and version agree;
 * never one in TLS with one that is not.
 */
export function groupsAt(observations: readonly Observation[]): Group[] {
  const byEndpoint = new Map<string, Observation[]>();
  for (const observation of standing(observations).toSorted(compareObservations)) {
    const key = endpointText(observation.endpoint);
    const here = byEndpoint.get(key);
    if (here === undefined) byEndpoint.set(key, [observation]);
    else here.push(observation);
  }
  const groups: Observation[][] = [];
  for (const [, here] of byEndpoint) {
    const fitting = groups.find((group) => belongTogether(group, here));
    if (fitting === undefined) groups.push([...here]);
    else fitting.push(...here);
  }
  return groups.map((group) => ({ observations: group }));
}

function belongTogether(a: readonly Observation[], b: readonly Observation[]): boolean {
  // One record names both, and at one of them nobody has looked, or nobody is in.
  if (!(hasAnswered(a) && hasAnswered(b))) return isAnnouncedAlike(a, b);
  if (hasTls(a) !== hasTls(b)) return false;
  const [processA, processB] = [processOf(a), processOf(b)];
  if (processA !== undefined && processB !== undefined) {
    if (processA.pid === processB.pid) return true;
    if (processA.name !== processB.name || !FORWARDERS.has(processA.name)) return false;
  }
  const [versionA, versionB] = [versionOf(a), versionOf(b)];
  const sameVersion = versionA === undefined || versionB === undefined || versionA === versionB;
  return typeOf(a) === typeOf(b) && sameVersion;
}

function hasAnswered(observations: readonly Observation[]): boolean {
  return observations.some(({ outcome }) => outcome === "open");
}

function isAnnouncedAlike(a: readonly Observation[], b: readonly Observation[]): boolean {
  const names = new Set(a.map(announcedAs));
  return b.map(announcedAs).some((name) => name !== undefined && names.has(name));
}

function announcedAs({ strategy, announcement }: Observation): string | undefined {
  return announcement && announcementKey(strategy, announcement);
}

/** Container engines hold a published port by a process for each family. */
const FORWARDERS: ReadonlySet<string> = new Set(["docker-proxy", "rootlessport"]);

function processOf(observations: readonly Observation[]): ProcessFacts | undefined {
  return observations.find(({ process }) => process !== undefined)?.process;
}

function typeOf(observations: readonly Observation[]): string | undefined {
  return surestOf(observations)?.claim?.type;
}

function versionOf(observations: readonly Observation[]): string | undefined {
  return surestOf(observations)?.claim?.version;
}

function hasTls(observations: readonly Observation[]): boolean {
  return observations.some(({ tls }) => tls !== undefined);
}

/** The observation with the surest claim; the first in their order where two are as sure. */
export function surestOf(observations: readonly Observation[]): Observation | undefined {
  return observations
    .filter((one) => one.claim !== undefined && isThere(one))
    .toSorted(
      (a, b) => (b.claim?.confidence ?? 0) - (a.claim?.confidence ?? 0) || compareObservations(a, b),
    )[0];
}

/** By address, the preferred first, then by strategy, then by time: a total order for all that can differ. */
export function compareObservations(a: Observation, b: Observation): number {
  return (
    compareAddresses(a.endpoint.address, b.endpoint.address) ||
    compareText(a.strategy, b.strategy) ||
    a.at - b.at ||
    compareText(JSON.stringify(a), JSON.stringify(b))
  );
}

/** 127.0.0.1 before other IPv4 before IPv6 before link-local IPv6; within a family as numbers. */
export function compareAddresses(a: string, b: string): number {
  return rankOf(a) - rankOf(b) || compareText(sortKey(a), sortKey(b));
}

function rankOf(address: string): number {
  if (address === "127.0.0.1") return 0;
  if (!address.includes(":")) return 1;
  return /^fe[89ab]/i.test(address) ? 3 : 2;
}

function sortKey(address: string): string {
  if (!address.includes(":")) {
    return address
      .split(".")
      .map((octet) => octet.padStart(3, "0"))
      .join(".");
  }
  const [start = "", end] = address.replace(/%.*$/, "").split("::");
  const left = start === "" ? [] : start.split(":");
  const right = end === undefined || end === "" ? [] : end.split(":");
  const zeros = Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => "0");
  const groups = [...left, ...(end === undefined ? [] : zeros), ...right];
  return `${groups.map((group) => group.padStart(4, "0")).join(":")}${/%.*$/.exec(address)?.[0] ?? ""}`;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
