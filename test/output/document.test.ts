import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse as parseYaml } from "yaml";

import type { Inventory } from "../../src/model/inventory.ts";
import json from "../../src/output/formats/json.ts";
import yaml from "../../src/output/formats/yaml.ts";
import { inventory } from "./arbitrary-inventory.ts";
import { PYTHON, foreign, testWith } from "./foreign.ts";
import { bareService, EMPTY, INTERRUPTED, MIXED } from "./inventory-fixture.ts";

const UNSAFE = /(?!\n)[\p{C}\p{Zl}\p{Zp}]/u;
const CONTEXT = { color: true, width: 20 };
const FROM_YAML = "import json, sys, yaml; json.dump(yaml.safe_load(sys.stdin.buffer), sys.stdout)";
const FROM_JSON = "import json, sys; json.dump(json.load(sys.stdin.buffer), sys.stdout)";
const SAMPLES = { MIXED, INTERRUPTED, EMPTY };

async function toJson(document: Inventory): Promise<string> {
  return json.kind === "document" ? await json.format(document, CONTEXT) : "";
}

async function toYaml(document: Inventory): Promise<string> {
  return yaml.kind === "document" ? await yaml.format(document, CONTEXT) : "";
}

describe("json", () => {
  test("is as the golden file has it", async () => {
    await expect(await toJson(MIXED)).toMatchFileSnapshot("../../fixtures/output/good_mixed.json");
  });

  test("gives any inventory back, and nothing in it that a terminal would obey", async () => {
    await fc.assert(
      fc.asyncProperty(inventory, async (document) => {
        const text = await toJson(document);
        expect(text).not.toMatch(UNSAFE);
        expect(JSON.parse(text)).toEqual(document);
      }),
    );
  });

  describe.each(Object.entries(SAMPLES))("of %s", (_name, document) => {
    testWith(PYTHON, ["--version"])("is what Python reads", async () => {
      expect(foreign(PYTHON, ["-c", FROM_JSON], await toJson(document))).toEqual(document);
    });

    testWith("jq", ["--version"])("is what jq reads", async () => {
      expect(foreign("jq", ["-e", "."], await toJson(document))).toEqual(document);
    });
  });

  testWith("jq", ["--version"])("lets jq pick services by type", async () => {
    const picked = foreign(
      "jq",
      ["-e", '.services[] | select(.type=="postgresql") | .port'],
      await toJson(MIXED),
    );
    expect(picked).toBe(5433);
  });
});

test("a surrogate without its partner becomes U+FFFD in json and in yaml, and text about one stays", async () => {
  const metadata = { "a\udc00": ["\ud83d", "\ud83d\ude00", "\\ud83d", "\\\ud83d"] };
  const expected = { "a\ufffd": ["\ufffd", "\ud83d\ude00", "\\ud83d", "\\\ufffd"] };
  const document = { ...EMPTY, services: [bareService({ metadata })] };
  const [jsonText, yamlText] = [await toJson(document), await toYaml(document)];
  const read = { ...EMPTY, services: [bareService({ metadata: expected })] };
  expect(JSON.parse(jsonText)).toEqual(read);
  expect(parseYaml(yamlText)).toEqual(read);
});

describe("yaml", () => {
  test("is as the golden file has it", async () => {
    await expect(await toYaml(MIXED)).toMatchFileSnapshot("../../fixtures/output/good_mixed.yaml");
  });

  test("gives any inventory back, and nothing in it that a terminal would obey", async () => {
    await fc.assert(
      fc.asyncProperty(inventory, async (document) => {
        const text = await toYaml(document);
        expect(text).not.toMatch(UNSAFE);
        expect(parseYaml(text)).toEqual(document);
        expect(parseYaml(text, { version: "1.1", merge: false })).toEqual(document);
      }),
    );
  });

  describe.each(Object.entries(SAMPLES))("of %s", (_name, document) => {
    testWith(PYTHON, ["-c", "import yaml"])("is what Python's parser of YAML 1.1 reads", async () => {
      expect(foreign(PYTHON, ["-c", FROM_YAML], await toYaml(document))).toEqual(document);
    });
  });
});
