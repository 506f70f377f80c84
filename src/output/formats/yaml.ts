import type { DocumentFormat } from "../../model/output.ts";
import { yamlText } from "../yaml-text.ts";

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
