import { access } from "node:fs/promises";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

import { fileFault, messageOf } from "../../model/error-code.ts";
import { DiscoverError } from "../../model/errors.ts";
import type { Strategy } from "../../model/strategy.ts";
import { shown } from "../../targets/token.ts";

const NAME = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;

/** The strategy that a module exports by default. Throws `bad-plugin`, naming the file and what is wrong with it. */
export async function loadPlugin(path: string, cwd: string): Promise<Strategy> {
  const refuse = (why: string, cause?: unknown): never => {
    throw new DiscoverError("bad-plugin", `plug-in ${shown(path)}: ${why}`, { cause });
  };
  const file = resolve(cwd, path);
  await access(file).catch((cause: unknown) => refuse(fileFault(cause), cause));
  let module: { readonly default?: unknown };
  try {
    module = await import(pathToFileURL(file).href);
  } catch (cause) {
    return refuse(`cannot be loaded: ${messageOf(cause)}`, cause);
  }
  const found = module.default;
  if (isStrategy(found)) return found;
  return refuse(strategyFault(found));
}

function isStrategy(value: unknown): value is Strategy {
  return strategyFault(value) === "";
}

/** What keeps a value from being a strategy; empty where nothing does. */
function strategyFault(value: unknown): string {
  if (typeof value !== "object" || value === null) return "its default export is not a strategy object";
  const { name, summary, observe }: { name?: unknown; summary?: unknown; observe?: unknown } = value;
  if (typeof name !== "string") return "its strategy has no name";
  if (!NAME.test(name)) return `its strategy's name '${shown(name)}' is not in kebab-case`;
  if (typeof summary !== "string" || summary === "") return "its strategy has no summary";
  return typeof observe === "function" ? "" : "its strategy has no observe function";
}
