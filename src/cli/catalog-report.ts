import { loadCatalog } from "../catalog/index.ts";
import { typeWords } from "../inventory/filter.ts";
import type { Catalog, CatalogEntry } from "../model/catalog.ts";
import { catalogFacts, catalogLines } from "./catalog-facts.ts";
import type { Invocation } from "./command.ts";
import { EXIT } from "./exit-code.ts";
import { requireKnown } from "./settings/kinds.ts";
import { SETTINGS } from "./settings/settings.ts";
import { resolve } from "./settings/sources.ts";
import { tableText, wantsJson } from "./terminal/plain-output.ts";

const HEADER = ["TYPE", "CATEGORY", "PORTS", "SUMMARY"];

/** The entries of these types, or all; a product's name stands for its entry. Throws `bad-setting`. */
function select(catalog: Catalog, words: readonly string[]): readonly CatalogEntry[] {
  const { entries } = catalog;
  if (words.length === 0) return entries.toSorted((a, b) => (a.type < b.type ? -1 : 1));
  const known = typeWords(catalog).filter((word) => word !== "unknown");
  return words.flatMap((given) => {
    const word = given.toLowerCase();
    requireKnown(word, "type", known, "argument");
    const entry = catalog.get(word);
    if (entry !== undefined) return [entry];
    return entries.filter(({ products = [] }) => products.some((name) => name.toLowerCase() === word));
  });
}

/** Prints the catalog, or some of it. Throws `bad-setting` for a type or format that is none. */
export async function runCatalog({ args, flags, io }: Invocation): Promise<number> {
  const json = wantsJson(flags);
  const categories = resolve(SETTINGS.category, { flags, env: {}, file: undefined }).value;
  const words = args.flatMap((arg) => arg.split(","));
  const chosen = select(await loadCatalog(), words);
  const entries = chosen.filter(({ category }) => categories.length === 0 || categories.includes(category));
  const rows = entries.map(({ type, category, ports, summary }) => [
    type,
    category,
    ports.join(","),
    summary,
  ]);
  if (json) io.stdout.write(`${JSON.stringify(entries.map(catalogFacts), null, 2)}\n`);
  else if (words.length > 0) io.stdout.write(entries.map(catalogLines).join("\n"));
  else io.stdout.write(tableText([HEADER, ...rows], io));
  return EXIT.complete;
}
