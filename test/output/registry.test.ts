import { readdirSync } from "node:fs";

import { describe, expect, test } from "vitest";

import { FORMAT_NAMES, formatForFile, loadFormat } from "../../src/output/index.ts";

describe("the registry of output formats", () => {
  test("lists exactly the files of its folder", () => {
    const files = readdirSync(new URL("../../src/output/formats", import.meta.url));
    expect(files.toSorted()).toEqual(FORMAT_NAMES.map((name) => `${name}.ts`).toSorted());
  });

  test.each(FORMAT_NAMES)("has %s under the name it gives itself", async (name) => {
    const format = await loadFormat(name);
    expect(format.name).toBe(name);
    expect(format.summary).not.toBe("");
  });

  test("gives no extension to two formats", async () => {
    const formats = await Promise.all(FORMAT_NAMES.map((name) => loadFormat(name)));
    const extensions = formats.flatMap((format) => format.extensions);
    expect(new Set(extensions).size).toBe(extensions.length);
  });

  test.each([
    ["a.b/out.JSON", "json"],
    ["out.ndjson", "ndjson"],
    ["out.jsonl", "ndjson"],
    ["/tmp/out.yaml", "yaml"],
    ["out.yml", "yaml"],
    ["out.tar.csv", "csv"],
    ["out.txt", "table"],
    ["out.table", "table"],
  ])("saves %s as %s", async (path, name) => {
    expect((await formatForFile(path)).name).toBe(name);
  });

  test("refuses a name it does not know and says which it may have been", async () => {
    await expect(loadFormat("jsn")).rejects.toMatchObject({
      code: "bad-option",
      message: `output format 'jsn': not one of ${FORMAT_NAMES.join(", ")} — did you mean 'json'?`,
    });
    await expect(loadFormat("constructor")).rejects.toMatchObject({ code: "bad-option" });
  });

  test("refuses a file whose extension says nothing", async () => {
    await expect(formatForFile("out.jso")).rejects.toMatchObject({
      code: "bad-option",
      message: expect.stringMatching(
        /^cannot save to 'out\.jso': no format for '\.jso', .* — did you mean 'json'\?$/,
      ),
    });
    await expect(formatForFile("dir.json/out")).rejects.toThrow(
      "cannot save to 'dir.json/out': no extension",
    );
    await expect(formatForFile("a\u001b[2J")).rejects.toThrow("cannot save to 'a\\x1b[2J'");
  });
});
