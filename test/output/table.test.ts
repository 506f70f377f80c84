import { stripVTControlCharacters } from "node:util";

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { Inventory, Service } from "../../src/model/inventory.ts";
import type { FormatContext } from "../../src/model/output.ts";
import table from "../../src/output/formats/table.ts";
import { displayWidth } from "../../src/output/table/display-width.ts";
import { inventory } from "./arbitrary-inventory.ts";
import { bareService, EMPTY, INTERRUPTED, MIXED } from "./inventory-fixture.ts";

async function toTable(document: Inventory, context: Partial<FormatContext> = {}): Promise<string> {
  return table.kind === "document" ? await table.format(document, { color: false, ...context }) : "";
}

async function rowOf(change: Partial<Service>): Promise<string> {
  return (await toTable({ ...MIXED, services: [bareService(change)] })).split("\n")[1] ?? "";
}

function certified(validTo: string): Promise<string> {
  const certificate = { subject: "a.example", validTo };
  return rowOf({ tls: true, metadata: { tls: { protocol: "TLSv1.3", certificate } } });
}

describe("table", () => {
  test.each([
    ["good_mixed.txt", MIXED, {}],
    ["good_mixed_80.txt", MIXED, { width: 80 }],
    ["good_interrupted_80.txt", INTERRUPTED, { width: 80 }],
    ["good_interrupted_color.txt", INTERRUPTED, { color: true }],
    ["good_empty.txt", EMPTY, {}],
  ])("is as %s has it", async (file, document, context) => {
    await expect(await toTable(document, context)).toMatchFileSnapshot(`../../fixtures/output/${file}`);
  });

  test("fits any width, ends no line with a blank, and lets no stranger speak to the terminal", async () => {
    await fc.assert(
      fc.asyncProperty(inventory, fc.integer({ min: 1, max: 120 }), async (document, width) => {
        const lines = (await toTable(document, { width })).split("\n");
        expect(lines.filter((line) => displayWidth(line) > width)).toEqual([]);
        expect(lines.filter((line) => /\s$|[\p{C}\p{Zl}\p{Zp}]/u.test(line))).toEqual([]);
      }),
    );
  });

  test("is the same text in colour, its own colours aside", async () => {
    await fc.assert(
      fc.asyncProperty(inventory, fc.integer({ min: 20, max: 120 }), async (document, width) => {
        const painted = await toTable(document, { width, color: true });
        expect(stripVTControlCharacters(painted)).toBe(await toTable(document, { width }));
      }),
    );
  });

  test("keeps the columns in line beside wide and combining characters", async () => {
    const names = ["plain.example", "東京.example", "cafe\u0301.example", "한국.example", "🦊.example"];
    const services = names.map((hostname) => bareService({ hostnames: [hostname], status: "healthy" }));
    const [header = "", ...lines] = (await toTable({ ...MIXED, services })).split("\n");
    const starts = lines
      .slice(0, names.length)
      .map((line) => displayWidth(line.slice(0, line.indexOf("healthy"))));
    expect(starts).toEqual(names.map(() => header.indexOf("STATUS")));
  });

  test("cuts the last column first and marks the cut", async () => {
    const services = [bareService({ metadata: { firstBytes: "x".repeat(100) } })];
    const [, row = ""] = (await toTable({ ...MIXED, services }, { width: 60 })).split("\n");
    expect(row).toMatch(/^unknown {2}10\.0\.0\.7:7 {2}unknown {2}said "x+…$/);
    expect(displayWidth(row)).toBe(60);
  });

  test("cuts the widest of the other columns where the last alone is not enough", async () => {
    const services = [bareService({ version: "9".repeat(200), metadata: { firstBytes: "x".repeat(100) } })];
    const [, row = ""] = (await toTable({ ...MIXED, services }, { width: 60 })).split("\n");
    expect(row).toMatch(/^unknown 9+… {2}10\.0\.0\.7:7 {2}unknown {2}said "x{9}…$/);
  });

  test("says once that a client certificate is wanted, whether or not the server showed its own", async () => {
    const evidence = [
      {
        strategy: "tcp",
        at: MIXED.scan.startedAt,
        endpoint: "10.0.0.7:7",
        summary: "wants a client certificate",
      },
    ];
    for (const certificate of [undefined, { subject: "db.example" }]) {
      const tls = { protocol: "TLSv1.2", ...(certificate && { certificate }), clientCertificate: "required" };
      const row = await rowOf({ tls: true, evidence, metadata: { tls } });
      expect(row).toMatch(certificate ? /TLS db\.example, wants a/ : /TLSv1\.2, wants a/);
      expect(row.match(/wants a client certificate/g)).toHaveLength(1);
    }
    const wanted = { protocol: "TLSv1.3", clientCertificate: "wanted" };
    expect(await rowOf({ tls: true, metadata: { tls: wanted } })).not.toContain("client certificate");
  });

  test("names the product unless it only repeats the type", async () => {
    expect(await rowOf({ type: "redis", product: "Redis", version: "7.0" })).toMatch(/^redis 7\.0 {2}/);
    expect(await rowOf({ type: "mysql", product: "MariaDB", version: "11.4" })).toMatch(
      /^mysql · MariaDB 11\.4 {2}/,
    );
  });

  test("says when a certificate expires, or that it has", async () => {
    expect(await certified("2026-03-02T00:00:00.000Z")).toMatch(/TLS a\.example until 2026-03-02$/);
    expect(await certified("2026-02-28T00:00:00.000Z")).toMatch(/TLS a\.example expired 2026-02-28$/);
  });

  test("says why a client would refuse a certificate, and who is known by a name that tells something", async () => {
    const certificate = {
      subject: "a",
      validTo: "2027-01-01T00:00:00.000Z",
      problem: "self-signed certificate",
    };
    const tls = { protocol: "TLSv1.3", certificate };
    const row = await rowOf({
      tls: true,
      metadata: { tls },
      hostnames: ["localhost", "a.example", "b.example"],
    });
    expect(row).toContain("10.0.0.7:7 (a.example +1)");
    expect(row).toMatch(/TLS a until 2027-01-01, self-signed certificate$/);
  });

  test("does not say that nothing was found where something is open and not shown", async () => {
    expect(await toTable({ ...MIXED, services: [] })).toMatch(
      /^nothing to show: looked at 10\.0\.0\.0\/29, localhost /,
    );
  });

  test("says that it is incomplete even where every endpoint was reached", async () => {
    const coverage = { ...MIXED.coverage, complete: false };
    expect(await toTable({ ...MIXED, coverage })).toContain("incomplete: not everything was looked at");
  });
});
