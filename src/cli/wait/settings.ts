import { duration, ports, text } from "../settings/kinds.ts";
import type { Setting } from "../settings/setting.ts";
import { SETTINGS } from "../settings/settings.ts";

/** How long the whole wait may take. The connect timeout is what its environment variable and the config file say. */
export const WAIT_TIMEOUT: Setting<number> = duration({
  flag: "timeout",
  argument: "<time>",
  environment: [],
  group: "How to look",
  summary: "How long to wait for all of it: 500ms, 2s, 1m or seconds",
  fallback: 30_000,
});

/** Where a type is looked for; what environment and config file say of ports is meant for scans. */
export const WAIT_PORTS: Setting<string | undefined> = ports<string | undefined>({
  flag: "ports",
  argument: "<ports>",
  environment: [],
  group: "Where to look",
  summary: "Where a type is looked for, not at its own ports",
  fallback: undefined,
});

/** The same settings as a scan's, which mean a little else here: for `--help`. */
export const WAIT_RANGE: Setting<readonly string[]> = {
  ...SETTINGS.range,
  summary: "Where a type is looked for, not on this machine; repeatable",
};

export const LINES_QUIET: Setting<boolean> = {
  ...SETTINGS.quiet,
  summary: "No lines: the exit status tells",
};

/** Of commands that print lines for people. */
export const LINES_OUTPUT: Setting<string | undefined> = text<string | undefined>({
  flag: "output",
  argument: "<format>",
  environment: [],
  group: "What to show",
  summary: "json: one document in place of lines",
  fallback: undefined,
});
