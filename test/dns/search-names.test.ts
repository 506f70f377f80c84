import { describe, expect, test } from "vitest";

import { nameText } from "../../src/dns/name.ts";
import { searchNames } from "../../src/dns/search-names.ts";
import { name } from "./scripted-servers.ts";

const SEARCH = [name("corp.test"), name("test")];

describe("the names that a name may stand for", () => {
  test.each([
    ["web", 1, ["web.corp.test", "web.test", "web"]],
    ["web.lab", 1, ["web.lab", "web.lab.corp.test", "web.lab.test"]],
    ["web.lab", 2, ["web.lab.corp.test", "web.lab.test", "web.lab"]],
    ["web", 0, ["web", "web.corp.test", "web.test"]],
  ])("of %s with ndots %i are %j", (text, ndots, expected) => {
    expect(searchNames(name(text), SEARCH, ndots).map(nameText)).toEqual(expected);
  });

  test("are each there once", () => {
    expect(searchNames(name("web"), [name("test"), name("TEST"), []], 1).map(nameText)).toEqual([
      "web.test",
      "web",
    ]);
  });
});
