import { parse } from "csv-parse/sync";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { Inventory, Service } from "../../src/model/inventory.ts";
import csv from "../../src/output/formats/csv.ts";
import { inventory, text } from "./arbitrary-inventory.ts";
import { PYTHON, foreign, testWith } from "./foreign.ts";
import { bareService, EMPTY, MIXED } from "./inventory-fixture.ts";

const FROM_CSV =
  "import csv, io, json, sys; t = io.TextIOWrapper(sys.stdin.buffer, 'utf-8', newline=''); json.dump(list(csv.reader(t, strict=True)), sys.stdout)";

async function toCsv(document: Inventory): Promise<string> {
  return csv.kind === "document" ? await csv.format(document, { color: false }) : "";
}

/** Rows as csv-parse has them, each line end strictly CRLF. */
function rows(written: string): string[][] {
  return parse(written, { record_delimiter: "\r\n" });
}

async function cellOf(change: Partial<Service>): Promise<string | undefined> {
  const [header = [], row = []] = rows(await toCsv({ ...MIXED, services: [bareService(change)] }));
  return row[header.indexOf(Object.keys(change)[0] ?? "")];
}

describe("csv", () => {
  test("is as the golden file has it", async () => {
    await expect(await toCsv(MIXED)).toMatchFileSnapshot("../../fixtures/output/good_mixed.csv");
  });

  test("ends every row with CRLF and has every field of a service as a column", async () => {
    const written = await toCsv(EMPTY);
    expect(written.endsWith("\r\n")).toBe(true);
    expect(rows(written)).toEqual([Object.keys(bareService())]);
  });

  testWith(PYTHON, ["--version"])("is what Python's csv module reads", async () => {
    const written = await toCsv(MIXED);
    expect(foreign(PYTHON, ["-c", FROM_CSV], written)).toEqual(rows(written));
  });

  test("has a row a service whatever strangers called themselves, and no control character but TAB, CR and LF", async () => {
    await fc.assert(
      fc.asyncProperty(inventory, async (document) => {
        const written = await toCsv(document);
        expect(written).not.toMatch(/(?![\t\r\n])[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u);
        const [header = [], ...found] = rows(written);
        expect(found.map((row) => row.length)).toEqual(document.services.map(() => header.length));
        expect(found.map((row) => JSON.parse(row[header.indexOf("metadata")] ?? ""))).toEqual(
          document.services.map(({ metadata }) => metadata),
        );
      }),
    );
  });

  test("gives back any text that has nothing to defuse or to escape", async () => {
    const plain = text.filter(
      (value) => !/^[=+\-@\t\r\n＝＋－＠]|[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/u.test(value),
    );
    await fc.assert(
      fc.asyncProperty(plain, async (version) => {
        expect(await cellOf({ version })).toBe(version);
      }),
    );
  });

  test.each([
    ["=1+1", "'=1+1"],
    ["+cmd", "'+cmd"],
    ["-x", "'-x"],
    ["@SUM(A1)", "'@SUM(A1)"],
    ["\tx", "'\tx"],
    ["\rx", "'\rx"],
    ["＝1", "'＝1"],
    ["-5", "-5"],
    ["+3.25", "+3.25"],
    ["-5+cmd", "'-5+cmd"],
    ["7.0=x", "7.0=x"],
    ["", ""],
    ['a"b,c\r\nd', 'a"b,c\r\nd'],
    ["\u001b[2J\u0000", "\\x1b[2J\\x00"],
    ["a\u202eb", "a\\u{202e}b"],
  ])("writes %j so that %j is read", async (version, expected) => {
    expect(await cellOf({ version })).toBe(expected);
  });

  test("joins lists with blanks and leaves what is null empty", async () => {
    expect(await cellOf({ addresses: ["10.0.0.7", "::1"] })).toBe("10.0.0.7 ::1");
    expect(await cellOf({ url: null })).toBe("");
  });
});
