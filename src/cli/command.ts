import type { Setting } from "./settings/setting.ts";
import type { SettingKey } from "./settings/settings.ts";
import type { FlagTexts } from "./settings/sources.ts";
import type { Io } from "./terminal/io.ts";

/** What a command is called with. */
export interface Invocation {
  /** What stands behind the command's name; for the scan, the targets. */
  readonly args: readonly string[];
  readonly flags: FlagTexts;
  readonly io: Io;
  /** The names of all commands. */
  readonly commands: readonly string[];
}

/** A line of `--help` that shows the command at work. */
export interface Example {
  readonly command: string;
  readonly does: string;
}

/** One command: a file in `commands/`, its default export. */
export interface Command {
  readonly examples: readonly Example[];
  /** What `--help` has to say besides, in lines of at most 80 columns. */
  readonly notes?: readonly string[];
  /** Resolves to the exit code. Throws `DiscoverError` for what the user can mend. */
  run(invocation: Invocation): Promise<number>;
}

/** What must be known of a command before it is loaded. */
export interface CommandRow {
  /** Empty: what runs where no command is named. */
  readonly name: string;
  readonly args: string;
  readonly summary: string;
  /** The flags that mean something to it. */
  readonly flags: readonly SettingKey[] | "all";
  /** Those of `flags` that mean something else to it than to a scan, and flags that are no settings (`FLAGS`). */
  readonly own?: readonly Setting<unknown>[];
  /** Of `all`, those that mean nothing to it. */
  readonly except?: readonly SettingKey[];
  load(): Promise<{ readonly default: Command }>;
}
