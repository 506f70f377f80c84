import { SCHEMA_VERSION } from "../../model/inventory.ts";
import type { JsonObject } from "../../model/json.ts";
import type { ProcessFacts } from "../../model/observation.ts";
import type { Binding, PortBindings, PortListener, PortReport, PortState } from "../../model/port-report.ts";
import { closedObject, oneOf, text, textOrNull, whole } from "./field.ts";
import { SERVICE } from "./service-schema.ts";

const STATES: Readonly<Record<PortState, string>> = {
  free: "nothing has it",
  expected: "what it should be has it, and nothing else",
  other: "something else has it; anything, where no type was given",
};

const BINDINGS: Readonly<Record<Binding, string>> = {
  free: "it could be bound, and was let go at once",
  taken: "somebody has it, on every address or on one",
  forbidden: "this user may not bind it, so that nothing follows",
  absent: "this machine does not have that family",
  failed: "it could not be tried, so that nothing follows",
};

const PROCESS: JsonObject = closedObject<ProcessFacts>("The process that holds the socket.", {
  pid: whole("Process id.", 1),
  name: text("Name of the process."),
});

const LISTENER: JsonObject = closedObject<PortListener>(
  "A socket of this machine that listens on the port.",
  {
    address: text("As it is bound: 0.0.0.0 and :: stand for every address."),
    process: {
      anyOf: [PROCESS, { type: "null" }],
      description: "The process; null where this user may not see it.",
    },
  },
);

const PORT: JsonObject = { type: "integer", minimum: 1, maximum: 65_535, description: "The port." };

/** The JSON Schema (draft 2020-12) of the document that `discover check --output=json` writes. */
export const PORT_SCHEMA: JsonObject = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  $id: `urn:sonde:check:${SCHEMA_VERSION}`,
  title: "sonde check",
  ...closedObject<PortReport>("Who has a TCP port of this machine.", {
    schemaVersion: {
      const: SCHEMA_VERSION,
      description: "Version of this document's shape; raised by a change that breaks a reader.",
    },
    port: PORT,
    wanted: textOrNull("The type or product that it should be; null where none was given."),
    state: oneOf("Who has it.", STATES),
    summary: text("The whole in one line."),
    nextFree: {
      anyOf: [PORT, { type: "null" }],
      description: "The next port that is free, where something else has this one; null where none is near.",
    },
    bindings: closedObject<PortBindings>("What came of binding it.", {
      ipv4: oneOf("On 0.0.0.0.", BINDINGS),
      ipv6: oneOf("On ::, without IPv4.", BINDINGS),
    }),
    listeners: { type: "array", items: LISTENER, description: "Who listens on it, as the system says." },
    services: { type: "array", items: SERVICE, description: "What answered there." },
  }),
};
