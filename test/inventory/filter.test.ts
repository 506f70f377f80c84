import { describe, expect, test } from "vitest";

import { createCatalog } from "../../src/catalog/index.ts";
import { filterInventory, isNamed, matchesFilter, typeWords } from "../../src/inventory/filter.ts";
import type { CatalogEntry } from "../../src/model/catalog.ts";
import { inventory, service } from "../cli/fake-io.ts";

function entry(type: string, products: readonly string[]): CatalogEntry {
  return { type, title: type, category: "cache", summary: "", ports: [], products, examples: [] };
}

const catalog = createCatalog([entry("redis", ["Redis", "Valkey"]), entry("mysql", ["MySQL", "MariaDB"])]);
const valkey = service("redis", { product: "Valkey" });
const maria = service("mysql", { product: "MariaDB", category: "database" });

describe("a word for a type", () => {
  test.each([
    ["redis", true],
    ["Redis", true],
    ["valkey", true],
    ["mysql", false],
    ["mariadb", false],
    ["unknown", false],
  ])("%s is a Valkey: %s", (word, expected) => {
    expect(isNamed(valkey, word, catalog)).toBe(expected);
  });

  test("that is a type means every product of it, and a product only itself", () => {
    expect(isNamed(service("redis", { product: "Redis" }), "valkey", catalog)).toBe(false);
    expect(isNamed(maria, "mysql", catalog)).toBe(true);
    // Another type's product has no say where the word is a type.
    expect(isNamed(service("http", { product: "Redis" }), "redis", catalog)).toBe(false);
  });

  test("is one of the catalog's types and products, or unknown", () => {
    expect(typeWords(catalog)).toEqual(["redis", "valkey", "mysql", "mariadb", "unknown"]);
  });
});

describe("a filter", () => {
  test("lets all through where it names nothing", () => {
    expect(matchesFilter(valkey, { types: [], categories: [] }, catalog)).toBe(true);
  });

  test("wants type and category both", () => {
    expect(matchesFilter(maria, { types: ["redis", "mariadb"], categories: ["database"] }, catalog)).toBe(
      true,
    );
    expect(matchesFilter(maria, { types: ["mariadb"], categories: ["cache"] }, catalog)).toBe(false);
    expect(matchesFilter(maria, { types: ["redis"], categories: ["database"] }, catalog)).toBe(false);
  });

  test("changes what is shown of an inventory and nothing else", () => {
    const whole = inventory([valkey, maria], { warnings: ["beware"] });
    const filtered = filterInventory(whole, { types: ["valkey"], categories: [] }, catalog);
    expect(filtered).toEqual({ ...whole, services: [valkey] });
    expect(whole.services).toHaveLength(2);
  });
});
