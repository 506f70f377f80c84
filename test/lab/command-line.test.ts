import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import addFormats from "ajv-formats";
import { Ajv2020 } from "ajv/dist/2020.js";
import { parse as parseCsv } from "csv-parse/sync";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { Inventory } from "../../src/index.ts";
import { INVENTORY_SCHEMA } from "../../src/output/schema.ts";
import { type Finished, ended, start } from "../cli/built.ts";
import { PYTHON, foreign, testWith } from "../output/foreign.ts";
import { createLab } from "./lab.ts";
import type { Lab } from "./lab.ts";

const ajv = new Ajv2020({ allErrors: true });
addFormats.default(ajv);
const isInventory = ajv.compile<Inventory>(INVENTORY_SCHEMA);

/** The document, once the published schema has nothing against it. */
function inventoryIn(text: string): Inventory {
  const document: unknown = JSON.parse(text);
  if (!isInventory(document)) throw new Error(`not by the schema: ${ajv.errorsText(isInventory.errors)}`);
  return document;
}

describe("the command, with real servers on this machine", () => {
  let lab: Lab;
  let cwd = "";
  const discover = (...argv: string[]): Promise<Finished> => ended(start(argv, { cwd }));

  beforeAll(async () => {
    cwd = mkdtempSync(path.join(tmpdir(), "sonde-command-"));
    lab = await createLab();
    const tls = await lab.certificate("shop.test");
    await Promise.all([
      lab.local.redis({ port: 17_001 }),
      lab.local.postgres({ port: 17_002 }),
      lab.local.nginx({ port: 17_003, tls, tlsPort: 17_004 }),
      lab.local.bad("garbage", 17_005),
    ]);
  });

  afterAll(async () => {
    await lab?.close();
    rmSync(cwd, { recursive: true, force: true });
  });

  testWith("jq", ["--version"])("prints a document in which jq finds the database", async () => {
    const { stdout, stderr, code } = await discover("--output=json");
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringMatching(/^This machine only\..*\n$/) });
    const filter = '.services[] | select(.type=="postgresql") | .url';
    expect(foreign("jq", ["-e", filter], stdout)).toBe("postgresql://127.0.0.1:17002");
  });

  test("the document of a real run is by the published schema, as JSON and as YAML", async () => {
    const found = inventoryIn((await discover("--output=json")).stdout);
    expect(found.services.map(({ type }) => type)).toEqual([
      "redis",
      "postgresql",
      "nginx",
      "nginx",
      "unknown",
    ]);
    const script = "import json, sys, yaml; json.dump(yaml.safe_load(sys.stdin.buffer), sys.stdout)";
    const yaml = foreign(PYTHON, ["-c", script], (await discover("--output=yaml")).stdout);
    expect(inventoryIn(JSON.stringify(yaml)).services.map(({ id }) => id)).toEqual(
      found.services.map(({ id }) => id),
    );
  });

  test("csv has a row a service, ndjson a line an event and the whole at the end", async () => {
    const { stdout: csv } = await discover("--output=csv");
    const rows: unknown = parseCsv(csv, { columns: true });
    expect(rows).toHaveLength(5);
    const lines = (await discover("--output=ndjson")).stdout.trimEnd().split("\n");
    const events = lines.map((line): { event: string } => JSON.parse(line));
    expect(events.at(-1)).toMatchObject({ event: "finished", coverage: { complete: true } });
    expect(events.filter(({ event }) => event === "service").length).toBeGreaterThanOrEqual(5);
  });

  test("a client that takes the ids that a line replaces away is left with what the document has", async () => {
    const lines = (await discover("--output=ndjson")).stdout.trimEnd().split("\n");
    const ids = new Set<string>();
    for (const line of lines) {
      const event: { event: string; service?: { id: string }; replaces?: string[] } = JSON.parse(line);
      for (const id of event.replaces ?? []) ids.delete(id);
      if (event.service !== undefined) ids.add(event.service.id);
    }
    const { services } = inventoryIn((await discover("--output=json")).stdout);
    expect([...ids].toSorted()).toEqual(services.map(({ id }) => id).toSorted());
  });

  test("Ctrl-C at any moment leaves a valid document that says it is not the whole, and exits 130", async () => {
    // From the first line that the program says to where a whole scan would be well under way.
    for (const delayMs of [0, 20, 60, 150, 400, 900]) {
      const argv = [
        "127.0.0.1",
        "::1",
        "--ports=all",
        "--output=json",
        "--save=found.yaml",
        "--debug",
        "--rate=20000",
      ];
      const child = start(argv, { cwd });
      child.stderr.once("data", () => setTimeout(() => child.kill("SIGINT"), delayMs));
      const { stdout, code } = await ended(child);
      expect(code, `after ${delayMs} ms`).toBe(130);
      expect(inventoryIn(stdout).coverage.complete).toBe(false);
      expect(existsSync(path.join(cwd, "found.yaml"))).toBe(true);
      expect(readdirSync(cwd)).toEqual(["found.yaml"]);
      rmSync(path.join(cwd, "found.yaml"));
    }
  });

  test("a deadline gives what was found by then, exit status 3", async () => {
    const { stdout, code } = await discover(
      "127.0.0.1",
      "--ports=all",
      "--rate=5000",
      "--deadline=1s",
      "--output=json",
    );
    expect(code).toBe(3);
    const { coverage } = inventoryIn(stdout);
    expect(coverage).toMatchObject({ probes: 65_535, complete: false });
    expect(coverage.open + coverage.closed + coverage.unprobed).toBe(65_535);
  });

  test("--expect exits 0 when all of it is there, and 1 with its name when not", async () => {
    expect((await discover("--expect=redis,postgresql", "--quiet")).code).toBe(0);
    const missed = await discover("--expect=redis,mongodb", "--quiet");
    expect(missed).toMatchObject({ code: 1, stderr: expect.stringContaining("mongodb") });
  });

  test("--save writes by extension beside what is printed", async () => {
    const { stdout } = await discover("--output=csv", "--save=a.json", "--save=b.ndjson");
    expect(stdout).toMatch(/^id,/);
    expect(inventoryIn(readFileSync(path.join(cwd, "a.json"), "utf8")).services).toHaveLength(5);
    expect(readFileSync(path.join(cwd, "b.ndjson"), "utf8")).toMatch(/"event":"finished"/);
    for (const name of ["a.json", "b.ndjson"]) rmSync(path.join(cwd, name));
  });

  test("--type shows that type alone, and a product by its name", async () => {
    const only = inventoryIn((await discover("--type=redis", "--output=json")).stdout);
    expect(only.services.map(({ type }) => type)).toEqual(["redis"]);
  });
});
