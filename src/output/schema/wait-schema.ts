import { SCHEMA_VERSION } from "../../model/inventory.ts";
import type { JsonObject } from "../../model/json.ts";
import type { WaitReport, WaitResult } from "../../model/wait-report.ts";
import { amount, closedObject, text, texts, whole } from "./field.ts";
import { SERVICE } from "./service-schema.ts";

const RESULT: JsonObject = closedObject<WaitResult>("What came of waiting for one thing.", {
  want: text("As it was asked for, without credentials and query."),
  there: { type: "boolean", description: "Whether it is there and healthy." },
  elapsedMs: amount("Time until it was there, or until it was given up, in milliseconds."),
  looks: whole("How often it was looked for to the end."),
  summary: text("What it is, or what was seen last, in one line."),
  notes: texts("What is amiss with it though it is there: degraded, protected, its certificate."),
  service: {
    anyOf: [SERVICE, { type: "null" }],
    description: "What was found in its place; null where nothing answered.",
  },
});

/** The JSON Schema (draft 2020-12) of the document that `discover wait --output=json` writes. */
export const WAIT_SCHEMA: JsonObject = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  $id: `urn:sonde:wait:${SCHEMA_VERSION}`,
  title: "sonde wait",
  ...closedObject<WaitReport>("What came of waiting.", {
    schemaVersion: {
      const: SCHEMA_VERSION,
      description: "Version of this document's shape; raised by a change that breaks a reader.",
    },
    there: { type: "boolean", description: "Whether all of it is there and healthy." },
    timeoutMs: amount("How long it was to be waited at most, in milliseconds."),
    elapsedMs: amount("How long was waited, in milliseconds."),
    results: { type: "array", items: RESULT, minItems: 1, description: "In the order of the arguments." },
  }),
};
