import type { DocumentFormat } from "../../model/output.ts";
import { jsonText } from "../json-text.ts";

const format: DocumentFormat = {
  kind: "document",
  name: "json",
  summary: "One document, made for jq",
  extensions: ["json"],
  format: (inventory) => `${jsonText(inventory, 2)}\n`,
};

export default format;
