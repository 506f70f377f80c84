import type { Setting } from "../settings/setting.ts";
import { SETTINGS } from "../settings/settings.ts";

/** What these commands print is one document. */
export const STACK_OUTPUT: Setting<string> = {
  ...SETTINGS.output,
  summary: "table, json or yaml",
};

export const PLAN_SAVE: Setting<readonly string[]> = {
  ...SETTINGS.save,
  summary: "Write the plan to a .json or .yaml file, too; repeatable",
};

export const STACK_MAX_AGE: Setting<number | undefined> = {
  ...SETTINGS.maxAge,
  summary: "What was found longer ago is looked for anew; 5m, or the record's own TTL",
};
