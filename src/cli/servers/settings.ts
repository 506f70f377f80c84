import { resolve } from "node:path";

import type { Invocation } from "../command.ts";
import { loadConfigFile } from "../settings/config-file.ts";
import { SETTINGS } from "../settings/settings.ts";
import { type ReadSetting, readSettings, resolve as resolveSetting } from "../settings/sources.ts";

/** What the commands around the file of registered servers go by. */
export interface ServersSettings {
  readonly read: ReadSetting;
  /** As it was named, for messages. */
  readonly called: string;
  /** Where it is. */
  readonly file: string;
  /** Somebody named it; otherwise it is the one of the working directory. */
  readonly isNamed: boolean;
}

/** Reads settings and where the file is. Throws `DiscoverError`. */
export async function readServersSettings(
  { flags, io }: Pick<Invocation, "flags" | "io">,
  signal: AbortSignal,
): Promise<ServersSettings> {
  const { env, cwd } = io;
  const named = resolveSetting(SETTINGS.config, { flags, env, file: undefined }).value;
  const read = readSettings({ flags, env, file: await loadConfigFile(named, cwd, signal) });
  const { value: called, origin } = read(SETTINGS.servers);
  return { read, called, file: resolve(cwd, called), isNamed: origin.kind !== "default" };
}
