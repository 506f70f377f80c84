import { describe, expect, test } from "vitest";

import { loadCatalog } from "../../src/catalog/index.ts";
import { typesInFolder } from "./conversation.ts";

describe("the registry of services", () => {
  test("lists every file of the folder, in the order of the alphabet, and nothing else", async () => {
    const catalog = await loadCatalog();

    expect(catalog.entries.map((entry) => entry.type)).toEqual(await typesInFolder());
  });

  test("finds an entry by its type", async () => {
    const catalog = await loadCatalog();

    expect(catalog.get("redis")?.title).toBe("Redis");
    expect(catalog.get("no-such-service")).toBeUndefined();
  });

  test("has every port of every entry once, ascending", async () => {
    const catalog = await loadCatalog();
    const all = new Set(catalog.entries.flatMap((entry) => entry.ports));

    expect(catalog.ports).toEqual([...all].toSorted((a, b) => a - b));
  });
});
