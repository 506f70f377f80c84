import type { DiscoveryEvent } from "../model/event.ts";
import { SCHEMA_VERSION } from "../model/inventory.ts";
import type { Inventory } from "../model/inventory.ts";
import type { JsonObject } from "../model/json.ts";
import { closedObject, text, texts, whole } from "./schema/field.ts";
import { COVERAGE, SCAN } from "./schema/scan-schema.ts";
import { SERVICE } from "./schema/service-schema.ts";

const DIALECT = "https://json-schema.org/draft/2020-12/schema";

const VERSION: JsonObject = {
  const: SCHEMA_VERSION,
  description: "Version of this document's shape; raised by a change that breaks a reader.",
};

const WARNINGS = texts("What the reader ought to know, one line each.");

/** The JSON Schema (draft 2020-12) of the document that `json` and `yaml` write. */
export const INVENTORY_SCHEMA: JsonObject = {
  $schema: DIALECT,
  $id: `urn:sonde:inventory:${SCHEMA_VERSION}`,
  title: "sonde inventory",
  ...closedObject<Inventory>("A snapshot of what was found.", {
    schemaVersion: VERSION,
    scan: SCAN,
    coverage: COVERAGE,
    services: { type: "array", items: SERVICE, description: "What was found, each real thing once." },
    warnings: WARNINGS,
  }),
};

type EventOf<Name extends DiscoveryEvent["event"]> = Extract<DiscoveryEvent, { readonly event: Name }>;

function named(event: DiscoveryEvent["event"]): JsonObject {
  return { const: event, description: "What kind of line this is." };
}

/** The JSON Schema (draft 2020-12) of one line that `ndjson` writes. */
export const LINE_SCHEMA: JsonObject = {
  $schema: DIALECT,
  $id: `urn:sonde:line:${SCHEMA_VERSION}`,
  title: "sonde ndjson line",
  description: "One line of a run, told apart by event. There is one finished, and it is the last.",
  oneOf: [
    closedObject<EventOf<"started">>("The first line: how much there is to do.", {
      event: named("started"),
      scanId: text("Identifies the run."),
      addresses: whole("Addresses in the targets."),
      probes: whole("Endpoints that are to be probed."),
    }),
    closedObject<EventOf<"service">>("A service was found, or more was learned about it.", {
      event: named("service"),
      service: SERVICE,
      replaces: texts("Ids of services on earlier lines that this one takes the place of."),
    }),
    closedObject<EventOf<"gone">>("What was announced was withdrawn, and nothing else is there.", {
      event: named("gone"),
      id: text("The id of the service on an earlier line that is no longer valid."),
    }),
    closedObject<EventOf<"warning">>("Something the reader ought to know.", {
      event: named("warning"),
      warning: text("One line."),
    }),
    closedObject<{ readonly event: "finished" } & Omit<Inventory, "services">>(
      "The last line: the whole, without the services that had lines of their own.",
      {
        event: named("finished"),
        schemaVersion: VERSION,
        scan: SCAN,
        coverage: COVERAGE,
        warnings: WARNINGS,
      },
    ),
  ],
};
