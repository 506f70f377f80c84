import { readFile, realpath } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";

import { loadCatalog } from "./catalog/index.ts";
import { typeWords } from "./inventory/filter.ts";
import { fileFault } from "./model/error-code.ts";
import { DiscoverError } from "./model/errors.ts";
import { type ReadStack, readStack } from "./stack/read.ts";
import { shown } from "./targets/token.ts";

/**
 * Reads a stack file, YAML or JSON, for `BootManager`. Settings under `discovery` come along as the texts that they were
 * written as, and nothing acts on them here: what is to be looked at, and how, a `BootManager` is told as `DiscoverOptions`.
 * Throws `DiscoverError`: `file` where it cannot be read, `bad-stack` with line and column of the first fault.
 */
export async function readStackFile(path: string): Promise<ReadStack> {
  const { text, folder, realName } = await contentOf(path).catch((cause: unknown) => {
    throw new DiscoverError("file", `stack file ${shown(path)}: ${fileFault(cause)}`, { cause });
  });
  return readStack(text, {
    file: path,
    folder,
    realName,
    types: typeWords(await loadCatalog()),
    readSetting: (_key, node) => {
      const items = node.kind === "list" ? node.items : [node];
      return items.flatMap((item) => (item.kind === "scalar" ? item.written : []));
    },
  });
}

/** Links followed in the folder's path, so that a stack is the same one by whatever way it is come to. */
async function contentOf(path: string): Promise<{ text: string; folder: string; realName: string }> {
  const text = await readFile(path, "utf8");
  const real = await realpath(resolve(path));
  return { text, folder: dirname(real), realName: basename(real) };
}
