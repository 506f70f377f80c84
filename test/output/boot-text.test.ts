import addFormats from "ajv-formats";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";

import type { BootReport, BootedService, DownReport } from "../../src/model/boot.ts";
import { bootText, downText } from "../../src/output/boot/boot-text.ts";
import { BOOT_SCHEMA, DOWN_SCHEMA } from "../../src/output/schema/boot-schema.ts";
import { displayWidth } from "../../src/output/table/display-width.ts";

const base: BootedService = {
  service: "postgresql",
  instance: 1,
  type: "postgresql",
  required: true,
  status: "adopted",
  host: "10.99.0.11",
  address: "10.99.0.11",
  port: 5432,
  url: "postgresql://10.99.0.11:5432",
  pid: null,
  log: null,
  summary: "PostgreSQL 15.18",
  remedy: null,
  logTail: [],
  rolledBack: false,
  durationMs: 4,
};
const services: BootedService[] = [
  base,
  {
    ...base,
    service: "redis",
    instance: 2,
    status: "started",
    port: 6379,
    pid: 812,
    log: "/l/redis",
    summary: "pid 812",
  },
  { ...base, service: "llm", status: "remote", address: null, port: null, host: "gpu", summary: "vLLM" },
  {
    ...base,
    service: "search",
    status: "skipped",
    address: null,
    port: null,
    host: null,
    summary: "it needs api",
  },
  {
    ...base,
    service: "api",
    status: "failed",
    address: "::1",
    log: "/l/api-1.log",
    summary: "exited with status 3 after 0.2 s: cannot \u001b[31mopen",
    logTail: ["one", "cannot \u001b[31mopen"],
    remedy: "see its log",
  },
];
const report: BootReport = {
  schemaVersion: 1,
  stack: "services.yaml",
  ok: false,
  dryRun: false,
  services,
  warnings: ["state.json was set aside"],
  startedAt: "2026-01-01T00:00:00.000Z",
  durationMs: 812,
};
const stopped: DownReport = {
  schemaVersion: 1,
  ok: false,
  services: [
    { service: "api", instance: 1, status: "stopped", summary: "pid 812 ended" },
    { service: "redis", instance: 2, status: "gone", summary: "pid 813 ran no more" },
    { service: "db", instance: 1, status: "failed", summary: "pid 814 would not end" },
  ],
  warnings: [],
};

function compile(schema: object): (value: unknown) => boolean {
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });
  addFormats.default(ajv);
  const validate = ajv.compile(schema);
  return (value) => validate(JSON.parse(JSON.stringify(value)));
}

describe("a boot's text", () => {
  test("has a line for each service, what is amiss, and the sum of it", () => {
    expect(bootText(report, { color: false })).toBe(`✓ adopted  postgresql  10.99.0.11:5432  PostgreSQL 15.18
✓ started  redis 2     10.99.0.11:6379  pid 812
● remote   llm         gpu              vLLM
○ skipped  search      -                it needs api
✗ failed   api         [::1]:5432       exited with status 3 after 0.2 s: cannot \\x1b[31mopen

api: exited with status 3 after 0.2 s: cannot \\x1b[31mopen
  | one
  | cannot \\x1b[31mopen
  log: /l/api-1.log
  → see its log

warning: state.json was set aside

not all that is required is there; 5 services: 1 started, 1 adopted, 1 remote, 1 skipped, 1 failed, in 0.8 s
`);
  });

  test("fits a terminal line by line, and is coloured where it may be", () => {
    const text = bootText({ ...report, warnings: [] }, { width: 40, color: false });
    const [rows = ""] = text.split("\n\n");
    expect(
      rows
        .split("\n")
        .map(displayWidth)
        .every((width) => width <= 40),
    ).toBe(true);
    expect(bootText(report, { width: 40, color: true })).toContain("\u001b[31m✗\u001b[0m failed");
  });

  test("says that a dry run started nothing", () => {
    const dry = { ...report, ok: true, dryRun: true, services: [], warnings: [] };
    expect(bootText(dry, { width: 80, color: false })).toBe(
      "0 services, in 0.8 s (dry run: nothing was started)\n",
    );
  });
});

describe("the text of down", () => {
  test("has a line for each service", () => {
    expect(downText(stopped, { width: 80, color: false })).toBe(`✓ stopped  api      pid 812 ended
○ gone     redis 2  pid 813 ran no more
✗ failed   db       pid 814 would not end
`);
  });

  test("says so where there is nothing", () => {
    const nothing = { ...stopped, ok: true, services: [] };
    expect(downText(nothing, { width: 80, color: false })).toBe("nothing that discover boot started runs\n");
  });
});

describe("the schemas", () => {
  const [boot, down] = [compile(BOOT_SCHEMA), compile(DOWN_SCHEMA)];

  test("hold for what is written", () => {
    expect(boot(report)).toBe(true);
    expect(down(stopped)).toBe(true);
  });

  test.each([
    ["a member too many", { ...report, extra: 1 }],
    ["a status of its own", { ...report, services: [{ ...base, status: "busy" }] }],
    ["port 0", { ...report, services: [{ ...base, port: 0 }] }],
    ["no moment", { ...report, startedAt: "today" }],
    ["another version", { ...report, schemaVersion: 2 }],
  ])("of boot does not hold for %s", (_what, document) => {
    expect(boot(document)).toBe(false);
  });

  test.each([
    ["a member too few", { ...stopped, ok: undefined }],
    ["a status of its own", { ...stopped, services: [{ ...stopped.services[0], status: "asleep" }] }],
  ])("of down does not hold for %s", (_what, document) => {
    expect(down(document)).toBe(false);
  });
});
