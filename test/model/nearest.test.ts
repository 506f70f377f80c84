import { expect, test } from "vitest";

import { nearest, suggestion } from "../../src/model/nearest.ts";

const WORDS = ["postgresql", "prometheus", "redis", "--ports", "--http-ports"];

test.each([
  ["postgresq", "postgresql"],
  ["rdeis", "redis"],
  ["REDSI", "redis"],
  ["--prots", "--ports"],
  ["postgre", "postgresql"],
  ["pos", "postgresql"],
  ["po", undefined],
  ["p", undefined],
  ["elephant", undefined],
  ["", undefined],
])("'%s' is most likely %s", (word, meant) => {
  expect(nearest(word, WORDS)).toBe(meant);
});

test("a beginning that several share is nobody's", () => {
  expect(nearest("mon", ["mongodb", "monitor"])).toBeUndefined();
});

test("a suggestion is a question, and nothing where there is none", () => {
  expect(suggestion("postgre", WORDS)).toBe(" — did you mean 'postgresql'?");
  expect(suggestion("elephant", WORDS)).toBe("");
});
