import { nearest } from "../../model/nearest.ts";
import { shown } from "../../targets/token.ts";
import type { Origin, Resolved, Setting } from "./setting.ts";
import { originText } from "./setting.ts";
import { SETTING_LIST } from "./settings.ts";

/** What was typed, by setting key. */
export type FlagTexts = ReadonlyMap<string, readonly string[]>;

/** What a file says of one setting. */
export interface FileEntry {
  readonly texts: readonly string[];
  readonly line: number;
  /** How the file calls it, where that is not the setting's key: `discovery.ranges`. */
  readonly name?: string;
}

/** What a file says, by setting key. */
export type FileTexts = ReadonlyMap<string, FileEntry>;

/** A file with settings that was read: a config file, or a stack file. */
export interface ConfigFile {
  /** As it is called in messages. */
  readonly path: string;
  readonly entries: FileTexts;
}

export interface Sources {
  readonly flags: FlagTexts;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly file: ConfigFile | undefined;
  /** What a stack file says under `discovery`; it wins over the config file. */
  readonly stackFile?: ConfigFile;
}

/** Looks up settings: flags > environment > stack file > config file > defaults. */
export type ReadSetting = <T>(setting: Setting<T>) => Resolved<T>;

/** Checks everything that is set, used or not, and returns the look-up. Throws what the settings' parsers throw. */
export function readSettings(sources: Sources): ReadSetting {
  for (const setting of SETTING_LIST) resolve(setting, sources);
  return (setting) => resolve(setting, sources);
}

/** The value of one setting. Throws what its parser throws. */
export function resolve<T>(setting: Setting<T>, sources: Sources): Resolved<T> {
  const found = given(setting, sources);
  if (found === undefined) return { value: setting.fallback, origin: { kind: "default" } };
  const { texts, origin } = found;
  return { value: setting.parse(texts, { source: origin.kind, where: originText(origin) }), origin };
}

interface Given {
  readonly texts: readonly string[];
  readonly origin: Exclude<Origin, { kind: "default" }>;
}

function given(
  { key, flag, environment }: Setting<unknown>,
  { flags, env, file, stackFile }: Sources,
): Given | undefined {
  const typed = flags.get(key);
  if (typed !== undefined) {
    const negated = typed.at(-1) === "false" ? "no-" : "";
    return { texts: typed, origin: { kind: "flag", name: `--${negated}${flag}` } };
  }
  for (const { name, meaning } of environment) {
    // Empty is unset: `DISCOVERY_RATE= discover` is how a shell takes a value back.
    const value = env[name]?.trim() ?? "";
    const text = value === "" ? undefined : meaning === undefined ? value : meaning(value);
    if (text !== undefined) return { texts: [text], origin: { kind: "environment", name } };
  }
  for (const from of [stackFile, file]) {
    const entry = from?.entries.get(key);
    if (from === undefined || entry === undefined) continue;
    const { texts, line, name = key } = entry;
    return { texts, origin: { kind: "file", path: from.path, line, key: name } };
  }
  return undefined;
}

const PREFIX = "DISCOVERY_";

/** One line for each variable that looks like a setting's and is none; other programs may use the prefix, too. */
export function unknownVariables(env: Sources["env"]): string[] {
  const known = SETTING_LIST.flatMap(({ environment }) => environment.map(({ name }) => name));
  const endings = known.filter((name) => name.startsWith(PREFIX)).map((name) => name.slice(PREFIX.length));
  return Object.keys(env)
    .filter((name) => name.startsWith(PREFIX) && !known.includes(name))
    .toSorted()
    .flatMap((name) => {
      // By what is theirs alone: the prefix would make everything look alike.
      const meant = nearest(name.slice(PREFIX.length), endings);
      return meant === undefined
        ? []
        : [`${shown(name)} is not a setting — did you mean '${PREFIX}${meant}'?`];
    });
}
