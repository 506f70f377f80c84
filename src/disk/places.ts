import { isAbsolute, join } from "node:path";

/** The environment, and the home of who runs this. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
}

/** Where things lie that may be lost (XDG Base Directory Specification): `~/.cache/sonde`. */
export function cacheFolder(surroundings: Surroundings): string {
  return folder("XDG_CACHE_HOME", [".cache"], surroundings);
}

/** Where things lie that outlive a run, and belong to this machine: `~/.local/state/sonde`. */
export function stateFolder(surroundings: Surroundings): string {
  return folder("XDG_STATE_HOME", [".local", "state"], surroundings);
}

/** A relative path is no value: the specification says that it is to be passed over. */
function folder(variable: string, usual: readonly string[], { env, home }: Surroundings): string {
  const named = env[variable] ?? "";
  return join(isAbsolute(named) ? named : join(home, ...usual), "sonde");
}
