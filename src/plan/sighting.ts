import { endpointText } from "../model/endpoint.ts";
import type { Service } from "../model/inventory.ts";
import { arrayAt, asObject } from "../model/json.ts";
import type { Requirement } from "../model/stack.ts";
import { type Ground, type Scope, hostNameAt, isAllowed } from "./ground.ts";

/**
 * What a service is to a requirement:
 *
 * - `fit`: what is wanted, as it should be.
 * - `unhealthy`: what is wanted, and says that it cannot serve.
 * - `unsure`: it may be what is wanted.
 * - `other`: it is not, though it is of its type or at one of its ports.
 */
interface Standing {
  readonly kind: "fit" | "unhealthy" | "unsure" | "other";
  /** Why it is not adopted, in one line; empty where it fits. */
  readonly reason: string;
  /** What can be done about `unhealthy` and `unsure`, in one line. */
  readonly remedy?: string;
}

/** A service that concerns a requirement, at a place where it may be adopted. */
export interface Sighting extends Standing {
  readonly service: Service;
  /** The address to use: the first that the placement allows. */
  readonly address: string;
  /** The host's name, or the address. */
  readonly host: string;
}

/** So sure a claim must be to be relied on (`Claim.confidence`); HTTP and the like are never told surer than by half. */
const SURE = 0.8;
const SURE_OF_GENERIC = 0.5;

const LOOK_AGAIN = "see to it that it answers and plan again; if nothing is there, say --assume-absent";
const LOOK_BY_HAND = "look at it by hand; if it is not what is wanted, say --assume-absent";
const NO_RANGE = "drop the version range, or look by hand and say --assume-absent if it will not do";
const HEAL = "mend it, or stop it and plan again";

/** Undefined where the service does not concern the requirement. */
export function sightingOf(scope: Scope, service: Service): Sighting | undefined {
  const { ground, requirement } = scope;
  const isNamed = ground.input.knowledge.isNamed(service, requirement.type);
  if (!(isNamed && !scope.isGeneric) && !scope.ports.has(service.port)) return undefined;
  const address = [service.host, ...service.addresses].find((one) => isAllowed(scope, one));
  if (address === undefined) return undefined;
  const host = hostNameAt(ground, address);
  const standing = isNamed ? ofItsType(scope, service, host) : ofAnother(scope, service, address);
  return standing && { ...standing, service, address, host };
}

function ofItsType(
  { ground, requirement, isGeneric }: Scope,
  service: Service,
  host: string,
): Standing | undefined {
  if (isRefused(service)) return other("is announced, and refuses: nothing is there");
  const looked = ground.input.looked.find(
    ({ service: name, id }) => name === requirement.name && id === service.id,
  );
  if (looked?.kind === "other") return other(`is not ${requirement.name}: ${looked.reason}`);
  if (looked?.kind === "unsure") return unsure(`may be ${requirement.name}: ${looked.reason}`, LOOK_AGAIN);
  // Anybody may speak it: that alone makes nobody the one that is wanted.
  if (isGeneric && requirement.health.path === undefined)
    return other(`speaks ${requirement.type}, and no health path tells it from others`);
  const label = missingLabel(requirement, ground.hosts.find(({ name }) => name === host)?.labels);
  if (label !== undefined) return other(`is on a host without the label ${label}`);
  const told = versionFits(ground, requirement, service);
  if (told === false) return other(`has version ${service.version}, not ${requirement.version}`);
  if (ground.stale.has(service.id))
    return unsure("was seen before, and could not be looked at again", LOOK_AGAIN);
  if (!hasAnswered(service)) return unsure("is only announced, and has not answered itself", LOOK_AGAIN);
  if (service.confidence < (isGeneric ? SURE_OF_GENERIC : SURE))
    return unsure(`is only probably ${requirement.type} (confidence ${service.confidence})`, LOOK_BY_HAND);
  if (service.status === "unhealthy")
    return { kind: "unhealthy", reason: "is there, and says that it cannot serve", remedy: HEAL };
  if (told === undefined)
    return unsure(`does not tell whether its version is ${requirement.version}`, NO_RANGE);
  return { kind: "fit", reason: "" };
}

/** It is at a port where the wanted one might be. */
function ofAnother(
  { ground, requirement, isGeneric }: Scope,
  service: Service,
  address: string,
): Standing | undefined {
  if (isRefused(service)) return undefined;
  const where = endpointText({ address, port: service.port });
  // It was asked in that language, too. Whatever it is, it has the port.
  if (service.type === "unknown" && isGeneric)
    return other(`what answers at ${where} does not speak ${requirement.type}`);
  if (service.type === "unknown")
    return unsure(
      `answers at ${where}, and nobody recognised it: it may be ${requirement.type}`,
      LOOK_BY_HAND,
    );
  if (mayBeProduct(ground, requirement, service))
    return unsure(
      `${service.type} answers at ${where}, and does not tell whether it is ${requirement.type}`,
      LOOK_BY_HAND,
    );
  return other(`${service.type} answers at ${where}, not ${requirement.type}`);
}

/** A product is wanted (`mariadb`), and what is at home at that port keeps to itself which one it is. */
function mayBeProduct({ input: { knowledge } }: Ground, { type }: Requirement, service: Service): boolean {
  return (
    knowledge.isProduct(type) &&
    service.product === null &&
    knowledge.portsOf(service.type).includes(service.port)
  );
}

/** True where no range is asked for; undefined where the version is not told, or not in a way to compare. */
function versionFits(
  { input }: Ground,
  { version: range }: Requirement,
  { version }: Service,
): boolean | undefined {
  if (range === undefined) return true;
  return version === null ? undefined : input.knowledge.satisfies(version, range);
}

/** The first label that a host lacks, `zone=eu`. */
export function missingLabel(
  { labels }: Requirement,
  has: Readonly<Record<string, string>> = {},
): string | undefined {
  const missing = Object.entries(labels).find(
    ([key, value]) => !Object.hasOwn(has, key) || has[key] !== value,
  );
  return missing?.join("=");
}

/** Somebody was there, and not only spoken of. */
export function hasAnswered({ strategies, metadata, latencyMs }: Service): boolean {
  if (strategies.every((name) => name === "dns" || name === "mdns")) return false;
  const words = announcements(metadata);
  return words.length === 0 || latencyMs !== null || words.some((verified) => verified === true);
}

/** It is spoken of, and where it is said to be every connection was refused: a fact. */
export function isRefused(service: Service): boolean {
  const words = announcements(service.metadata);
  return !hasAnswered(service) && words.length > 0 && words.every((verified) => verified === false);
}

function announcements(metadata: Service["metadata"]): unknown[] {
  return (arrayAt(metadata, "announcements") ?? []).map((word) => asObject(word)?.["verified"]);
}

function other(reason: string): Standing {
  return { kind: "other", reason };
}

function unsure(reason: string, remedy: string): Standing {
  return { kind: "unsure", reason, remedy };
}
