import addFormats from "ajv-formats";
import { Ajv2020 } from "ajv/dist/2020.js";

/** The document in a text, once the published schema has nothing against it. */
export function documentBy(schema: object, text: string): unknown {
  const ajv = new Ajv2020({ allErrors: true });
  addFormats.default(ajv);
  const document: unknown = JSON.parse(text);
  if (!ajv.validate(schema, document)) throw new Error(`not by the schema: ${ajv.errorsText()}`);
  return document;
}
