import type { JsonObject } from "../../model/json.ts";
import type { Health, HealthReport } from "../../model/observation.ts";
import { amount, closedObject, oneOf, text, whole } from "./field.ts";

const HEALTHS: Readonly<Record<Health, string>> = {
  healthy: "it answers its own protocol as it should",
  degraded: "it answers, and says that something is amiss",
  unhealthy: "it answers that it cannot serve, or is announced and refuses every connection",
  protected: "it answers, and wants credentials before it says more",
  unknown: "nobody asked, or the answer does not tell",
};

/** Health, with what its words mean. */
export function healthOf(description: string): JsonObject {
  return oneOf(description, HEALTHS);
}

const PARTS: JsonObject = {
  type: "object",
  description: "Parts that the answer tells of, by name.",
  additionalProperties: { enum: Object.keys(HEALTHS) },
};

/** A check as the metadata has it. */
interface Check extends HealthReport {
  readonly endpoint: string;
}

export const CHECK: JsonObject = closedObject<Check>(
  "What a health check over HTTP came to.",
  {
    endpoint: text("Where it was asked: address:port, an IPv6 address in brackets."),
    health: { enum: Object.keys(HEALTHS), description: "What the answer says; as the status of a service." },
    path: text("The path that was asked for."),
    code: whole("The HTTP status code; 0 where there was no answer."),
    latencyMs: amount("Time until the answer was there, in milliseconds."),
    summary: text("What was read, in one line."),
    parts: PARTS,
  },
  ["parts"],
);
