import { text } from "../settings/kinds.ts";
import type { Setting } from "../settings/setting.ts";
import { SETTINGS } from "../settings/settings.ts";

/** What environment and config file say of the output is meant for scans. */
export const WATCH_OUTPUT: Setting<string | undefined> = text<string | undefined>({
  flag: "output",
  argument: "<format>",
  environment: [],
  group: "What to show",
  summary: "ndjson, a line for each change; on a terminal, a table",
  fallback: undefined,
});

/** The same setting as a scan's, which means a little else here: for `--help`. */
export const WATCH_DEADLINE: Setting<number | undefined> = {
  ...SETTINGS.deadline,
  summary: "How long one round may take",
};
