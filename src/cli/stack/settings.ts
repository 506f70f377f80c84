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
