import {
  BOOT_VERSION,
  type BootReport,
  type BootStatus,
  type BootedService,
  DOWN_VERSION,
  type DownReport,
  type StoppedService,
} from "../../model/boot.ts";
import type { JsonObject } from "../../model/json.ts";
import { amount, closedObject, moment, oneOf, text, textOrNull, texts, whole } from "./field.ts";

const DIALECT = "https://json-schema.org/draft/2020-12/schema";

const STATUSES: Readonly<Record<BootStatus, string>> = {
  started: "this boot started it, and it is well",
  adopted: "it was there already, and answers as it should; or an earlier boot started it",
  remote: "it belongs on another host, and is there",
  skipped: "it is optional and cannot be had, or what it needs is not there, or the boot ended first",
  failed: "it should be there, and is not",
};

const STOPPED: Readonly<Record<StoppedService["status"], string>> = {
  stopped: "it ran, and runs no more",
  gone: "it ran no more",
  failed: "it would not end",
};

const SERVICE: JsonObject = closedObject<BootedService>("What became of one instance of a service.", {
  service: text("Its key in the stack file."),
  instance: whole("From 1 up to its replicas.", 1),
  type: text("What it is to be: a type or product of the catalog."),
  required: flag("Whether the stack is of no use without it."),
  status: oneOf("What became of it.", STATUSES),
  host: textOrNull("Where: localhost, a host of the stack, or an address; null where nowhere."),
  address: textOrNull("Where it can be reached."),
  port: numberOrNull("Its port, the first where it has several.", { minimum: 1, maximum: 65_535 }),
  url: textOrNull("How to reach it, where its scheme is known."),
  pid: numberOrNull("Its process, where sonde started it as one.", { minimum: 1 }),
  log: textOrNull("The file that its output goes to; null where sonde did not start it."),
  summary: text("What happened, in one line."),
  remedy: textOrNull("What can be done about it; null where nothing is amiss."),
  logTail: texts("The last lines of its output, where that tells why it failed."),
  rolledBack: flag("Whether this boot started it, and stopped it again."),
  durationMs: amount("How long it took, in milliseconds."),
});

/** The JSON Schema (draft 2020-12) of the document that `discover boot --output=json` writes. */
export const BOOT_SCHEMA: JsonObject = {
  $schema: DIALECT,
  $id: `urn:sonde:boot:${BOOT_VERSION}`,
  title: "sonde boot",
  ...closedObject<BootReport>("What came of carrying out a plan.", {
    schemaVersion: version(BOOT_VERSION),
    stack: text("The stack file, as it was named."),
    ok: flag("Whether everything that is required is there."),
    dryRun: flag("Whether nothing was to be started."),
    services: { type: "array", items: SERVICE, description: "In the order of the plan." },
    warnings: texts("What the reader ought to know, one line each."),
    startedAt: moment("When the boot began."),
    durationMs: amount("How long it took, in milliseconds."),
  }),
};

/** The JSON Schema (draft 2020-12) of the document that `discover down --output=json` writes. */
export const DOWN_SCHEMA: JsonObject = {
  $schema: DIALECT,
  $id: `urn:sonde:down:${DOWN_VERSION}`,
  title: "sonde down",
  ...closedObject<DownReport>("What became of what boots of a stack had started.", {
    schemaVersion: version(DOWN_VERSION),
    ok: flag("Whether nothing that was started runs any more."),
    services: {
      type: "array",
      items: closedObject<StoppedService>("What became of one instance of a service.", {
        service: text("Its key in the stack file."),
        instance: whole("From 1 up to its replicas.", 1),
        status: oneOf("What became of it.", STOPPED),
        summary: text("What happened, in one line."),
      }),
      description: "In the order in which they were stopped.",
    },
    warnings: texts("What the reader ought to know, one line each."),
  }),
};

function version(number: number): JsonObject {
  return {
    const: number,
    description: "Version of this document's shape; raised by a change that breaks a reader.",
  };
}

function flag(description: string): JsonObject {
  return { type: "boolean", description };
}

function numberOrNull(description: string, bounds: JsonObject): JsonObject {
  return { anyOf: [{ type: "integer", ...bounds }, { type: "null" }], description };
}
