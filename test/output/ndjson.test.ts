import { describe, expect, test } from "vitest";

import type { DiscoveryEvent } from "../../src/model/event.ts";
import ndjson from "../../src/output/formats/ndjson.ts";
import { foreign, testWith } from "./foreign.ts";
import { INTERRUPTED, MIXED } from "./inventory-fixture.ts";

const EVENTS: readonly DiscoveryEvent[] = [
  { event: "started", scanId: MIXED.scan.id, addresses: 10, probes: 1900 },
  { event: "progress", coverage: INTERRUPTED.coverage, elapsedMs: 400, services: 0 },
  ...MIXED.services.map((service): DiscoveryEvent => ({ event: "service", service, replaces: [] })),
  { event: "warning", warning: "line\u2028one\u009b2J" },
  { event: "finished", inventory: MIXED },
];

const TEXT = EVENTS.map((event) => (ndjson.kind === "stream" ? ndjson.format(event) : "") ?? "").join("");

describe("ndjson", () => {
  test("is as the golden file has it", async () => {
    await expect(TEXT).toMatchFileSnapshot("../../fixtures/output/good_mixed.ndjson");
  });

  test("is one object a line for every event but progress", () => {
    const lines = TEXT.split("\n");
    expect(lines.pop()).toBe("");
    const { services, ...rest } = MIXED;
    expect(lines.map((line): unknown => JSON.parse(line))).toEqual([
      EVENTS[0],
      ...services.map((service) => ({ event: "service", service, replaces: [] })),
      { event: "warning", warning: "line\u2028one\u009b2J" },
      { event: "finished", ...rest },
    ]);
  });

  test("has no raw character that a terminal would obey or that some take for a line end", () => {
    expect(TEXT).not.toMatch(/(?!\n)[\p{C}\p{Zl}\p{Zp}]/u);
  });

  testWith("jq", ["--version"])("is what jq reads as a stream", () => {
    const read = foreign("jq", ["-s", "map(.event)"], TEXT);
    expect(read).toEqual(["started", ...MIXED.services.map(() => "service"), "warning", "finished"]);
  });
});
