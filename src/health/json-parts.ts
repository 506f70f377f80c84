import { plain } from "../catalog/text.ts";
import { type Json, type JsonObject, isObject, stringAt } from "../model/json.ts";
import type { Health } from "../model/observation.ts";
import {
  DEEPEST,
  LONGEST_NAME,
  STATUS_KEYS,
  WEAK_KEYS,
  healthOfValue,
  normalKey,
  statusIn,
  statusOf,
} from "./json-status.ts";
import { together, worst } from "./reading.ts";
import { healthOfPlainState } from "./words.ts";

/**
 * Members that hold the parts: Spring Boot and Harbor `components`, MicroProfile and health+json `checks`, ASP.NET
 * `entries` and `results`, NestJS Terminus `info`, `error` and `details`, and what people write by hand.
 */
const PARTS_KEYS: ReadonlySet<string> = new Set(
  (
    "components checks entries results details info error dependencies services subsystems " +
    "healthchecks indicators resources"
  ).split(" "),
);
/** Of those, the ones that hold nothing but parts: a bare `true` or `"ready"` in them is a state. */
const CHECKS_KEYS: ReadonlySet<string> = new Set(
  "components checks dependencies services subsystems healthchecks indicators".split(" "),
);
/** Members that hold words of other things: `{"env":"live","loglevel":"error"}`. */
const OTHER_KEYS: ReadonlySet<string> = new Set(
  "level loglevel env environment mode type kind name title version description".split(" "),
);
/** Where the name of a part stands that is an element of a list. */
const NAME_KEYS = ["name", "Name", "id", "component", "componentId", "key", "check", "service"];

/** The parts of a whole: what its lists of parts hold, and every other member that has a status of its own. */
export function partsOf(object: JsonObject, depth: number): Map<string, Health> {
  const parts = new Map<string, Health>();
  if (depth >= DEEPEST) return parts;
  for (const [name, value] of Object.entries(object)) {
    const key = normalKey(name);
    if (PARTS_KEYS.has(key) || (STATUS_KEYS.has(key) && statusIn(key, value, depth) === undefined)) {
      for (const [part, health] of listedParts(value, CHECKS_KEYS.has(key), depth + 1))
        addPart(parts, part, health);
    } else if (!STATUS_KEYS.has(key) && !WEAK_KEYS.has(key) && !OTHER_KEYS.has(key)) {
      const health = healthBeside(value, depth + 1);
      if (health !== undefined) addPart(parts, name, health);
    }
  }
  return parts;
}

/** `bare`: that it is a list of states is certain. */
function listedParts(value: Json | undefined, bare: boolean, depth: number): Map<string, Health> {
  if (Array.isArray(value)) return partsOfList(value, depth);
  const parts = new Map<string, Health>();
  if (!isObject(value)) return parts;
  for (const [name, part] of Object.entries(value)) {
    const health = bare && typeof part !== "object" ? healthOfValue("", part) : healthBeside(part, depth);
    if (health !== undefined) addPart(parts, name, health);
  }
  return parts;
}

/** The health of a member that may be a part, or anything else. */
function healthBeside(value: Json | undefined, depth: number): Health | undefined {
  return typeof value === "string" ? healthOfPlainState(value) : healthOfMember(value, depth);
}

/** The parts that are elements of a list. */
export function partsOfList(list: readonly Json[], depth: number): Map<string, Health> {
  const parts = new Map<string, Health>();
  list.forEach((element, at) => {
    const health = healthOfMember(element, depth);
    const name = NAME_KEYS.map((key) => stringAt(element, key)).find((one) => one !== undefined);
    if (health !== undefined) addPart(parts, name ?? `${at + 1}`, health);
  });
  return parts;
}

/** The health of one part: what it says of itself, else what its own parts amount to. */
function healthOfMember(value: Json | undefined, depth: number): Health | undefined {
  if (depth >= DEEPEST || typeof value !== "object" || value === null) return undefined;
  if (Array.isArray(value)) {
    const healths = value.map((one) => healthOfMember(one, depth + 1)).filter((one) => one !== undefined);
    return healths.length === 0 ? undefined : worst(healths);
  }
  if (!isObject(value)) return undefined;
  const status = statusOf(value, depth);
  if (status !== undefined) return status.health;
  const inner = together(partsOf(value, depth + 1).values());
  return inner === "unknown" ? undefined : inner;
}

/** Of two parts with one name the worse counts. */
function addPart(parts: Map<string, Health>, name: string, health: Health): void {
  const shownName = plain(name, LONGEST_NAME);
  const before = parts.get(shownName);
  parts.set(shownName, before === undefined ? health : worst([before, health]));
}
