import type { FormatContext } from "../../model/output.ts";
import { jsonText } from "../../output/json-text.ts";
import { columns } from "../../output/table/columns.ts";
import { requireKnown } from "../settings/kinds.ts";
import { SETTINGS } from "../settings/settings.ts";
import type { FlagTexts } from "../settings/sources.ts";
import type { ReadSetting } from "../settings/sources.ts";
import { resolve } from "../settings/sources.ts";
import type { Io } from "./io.ts";

/** Whether `--output=json` was typed; what environment and config file say of it is meant for scans. Throws `bad-setting`. */
export function wantsJson(flags: FlagTexts): boolean {
  const { value } = resolve(SETTINGS.output, { flags, env: {}, file: undefined });
  requireKnown(value, "format here", ["table", "json"], "--output");
  return value === "json";
}

/** How a document is to be printed; as above. Throws `bad-setting`. */
export function documentFormat(flags: FlagTexts): "table" | "json" | "yaml" {
  const { value } = resolve(SETTINGS.output, { flags, env: {}, file: undefined });
  requireKnown(value, "format here", ["table", "json", "yaml"], "--output");
  return value === "json" || value === "yaml" ? value : "table";
}

export async function documentText(document: unknown, format: "json" | "yaml"): Promise<string> {
  if (format === "json") return `${jsonText(document, 2)}\n`;
  const { yamlText } = await import("../../output/yaml-text.ts");
  return yamlText(document);
}

/** What standard output can show. */
export function textContext({ stdout }: Io, read: ReadSetting): FormatContext {
  const { isTTY, columns: width } = stdout;
  const color = read(SETTINGS.color).value ?? isTTY;
  return isTTY && width !== undefined ? { color, width } : { color };
}

/** Rows as a table as wide as the terminal, its first row the header. */
export function tableText(rows: readonly (readonly string[])[], { stdout }: Io): string {
  const cells = rows.map((row) => row.map((text) => ({ text })));
  const width = stdout.isTTY ? stdout.columns : undefined;
  return `${columns(cells, width === undefined ? { color: false } : { color: false, width }).join("\n")}\n`;
}
