import type { JsonObject } from "../../model/json.ts";
import { isObject } from "../../model/json.ts";
import { PLURALS } from "../../stack/discovery.ts";
import { stackSchema } from "../../stack/schema.ts";
import type { FileShape, Setting } from "../settings/setting.ts";
import { SETTING_LIST } from "../settings/settings.ts";

/** The version of the stack file; a change that breaks files raises it. */
const STACK_VERSION = 1;

const WORD: readonly string[] = ["string", "number"];

/** Null is unset, everywhere. */
const SHAPES: Readonly<Record<FileShape, JsonObject>> = {
  boolean: { type: ["boolean", "null"] },
  number: { type: ["number", "null"] },
  duration: { type: [...WORD, "null"] },
  text: { type: ["string", "null"] },
  list: { type: [...WORD, "array", "null"], items: { type: WORD }, minItems: 1 },
};

/** The JSON Schema of a stack file, with the settings that `discovery` takes. */
export function publishedStackSchema(): JsonObject {
  const { $schema, properties, ...rest } = stackSchema();
  const members = isObject(properties) ? properties : {};
  const discovery = isObject(members["discovery"]) ? members["discovery"] : {};
  const { description } = discovery;
  const settings = { type: "object", description, properties: settingSchemas(), additionalProperties: false };
  return {
    $schema,
    $id: `urn:sonde:stack:${STACK_VERSION}`,
    title: "sonde stack file",
    description: "What a stack is made of, and where it may be.",
    ...rest,
    properties: { ...members, discovery: settings },
  };
}

function settingSchemas(): JsonObject {
  const plurals = Array.from(PLURALS, ([plural, key]) => ({ plural, key }));
  return Object.fromEntries(
    SETTING_LIST.flatMap((setting) => {
      const names = [
        setting.key,
        ...plurals.filter(({ key }) => key === setting.key).map(({ plural }) => plural),
      ];
      const schema = settingSchema(setting);
      return schema === undefined ? [] : names.map((name) => [name, schema]);
    }),
  );
}

function settingSchema({ shape, summary, shownNegated }: Setting<unknown>): JsonObject | undefined {
  const words = summary.replace(/; repeatable$/, "");
  // The help has the flag that turns it off, and says what that does.
  return shape && { ...SHAPES[shape], description: shownNegated ? `false: ${words}` : words };
}
