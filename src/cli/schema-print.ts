import { DiscoverError } from "../model/errors.ts";
import type { JsonObject } from "../model/json.ts";
import { INVENTORY_SCHEMA } from "../output/schema.ts";
import { BOOT_SCHEMA, DOWN_SCHEMA } from "../output/schema/boot-schema.ts";
import { PLAN_SCHEMA } from "../output/schema/plan-schema.ts";
import { PORT_SCHEMA } from "../output/schema/port-schema.ts";
import { REPORT_SCHEMA } from "../output/schema/report-schema.ts";
import { WAIT_SCHEMA } from "../output/schema/wait-schema.ts";
import { WATCH_SCHEMA } from "../output/schema/watch-schema.ts";
import { shown } from "../targets/token.ts";
import type { Invocation } from "./command.ts";
import { EXIT } from "./exit-code.ts";
import { requireKnown } from "./settings/kinds.ts";

/** By the command that writes the document; a scan has no name. */
const SCHEMAS: ReadonlyMap<string, () => JsonObject | Promise<JsonObject>> = new Map<
  string,
  () => JsonObject | Promise<JsonObject>
>([
  ["scan", () => INVENTORY_SCHEMA],
  ["watch", () => WATCH_SCHEMA],
  ["wait", () => WAIT_SCHEMA],
  ["check", () => PORT_SCHEMA],
  ["plan", () => PLAN_SCHEMA],
  ["boot", () => BOOT_SCHEMA],
  ["down", () => DOWN_SCHEMA],
  ["report", () => REPORT_SCHEMA],
  // What is read, not written.
  ["stack", async () => (await import("./stack/schema.ts")).publishedStackSchema()],
]);

/** Prints the JSON Schema of one document. Throws `DiscoverError` for one that there is not. */
export async function printSchema({ args, io }: Invocation): Promise<number> {
  const [name = "scan", ...more] = args;
  if (more.length > 0)
    throw new DiscoverError("bad-option", `one document at a time, not ${shown(more.join(" "))}`);
  requireKnown(name, "document", [...SCHEMAS.keys()], "argument");
  io.stdout.write(`${JSON.stringify(await SCHEMAS.get(name)?.(), null, 2)}\n`);
  return EXIT.complete;
}
