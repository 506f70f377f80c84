import addFormats from "ajv-formats";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";

import type { PortReport } from "../../src/model/port-report.ts";
import type { WaitReport } from "../../src/model/wait-report.ts";
import { PORT_SCHEMA } from "../../src/output/schema/port-schema.ts";
import { WAIT_SCHEMA } from "../../src/output/schema/wait-schema.ts";
import { bareService } from "./inventory-fixture.ts";

function compile(schema: object): (value: unknown) => string[] {
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true });
  addFormats.default(ajv);
  const validate = ajv.compile(schema);
  return (value) =>
    validate(JSON.parse(JSON.stringify(value)))
      ? []
      : (validate.errors ?? []).map((e) => `${e.instancePath} ${e.message}`);
}

const missing: WaitReport["results"][number] = {
  want: ":6379",
  there: false,
  elapsedMs: 30_000,
  looks: 31,
  summary: "refused the connection",
  notes: [],
  service: null,
};
const waited: WaitReport = {
  schemaVersion: 1,
  there: false,
  timeoutMs: 30_000,
  elapsedMs: 30_001,
  results: [missing, { ...missing, there: true, notes: ["degraded"], service: bareService() }],
};
const taken: PortReport = {
  schemaVersion: 1,
  port: 8100,
  wanted: "postgresql",
  state: "other",
  summary: "port 8100 is taken by nginx, not postgresql",
  nextFree: 8101,
  bindings: { ipv4: "taken", ipv6: "absent" },
  listeners: [
    { address: "0.0.0.0", process: { pid: 812, name: "nginx" } },
    { address: "::", process: null },
  ],
  services: [bareService()],
};

describe("the schema of what wait writes", () => {
  const problems = compile(WAIT_SCHEMA);

  test("holds for it", () => {
    expect(problems(waited)).toEqual([]);
  });

  test.each([
    ["a member too many", { ...waited, extra: 1 }],
    ["no results", { ...waited, results: [] }],
    ["a result without a service", { ...waited, results: [{ ...missing, service: undefined }] }],
    ["half a service", { ...waited, results: [{ ...missing, service: { type: "redis" } }] }],
    ["looks below zero", { ...waited, results: [{ ...missing, looks: -1 }] }],
  ])("does not hold for %s", (_what, document) => {
    expect(problems(document)).not.toEqual([]);
  });
});

describe("the schema of what check writes", () => {
  const problems = compile(PORT_SCHEMA);

  test.each([
    ["a port that is taken", taken],
    [
      "a port that is free",
      { ...taken, wanted: null, state: "free", nextFree: null, listeners: [], services: [] },
    ],
  ])("holds for %s", (_what, document) => {
    expect(problems(document)).toEqual([]);
  });

  test.each([
    ["port 0", { ...taken, port: 0 }],
    ["a state of its own", { ...taken, state: "busy" }],
    ["no bindings", { ...taken, bindings: {} }],
    ["a process without a name", { ...taken, listeners: [{ address: "::", process: { pid: 1 } }] }],
  ])("does not hold for %s", (_what, document) => {
    expect(problems(document)).not.toEqual([]);
  });
});
