import { existsSync, mkdtempSync, renameSync } from "node:fs";

import { run } from "./command.ts";

/** On the world's own /run: gone with it. */
const TEMPLATES = "/run/lab-template-";

/**
 * Copies into `target` a folder that takes long to make, such as a fresh database: made once in this world, whoever
 * asks first, and copied from then on. `make` is handed an empty folder to fill.
 */
export async function copyTemplate(
  name: string,
  target: string,
  make: (folder: string) => Promise<void>,
): Promise<void> {
  const template = `${TEMPLATES}${name}`;
  if (!existsSync(template)) await build(template, make);
  await run(["cp", "--archive", template, target]);
}

/** Made aside and then renamed, so that nobody ever copies half of one. */
async function build(template: string, make: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(`${template}-`);
  await make(folder);
  if (!existsSync(template)) renameSync(folder, template);
}
