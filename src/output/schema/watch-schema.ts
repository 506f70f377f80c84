import { SCHEMA_VERSION } from "../../model/inventory.ts";
import type { JsonObject } from "../../model/json.ts";
import { type GoneReason, WATCHED_FIELDS, type WatchEvent } from "../../model/watch.ts";
import { closedObject, moment, oneOf, text, texts, whole } from "./field.ts";
import { COVERAGE } from "./scan-schema.ts";
import { SERVICE } from "./service-schema.ts";

type EventOf<Name extends WatchEvent["event"]> = Extract<WatchEvent, { readonly event: Name }>;

function named(event: WatchEvent["event"]): JsonObject {
  return { const: event, description: "What kind of line this is." };
}

const REASONS: Readonly<Record<GoneReason, string>> = {
  refused: "its host refused the connection, so nothing listens there",
  "no answer twice": "it was asked in two rounds, and was silent",
  withdrawn: "whoever announced it took that back, or its time to live ended",
  "no longer announced": "a name server that answered does not list it any more",
  "no longer a target": "names or networks that were asked for lead elsewhere now",
};

const FIELDS: JsonObject = {
  type: "array",
  items: { enum: [...WATCHED_FIELDS] },
  description: "Members of the service that differ from what was told of it before, or of what it replaces.",
};

const AT = moment("When it was told.");

/** The JSON Schema (draft 2020-12) of one line that `discover watch` writes where there is no terminal. */
export const WATCH_SCHEMA: JsonObject = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  $id: `urn:sonde:watch:${SCHEMA_VERSION}`,
  title: "sonde watch line",
  description:
    "One line of a watch, told apart by event. Who applies them in turn has what is there: appeared and changed put a service under its id, changed takes those in replaces away, gone takes its service away.",
  oneOf: [
    closedObject<EventOf<"appeared">>("A service is there that was not.", {
      event: named("appeared"),
      at: AT,
      service: SERVICE,
    }),
    closedObject<EventOf<"changed">>("A service is another, or more was learned of it.", {
      event: named("changed"),
      at: AT,
      service: SERVICE,
      replaces: texts("Ids of services that were told of and turned out to be this one."),
      fields: FIELDS,
    }),
    closedObject<EventOf<"gone">>("A service is not there any more.", {
      event: named("gone"),
      at: AT,
      service: { ...SERVICE, description: "As it was last known." },
      reason: oneOf("Why.", REASONS),
    }),
    closedObject<EventOf<"round">>("Everything was looked at once.", {
      event: named("round"),
      at: AT,
      coverage: COVERAGE,
      services: whole("Services that are there."),
    }),
    closedObject<EventOf<"warning">>("Something the reader ought to know.", {
      event: named("warning"),
      at: AT,
      warning: text("One line."),
    }),
  ],
};
