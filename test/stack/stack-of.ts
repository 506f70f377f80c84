import { loadCatalog } from "../../src/catalog/index.ts";
import { settingTexts } from "../../src/cli/settings/config-file.ts";
import { typeWords } from "../../src/inventory/filter.ts";
import { DiscoverError } from "../../src/model/errors.ts";
import type { ReadStack } from "../../src/stack/read.ts";
import { readStack } from "../../src/stack/read.ts";

const TYPES = typeWords(await loadCatalog());

/** The stack of a text, as the command reads it. */
export function stackOf(text: string): Promise<ReadStack> {
  return readStack(text, {
    file: "services.yaml",
    folder: "/somewhere",
    types: TYPES,
    readSetting: settingTexts,
  });
}

/** What is wrong with a text, without the file's name; undefined where nothing is. */
export async function faultOf(text: string): Promise<string | undefined> {
  try {
    await stackOf(text);
    return undefined;
  } catch (error) {
    if (!(error instanceof DiscoverError) || error.code !== "bad-stack") throw error;
    return error.message.replace(/^services\.yaml /, "");
  }
}
