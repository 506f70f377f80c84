import { quoted } from "../catalog/reading.ts";
import { type JsonObject, isObject } from "../model/json.ts";
import type { Health } from "../model/observation.ts";
import { partsOf, partsOfList } from "./json-parts.ts";
import { statusOf, weakStatusOf, wrappedIn } from "./json-status.ts";
import { type HealthReading, together, withParts } from "./reading.ts";
import { healthOfWord } from "./words.ts";

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
  const wrapped = wrappedIn(object);
  if (wrapped === undefined) return ofWhole(object);
  const reading = ofWhole(wrapped.inner);
  return reading && { ...reading, summary: `${wrapped.key}.${reading.summary}` };
}

function ofWhole(object: JsonObject): HealthReading | undefined {
  const parts = partsOf(object, 1);
  const whole = statusOf(object, 1) ?? weakStatusOf(object);
  if (whole === undefined) return ofParts(parts);
  const amiss = [...parts.values()].some(isBad);
  const said = amiss ? `${whole.said}, ${partsSummary(parts)}` : whole.said;
  return {
    health: amiss && whole.health === "healthy" ? "degraded" : whole.health,
    summary: said,
    ...withParts(parts),
  };
}

function isBad(health: Health): boolean {
  return health === "unhealthy" || health === "degraded";
}

/** `3 of 5 parts in order, not db, cache`. */
function partsSummary(parts: ReadonlyMap<string, Health>): string {
  const bad = [...parts].filter(([, health]) => isBad(health)).map(([name]) => name);
  const good = [...parts.values()].filter((health) => health === "healthy");
  const count = `${good.length} of ${parts.size} parts in order`;
  if (bad.length === 0) return count;
  return `${count}, not ${quoted(bad.slice(0, 5).join(", "))}${bad.length > 5 ? " …" : ""}`;
}
