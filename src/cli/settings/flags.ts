import { text, toggle } from "./kinds.ts";
import type { Setting } from "./setting.ts";

interface Flags {
  readonly file: Setting<string | undefined>;
  readonly assumeAbsent: Setting<boolean>;
  readonly plan: Setting<string | undefined>;
  readonly dryRun: Setting<boolean>;
  readonly keep: Setting<boolean>;
}

/** What can only be typed: it belongs to one call of one command, and never to an environment or a config file. */
export const FLAGS: Flags = {
  file: text<string | undefined>({
    flag: "file",
    argument: "<file>",
    environment: [],
    group: "What to do",
    summary: "The stack file; services.yaml or .json here, unless said; -f",
    fallback: undefined,
  }),
  assumeAbsent: toggle({
    flag: "assume-absent",
    environment: [],
    group: "What to do",
    summary: "Take what cannot be seen for absent: it may be started twice",
    fallback: false,
  }),
  plan: text<string | undefined>({
    flag: "plan",
    argument: "<file>",
    environment: [],
    group: "What to do",
    summary: "Carry out this saved plan, if what it rests on has not changed",
    fallback: undefined,
  }),
  dryRun: toggle({
    flag: "dry-run",
    environment: [],
    group: "What to do",
    summary: "Say what would be done, and do nothing",
    fallback: false,
  }),
  keep: toggle({
    flag: "keep",
    environment: [],
    group: "What to do",
    summary: "Where a required service fails, leave running what was started",
    fallback: false,
  }),
};

export const FLAG_LIST: readonly Setting<unknown>[] = Object.values<Setting<unknown>>({ ...FLAGS });

/** Short forms. */
export const SHORT: ReadonlyMap<string, string> = new Map([["-f", "--file"]]);
