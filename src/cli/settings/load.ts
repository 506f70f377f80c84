import type { Invocation } from "../command.ts";
import { loadConfigFile } from "./config-file.ts";
import { SETTINGS } from "./settings.ts";
import { type ReadSetting, type Sources, readSettings, resolve } from "./sources.ts";

type Given = Pick<Invocation, "flags" | "io">;

/** Flags, environment, and the config file that these name or that lies in the working directory. Throws `DiscoverError`. */
export async function loadSources({ flags, io }: Given, signal: AbortSignal): Promise<Sources> {
  const { env, cwd } = io;
  const named = resolve(SETTINGS.config, { flags, env, file: undefined }).value;
  return { flags, env, file: await loadConfigFile(named, cwd, signal) };
}

/** All settings of a call. Throws `DiscoverError`. */
export async function loadSettings(given: Given, signal: AbortSignal): Promise<ReadSetting> {
  return readSettings(await loadSources(given, signal));
}
