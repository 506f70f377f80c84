import { readFileSync, readdirSync } from "node:fs";

import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";

import { publishedStackSchema } from "../../src/cli/stack/schema.ts";
import { faultOf, stackOf } from "./stack-of.ts";

const FOLDER = new URL("../../fixtures/stacks/", import.meta.url);
const NAMES = readdirSync(FOLDER).toSorted();
const BAD = NAMES.filter((name) => name.startsWith("fail_"));
/** Folders, with what the stack starts beside it. */
const GOOD = NAMES.filter((name) => !name.startsWith("fail_")).map((name) => `${name}/services.yaml`);

const validate = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true }).compile(
  publishedStackSchema(),
);

function read(name: string): string {
  return readFileSync(new URL(name, FOLDER), "utf8");
}

test("there are the three stacks of the product, and a great many that are wrong", () => {
  expect(GOOD).toEqual(["development/services.yaml", "distributed/services.yaml", "team/services.yaml"]);
  expect(BAD.length).toBeGreaterThan(40);
});

describe.each(GOOD)("%s", (name) => {
  test("is a stack, and says with comments what it is for", async () => {
    expect(await faultOf(read(name))).toBeUndefined();
    expect((await stackOf(read(name))).services.length).toBeGreaterThan(2);
    expect(read(name)).toMatch(/^# /);
  });

  test("is by the published schema", () => {
    validate(parse(read(name)));
    expect(validate.errors ?? []).toEqual([]);
  });
});

describe.each(BAD)("%s", (name) => {
  const [expected = "", schema = ""] = read(name).split("\n");

  test("is refused with the line that it expects", async () => {
    expect(`# expect: services.yaml ${await faultOf(read(name))}`).toBe(expected);
  });

  test("says whether the published schema refuses it, too", () => {
    // What is no document at all is no schema's to judge.
    if (schema === "# schema: unread") return;
    expect(validate(parse(read(name))) ? "# schema: accepts" : "# schema: refuses").toBe(schema);
  });
});

/** Each member that a schema names somewhere, with what it says of it. */
function described(schema: unknown): [name: string, description: unknown][] {
  if (typeof schema !== "object" || schema === null) return [];
  const named = Object.entries(schema).flatMap(([keyword, value]: [string, object]) =>
    keyword === "properties" ? Object.entries(value) : [],
  );
  return [
    ...named.map(([name, member]): [string, unknown] => [name, member.description]),
    ...Object.values(schema).flatMap((part: unknown) => described(part)),
  ];
}

test("the published schema says of every member what it is", () => {
  expect(described(publishedStackSchema()).length).toBeGreaterThan(60);
  for (const [name, description] of described(publishedStackSchema()))
    expect([name, description]).toEqual([name, expect.stringMatching(/^\S.{8,}$/)]);
});

test("the kinds of stack differ in what their places follow from", async () => {
  const strategies = await Promise.all(GOOD.map(async (name) => (await stackOf(read(name))).strategy));
  expect(strategies).toEqual(["remote-compute", "distributed-ha", "dynamic-discovery"]);
});
