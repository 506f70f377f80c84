import addFormats from "ajv-formats";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";

import type { DiscoveryEvent } from "../../src/model/event.ts";
import { asObject } from "../../src/model/json.ts";
import json from "../../src/output/formats/json.ts";
import ndjson from "../../src/output/formats/ndjson.ts";
import { INVENTORY_SCHEMA, LINE_SCHEMA } from "../../src/output/schema.ts";
import { bareService, EMPTY, INTERRUPTED, MIXED } from "./inventory-fixture.ts";

function compile(schema: object): (value: unknown) => string[] {
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true });
  addFormats.default(ajv);
  const validate = ajv.compile(schema);
  return (value) =>
    validate(value) ? [] : (validate.errors ?? []).map((e) => `${e.instancePath} ${e.message}`);
}

const problems = compile(INVENTORY_SCHEMA);
const lineProblems = compile(LINE_SCHEMA);

/** Every schema of an object within, with where it is. */
function objects(schema: unknown, path = ""): { path: string; schema: Record<string, unknown> }[] {
  const object = asObject(schema);
  if (object === undefined) return [];
  const within = Object.entries(object).flatMap(([key, value]) => objects(value, `${path}/${key}`));
  return object["type"] === "object" ? [{ path, schema: object }, ...within] : within;
}

describe("the schema of the document", () => {
  test("is itself valid", () => {
    const ajv = new Ajv2020();
    expect(ajv.validateSchema(INVENTORY_SCHEMA), ajv.errorsText()).toBe(true);
    expect(ajv.validateSchema(LINE_SCHEMA), ajv.errorsText()).toBe(true);
  });

  test.each(Object.entries({ MIXED, INTERRUPTED, EMPTY }))("holds for %s", async (_name, document) => {
    const text = json.kind === "document" ? await json.format(document, { color: false }) : "";
    expect(problems(JSON.parse(text))).toEqual([]);
  });

  test("requires exactly the members that a full document has", () => {
    const { properties, required } = INVENTORY_SCHEMA;
    expect(required).toEqual(Object.keys(MIXED));
    expect(Object.keys(Object(properties))).toEqual(Object.keys(MIXED));
    const service = asObject(asObject(asObject(properties)?.["services"])?.["items"]);
    expect(service?.["required"]).toEqual(Object.keys(bareService()));
    expect(asObject(asObject(properties)?.["coverage"])?.["required"]).toEqual(Object.keys(MIXED.coverage));
    expect(asObject(asObject(properties)?.["scan"])?.["required"]).toEqual(Object.keys(MIXED.scan));
  });

  test("describes every member and is closed everywhere but in metadata and in what strategies know besides", () => {
    const found = objects(INVENTORY_SCHEMA);
    // A map says what its values are.
    const open = found.filter(({ schema }) =>
      [undefined, true].includes(Object(schema)["additionalProperties"]),
    );
    const metadata = "/properties/services/items/properties/metadata";
    const announcement = `${metadata}/properties/announcements/items`;
    expect(open.map(({ path }) => path)).toEqual([metadata, `${announcement}/properties/facts`]);
    const bare = found.flatMap(({ path, schema }) =>
      Object.entries(Object(schema["properties"]))
        .filter(([, member]) => typeof asObject(member)?.["description"] !== "string")
        .map(([name]) => `${path}/${name}`),
    );
    expect(bare).toEqual([]);
  });

  test.each([
    ["a member too many", { ...EMPTY, extra: 1 }],
    ["another version", { ...EMPTY, schemaVersion: 2 }],
    ["a count below zero", { ...EMPTY, coverage: { ...EMPTY.coverage, open: -1 } }],
    ["a port too high", { ...EMPTY, services: [bareService({ port: 65_536 })] }],
    ["a health of its own", { ...EMPTY, services: [{ ...bareService(), status: "fine" }] }],
    ["a confidence above 1", { ...EMPTY, services: [bareService({ confidence: 1.1 })] }],
    ["a date that is none", { ...EMPTY, services: [bareService({ lastSeen: "today" })] }],
    [
      "a process without pid",
      { ...EMPTY, services: [bareService({ metadata: { process: { name: "x" } } })] },
    ],
    ["no url at all", { ...EMPTY, services: [{ ...bareService(), url: undefined }] }],
  ])("does not hold for a document with %s", (_what, document) => {
    expect(problems(JSON.parse(JSON.stringify(document)))).not.toEqual([]);
  });
});

describe("the schema of a line", () => {
  const service: DiscoveryEvent = { event: "service", service: bareService(), replaces: ["a@b:1"] };

  test.each<[string, DiscoveryEvent]>([
    ["started", { event: "started", scanId: "1", addresses: 1, probes: 2 }],
    ["service", service],
    ["warning", { event: "warning", warning: "w" }],
    ["finished", { event: "finished", inventory: MIXED }],
  ])("holds for %s", (_name, event) => {
    const text = ndjson.kind === "stream" ? ndjson.format(event) : undefined;
    expect(lineProblems(JSON.parse(text ?? ""))).toEqual([]);
  });

  test("does not hold for a line that is none of them", () => {
    expect(lineProblems({ ...service, event: "progress" })).not.toEqual([]);
    expect(lineProblems({ event: "warning" })).not.toEqual([]);
    expect(lineProblems({ event: "gone", id: "redis@10.0.0.5:6379" })).toEqual([]);
    expect(lineProblems({ event: "gone" })).not.toEqual([]);
  });
});
