import { quoted } from "../catalog/reading.ts";
import { type Json, type JsonObject, isObject, stringAt } from "../model/json.ts";
import type { Health } from "../model/observation.ts";
import { worst } from "./reading.ts";
import { healthOfWord } from "./words.ts";

/** Members that speak for the whole, by their names in lower case without blanks, hyphens and underscores. */
export const STATUS_KEYS: ReadonlySet<string> = new Set(
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
export const WEAK_KEYS: ReadonlySet<string> = new Set(["message", "msg", "result", "success", "res"]);
/** How deep members are looked into; no answer seen goes deeper. */
export const DEEPEST = 4;
export const LONGEST_NAME = 60;

/** What is said of a whole, and in which words. */
export interface Status {
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
export function statusOf(object: JsonObject, depth: number): Status | undefined {
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

/** What one member says: `key` as `normalKey` has it. */
export function statusIn(key: string, value: Json | undefined, depth: number): Status | undefined {
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

/** What a bare value says as the status called `key`. */
export function healthOfValue(key: string, value: Json | undefined): Health | undefined {
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

/** What it says by members that speak for the whole where no other does. */
export function weakStatusOf(object: JsonObject): Status | undefined {
  for (const [name, value] of Object.entries(object)) {
    const key = normalKey(name);
    if (!WEAK_KEYS.has(key) || typeof value === "number") continue;
    const health = healthOfValue(key, value);
    if (health !== undefined) return { health, said: `${key} ${shown(value)}` };
  }
  return undefined;
}

const ENVELOPE_KEYS: ReadonlySet<string> = new Set(["data", "result", "payload", "response"]);
const DELIVERED = /^(?:ok|okay|success|successful|succeeded|true)$/i;

/**
 * What an answer wraps that has a status of its own, under the name of the member. Only where no word beside it says more
 * than that the question was answered: `{"status":"success","data":{"status":"DOWN"}}`.
 */
export function wrappedIn(
  object: JsonObject,
): { readonly key: string; readonly inner: JsonObject } | undefined {
  let found: { key: string; inner: JsonObject } | undefined;
  for (const [name, value] of Object.entries(object)) {
    const key = normalKey(name);
    const status = ENVELOPE_KEYS.has(key) && isObject(value) ? statusOf(value, 1) : undefined;
    if (isObject(value) && status !== undefined && status.health !== "unknown")
      found ??= { key, inner: value };
    else if (STATUS_KEYS.has(key) && !isDelivered(value)) return undefined;
    else if (WEAK_KEYS.has(key) && healthOfValue(key, value) !== undefined && !isDelivered(value))
      return undefined;
  }
  return found;
}

function isDelivered(value: Json | undefined): boolean {
  return value === true || value === 200 || (typeof value === "string" && DELIVERED.test(value));
}

/** A member's name as the tables of names have it; empty for what is no name. */
export function normalKey(name: string): string {
  return name.length > LONGEST_NAME ? "" : name.toLowerCase().replaceAll(/[\s_-]+/g, "");
}
