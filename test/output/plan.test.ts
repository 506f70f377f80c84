import { stripVTControlCharacters } from "node:util";

import addFormats from "ajv-formats";
import { Ajv2020 } from "ajv/dist/2020.js";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";

import type { Decision, Plan } from "../../src/model/plan.ts";
import { jsonText } from "../../src/output/json-text.ts";
import { explainText } from "../../src/output/plan/explain-text.ts";
import { planTable } from "../../src/output/plan/plan-table.ts";
import { PLAN_SCHEMA } from "../../src/output/schema/plan-schema.ts";
import { displayWidth } from "../../src/output/table/display-width.ts";
import { yamlText } from "../../src/output/yaml-text.ts";
import { explain } from "../../src/plan/explain.ts";
import { plan } from "../../src/plan/plan.ts";
import { anyInput } from "../plan/arbitrary.ts";
import { text } from "./arbitrary-inventory.ts";
import { MIXED_PLAN, NO_PLAN, TEAM } from "./plan-fixture.ts";

const PLAIN = { color: false } as const;

/** Plans of the planner's, and in them words of anybody's. */
const anyPlan: fc.Arbitrary<Plan> = fc.tuple(anyInput, text, text, text).map(([input, a, b, c]) => {
  const made = plan(input);
  const marred = (one: Decision): Decision => ({
    ...one,
    service: one.service === "s0" ? a : one.service,
    host: one.host === null ? null : b,
    evidence: [...one.evidence, c],
    reasons: [c, ...one.reasons],
    rejected: [...one.rejected, { candidate: b, reason: a, score: 1.5 }],
    remedy: one.remedy === null ? null : c,
  });
  return { ...made, decisions: made.decisions.map(marred), warnings: [...made.warnings, b] };
});

function explained(document: Plan): ReturnType<typeof explain> {
  return document.decisions.flatMap(({ service, instance }) =>
    instance === 1 ? explain(document, service) : [],
  );
}

describe("the table of a plan", () => {
  test.each([
    ["good_plan_team_80.txt", TEAM, { width: 80, color: false }],
    ["good_plan_team.txt", TEAM, PLAIN],
    ["good_plan_mixed_80.txt", MIXED_PLAN, { width: 80, color: false }],
    ["good_plan_mixed_color.txt", MIXED_PLAN, { color: true }],
    ["good_plan_empty.txt", NO_PLAN, PLAIN],
  ])("is as %s has it", async (file, document, context) => {
    await expect(planTable(document, context)).toMatchFileSnapshot(`../../fixtures/output/${file}`);
  });

  test("fits any width, ends no line with a blank, and lets no stranger speak to the terminal", () => {
    fc.assert(
      fc.property(anyPlan, fc.integer({ min: 1, max: 120 }), (document, width) => {
        const lines = planTable(document, { width, color: false }).split("\n");
        expect(lines.filter((line) => displayWidth(line) > width)).toEqual([]);
        expect(lines.filter((line) => /\s$|[\p{C}\p{Zl}\p{Zp}]/u.test(line))).toEqual([]);
      }),
    );
  });

  test("is the same text in colour, its own colours aside", () => {
    fc.assert(
      fc.property(anyPlan, fc.integer({ min: 20, max: 120 }), (document, width) => {
        const painted = planTable(document, { width, color: true });
        expect(stripVTControlCharacters(painted)).toBe(planTable(document, { width, color: false }));
      }),
    );
  });
});

describe("an explanation", () => {
  test.each([
    ["good_explain_team_80.txt", explained(TEAM), { width: 80, color: false }],
    ["good_explain_mixed_80.txt", explained(MIXED_PLAN), { width: 80, color: false }],
    ["good_explain_redis_40_color.txt", explain(MIXED_PLAN, "redis"), { width: 40, color: true }],
    ["good_explain_redis_30.txt", explain(MIXED_PLAN, "redis"), { width: 30, color: false }],
  ])("is as %s has it", async (file, chain, context) => {
    await expect(explainText(chain, context)).toMatchFileSnapshot(`../../fixtures/output/${file}`);
  });

  test("has one part for each instance, and none for what the plan does not have", () => {
    expect(explain(MIXED_PLAN, "redis").map(({ instance, of }) => [instance, of])).toEqual([
      [1, 2],
      [2, 2],
    ]);
    expect(explain(MIXED_PLAN, "nobody")).toEqual([]);
  });

  test("fits any width from 20 on, and lets no stranger speak to the terminal", () => {
    fc.assert(
      fc.property(anyPlan, fc.integer({ min: 20, max: 120 }), (document, width) => {
        const lines = explainText(explained(document), { width, color: false }).split("\n");
        expect(lines.filter((line) => displayWidth(line) > width)).toEqual([]);
        expect(lines.filter((line) => /\s$|[\p{C}\p{Zl}\p{Zp}]/u.test(line))).toEqual([]);
      }),
    );
  });
});

describe("the document of a plan", () => {
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true });
  addFormats.default(ajv);
  const validate = ajv.compile(PLAN_SCHEMA);

  test("is as its schema says, as JSON and as YAML", async () => {
    await fc.assert(
      fc.asyncProperty(anyPlan, async (document) => {
        const json: unknown = JSON.parse(jsonText(document, 2));
        expect(validate(json) ? [] : validate.errors).toEqual([]);
        expect(parse(await yamlText(document))).toEqual(json);
      }),
      { numRuns: 50 },
    );
  });

  test.each([
    ["a member too many", { ...TEAM, extra: 1 }],
    ["a verdict of its own", { ...TEAM, verdict: "fine" }],
    ["a decision without a reason", { ...TEAM, decisions: [{ ...TEAM.decisions[0], reasons: [] }] }],
    ["port 0", { ...TEAM, decisions: [{ ...TEAM.decisions[0], port: 0 }] }],
    [
      "half an alternative",
      { ...TEAM, decisions: [{ ...TEAM.decisions[0], rejected: [{ candidate: "a" }] }] },
    ],
    ["another version", { ...TEAM, schemaVersion: 2 }],
  ])("is not as its schema says with %s", (_what, document) => {
    expect(validate(JSON.parse(JSON.stringify(document)))).toBe(false);
  });
});
