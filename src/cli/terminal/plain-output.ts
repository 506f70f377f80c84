import { columns } from "../../output/table/columns.ts";
import { requireKnown } from "../settings/kinds.ts";
import { SETTINGS } from "../settings/settings.ts";
import type { FlagTexts } from "../settings/sources.ts";
import { resolve } from "../settings/sources.ts";
import type { Io } from "./io.ts";

/** Whether `--output=json` was typed; what environment and config file say of it is meant for scans. Throws `bad-setting`. */
export function wantsJson(flags: FlagTexts): boolean {
  const { value } = resolve(SETTINGS.output, { flags, env: {}, file: undefined });
  requireKnown(value, "format here", ["table", "json"], "--output");
  return value === "json";
}

/** Rows as a table as wide as the terminal, its first row the header. */
export function tableText(rows: readonly (readonly string[])[], { stdout }: Io): string {
  const cells = rows.map((row) => row.map((text) => ({ text })));
  const width = stdout.isTTY ? stdout.columns : undefined;
  return `${columns(cells, width === undefined ? { color: false } : { color: false, width }).join("\n")}\n`;
}
