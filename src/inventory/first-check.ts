import type { Service } from "../model/inventory.ts";
import { arrayAt, asObject, stringAt } from "../model/json.ts";
import type { HealthReport } from "../model/observation.ts";

/** The health check that decided, where one was answered. */
export function firstCheck({
  metadata,
}: Service): Pick<HealthReport, "path" | "code" | "summary"> | undefined {
  const check = asObject(arrayAt(metadata, "checks")?.[0]);
  const code = check?.["code"];
  if (check === undefined || typeof code !== "number") return undefined;
  return { path: stringAt(check, "path") ?? "", code, summary: stringAt(check, "summary") ?? "" };
}
