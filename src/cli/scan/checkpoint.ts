import { resolve } from "node:path";

import { destination } from "../../disk/destination.ts";
import { DiscoverError } from "../../model/errors.ts";
import { shown } from "../../targets/token.ts";
import { originText } from "../settings/setting.ts";
import { SETTINGS } from "../settings/settings.ts";
import type { ReadSetting } from "../settings/sources.ts";

/**
 * The file in which a scan keeps account; undefined where nobody wants that. Throws `bad-option` where it is one that the
 * scan reads or writes besides, links followed: one of the two would be lost.
 */
export async function checkpointFor(read: ReadSetting, cwd: string): Promise<string | undefined> {
  const { value: checkpoint, origin } = read(SETTINGS.checkpoint);
  if (checkpoint === undefined) return undefined;
  const file = await destination(resolve(cwd, checkpoint));
  for (const [what, path] of otherFiles(read)) {
    if (path === "-" || (await destination(resolve(cwd, path))) !== file) continue;
    throw new DiscoverError(
      "bad-option",
      `${originText(origin)} and ${what} name one file, ${shown(checkpoint)}: give the checkpoint a file of its own`,
    );
  }
  return checkpoint;
}

/** What names them, and their paths. */
function otherFiles(read: ReadSetting): (readonly [string, string])[] {
  const { save, targetsFile, config } = {
    save: read(SETTINGS.save),
    targetsFile: read(SETTINGS.targetsFile),
    config: read(SETTINGS.config),
  };
  return [
    ...save.value.map((path) => [originText(save.origin), path] as const),
    ...targetsFile.value.map((path) => [originText(targetsFile.origin), path] as const),
    ...(config.value === undefined ? [] : [[originText(config.origin), config.value] as const]),
  ];
}
