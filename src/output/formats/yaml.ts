import type { DocumentFormat } from "../../model/output.ts";
import { yamlText } from "../yaml-text.ts";

const format: DocumentFormat = {
  kind: "document",
  name: "yaml",
  summary: "The same document as JSON, for people who edit",
  extensions: ["yaml", "yml"],
  format: yamlText,
};

export default format;
