import { quoted } from "../catalog/reading.ts";
import { plain } from "../catalog/text.ts";
import { type Json, type JsonObject, isObject, stringAt } from "../model/json.ts";
import type { Health } from "../model/observation.ts";
import { type HealthReading, together, withParts, worst } from "./reading.ts";
import { healthOfPlainState, healthOfWord } from "./words.ts";

/** Members that speak for the whole, by their names in lower case without blanks, hyphens and underscores. */
const STATUS_KEYS: ReadonlySet<string> = new Set(
  (
    "status state health healthstatus overallstatus servingstatus overall healthy ishealthy ok " +
    "ready isready alive live up"
  ).split(" "),
);
/** Of those, the ones whose value is a word: another than the known ones is worth telling. */
const WORD_KEYS: ReadonlySet<string> = new Set([
  "status",
  "state",
  "health",
  "healthstatus",
  "overallstatus",
]);
const READY_KEYS: ReadonlySet<string> = new Set(["ready", "isready"]);
/** Members that speak for the whole where no other does. */
const WEAK_KEYS: ReadonlySet<string> = new Set(["message", "msg", "result", "success", "res"]);
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
/** Parts of parts of parts; no answer seen goes deeper. */
const DEEPEST = 4;
const LONGEST_NAME = 60;

/** What a body says that is JSON; undefined where it says nothing of health. */
export function readJsonHealth(json: unknown): HealthReading | undefined {
  if (typeof json === "string") return ofWord(json);
  if (typeof json === "boolean") return { health: json ? "healthy" : "unhealthy", summary: String(json) };
  if (Array.isArray(json)) return ofParts(partsOfList(json, 1));
  return isObject(json) ? ofObject(json) : undefined;
}

function ofWord(text: string): HealthReading | undefined {
  const health = healthOfWord(text);
  return health && { health, summary: quoted(text) };
}

function ofParts(parts: ReadonlyMap<string, Health>): HealthReading | undefined {
  const health = together(parts.values());
  if (health === "unknown") return undefined;
  return { health, summary: partsSummary(parts), ...withParts(parts) };
}

function ofObject(object: JsonObject): HealthReading | undefined {
  const parts = partsOf(object, 1);
  const whole = statusOf(object, 1) ?? weakStatusOf(object);
  if (whole === undefined) return ofParts(parts);
  const amiss = whole.health === "healthy" && [...parts.values()].some(isBad);
  const said = amiss ? `${whole.said}, ${partsSummary(parts)}` : whole.said;
  return { health: amiss ? "degraded" : whole.health, summary: said, ...withParts(parts) };
}

function isBad(health: Health): boolean {
  return health === "unhealthy" || health === "degraded";
}

/** `3 of 5 parts in order, not db, cache`. */
function partsSummary(parts: ReadonlyMap<string, Health>): string {
  const bad = [...parts].filter(([, health]) => health !== "healthy").map(([name]) => name);
  const count = `${parts.size - bad.length} of ${parts.size} parts in order`;
  if (bad.length === 0) return count;
  return `${count}, not ${quoted(bad.slice(0, 5).join(", "))}${bad.length > 5 ? " …" : ""}`;
}

/** What is said of a whole, and in which words. */
interface Status {
  readonly health: Health;
  readonly said: string;
}

/**
 * What an object says of itself.
 *
 * - one known status: that
 * - several: the worst; alive and not ready is degraded
 * - only words that are not known: unknown
 * - none: undefined
 */
function statusOf(object: JsonObject, depth: number): Status | undefined {
  const known: (Status & { readonly key: string })[] = [];
  let strange: string | undefined;
  for (const [name, value] of Object.entries(object)) {
    const key = normalKey(name);
    if (!STATUS_KEYS.has(key)) continue;
    const status = statusIn(key, value, depth);
    if (status !== undefined) known.push({ key, ...status });
    else if (typeof value === "string" && WORD_KEYS.has(key)) strange ??= `${key} ${quoted(value)}`;
  }
  const telling = known.filter(({ health }) => health !== "unknown");
  if (telling.length > 0) return { health: combined(telling), said: listed(telling) };
  const [unknown] = known;
  if (unknown !== undefined) return unknown;
  return strange === undefined ? undefined : { health: "unknown", said: `${strange}, a word not known` };
}

function combined(statuses: readonly (Status & { readonly key: string })[]): Health {
  const rest = statuses.filter(({ key }) => !READY_KEYS.has(key));
  const health = worst(statuses.map((one) => one.health));
  const alive = rest.length > 0 && rest.every((one) => one.health === "healthy");
  return alive && health === "unhealthy" ? "degraded" : health;
}

function listed(statuses: readonly Status[]): string {
  return [...new Set(statuses.map(({ said }) => said))].slice(0, 3).join(", ");
}

function statusIn(key: string, value: Json | undefined, depth: number): Status | undefined {
  const health = healthOfValue(key, value);
  if (health !== undefined) return { health, said: `${key} ${shown(value)}` };
  if (!isObject(value) || depth >= DEEPEST) return undefined;
  const inner = statusOf(value, depth + 1) ?? levelOf(key, value);
  return inner && { health: inner.health, said: `${key}.${inner.said}` };
}

/** Kibana 8: `{"status":{"overall":{"level":"available"}}}`. Elsewhere a level is one of logging. */
function levelOf(key: string, value: JsonObject): Status | undefined {
  const level = key === "overall" ? stringAt(value, "level") : undefined;
  const health = level === undefined ? undefined : healthOfWord(level);
  return health && { health, said: `level ${shown(level)}` };
}

function shown(value: Json | undefined): string {
  return typeof value === "string" ? quoted(value) : JSON.stringify(value ?? null);
}

function healthOfValue(key: string, value: Json | undefined): Health | undefined {
  if (typeof value === "string") return healthOfWord(value);
  if (typeof value === "boolean") return value ? "healthy" : "unhealthy";
  if (typeof value !== "number") return undefined;
  if (WORD_KEYS.has(key)) return healthOfCode(value);
  return value === 1 ? "healthy" : value === 0 ? "unhealthy" : undefined;
}

/** `{"status":200}`: an HTTP code in the body. */
function healthOfCode(code: number): Health | undefined {
  if (!Number.isInteger(code) || code < 200 || code > 599) return undefined;
  return code < 300 ? "healthy" : code >= 500 ? "unhealthy" : "unknown";
}

function weakStatusOf(object: JsonObject): Status | undefined {
  for (const [name, value] of Object.entries(object)) {
    const key = normalKey(name);
    if (!WEAK_KEYS.has(key) || typeof value === "number") continue;
    const health = healthOfValue(key, value);
    if (health !== undefined) return { health, said: `${key} ${shown(value)}` };
  }
  return undefined;
}

/** The parts of a whole: what its lists of parts hold, and every other member that has a status of its own. */
function partsOf(object: JsonObject, depth: number): Map<string, Health> {
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

function partsOfList(list: readonly Json[], depth: number): Map<string, Health> {
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

function normalKey(name: string): string {
  return name.length > LONGEST_NAME ? "" : name.toLowerCase().replaceAll(/[\s_-]+/g, "");
}
