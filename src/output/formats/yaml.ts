import type { ScalarTag } from "yaml";

import type { DocumentFormat } from "../../model/output.ts";
import { jsonText } from "../json-text.ts";

// Every parser takes these for strings. Anything else is quoted: YAML 1.1 parsers, and most are, take 'no' for false,
// 1:30 for 90, 2026-01-01 for a date and 1e3 for a number or not.
const WORD = /^(?!(?:y|n|yes|no|on|off|true|false|null)$)[a-z][a-z_-]*$/i;

// What YAML 1.2.2 (section 5.1) does not let stand raw, and what a terminal would obey. A line feed is layout.
const UNSEEN = /(?!\n)[\p{C}\p{Zl}\p{Zp}]/gu;

/** `\u009b`, `\U000e0041` (YAML 1.2.2, section 5.7); only ever within double quotes, since WORD has none of these. */
function escape(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16);
  return code.length <= 4 ? `\\u${code.padStart(4, "0")}` : `\\U${code.padStart(8, "0")}`;
}

/** 1e+21 as 1.0e+21: without the point YAML 1.1 takes it for text. */
const EXPONENT: ScalarTag = {
  identify: (value) => typeof value === "number" && /^-?\de/.test(String(value)),
  tag: "tag:yaml.org,2002:float",
  default: true,
  // Never asked, since nothing is parsed here; without it the schema's own float goes first.
  test: /^-?\d\.0e[+-]\d+$/,
  resolve: Number,
  stringify: ({ value }) => String(value).replace("e", ".0e"),
};

/** A value that JSON can carry, as YAML 1.2 that parsers of YAML 1.1 read alike. */
export async function yamlText(value: unknown): Promise<string> {
  const { Document, visit } = await import("yaml");
  // By way of JSON, so that it is the same document to the last member.
  const document = new Document(JSON.parse(jsonText(value)), {
    aliasDuplicateObjects: false,
    customTags: (tags) => [EXPONENT, ...tags],
  });
  visit(document, {
    Scalar(_key, node) {
      if (typeof node.value === "string") node.type = WORD.test(node.value) ? "PLAIN" : "QUOTE_DOUBLE";
    },
  });
  return document.toString({ lineWidth: 0, doubleQuotedAsJSON: true }).replace(UNSEEN, escape);
}

const format: DocumentFormat = {
  kind: "document",
  name: "yaml",
  summary: "The same document as JSON, for people who edit",
  extensions: ["yaml", "yml"],
  format: yamlText,
};

export default format;
