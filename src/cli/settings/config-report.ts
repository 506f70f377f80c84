import type { Json } from "../../model/json.ts";
import { plainText } from "../terminal/plain-text.ts";
import type { Resolved, Setting } from "./setting.ts";
import { originText } from "./setting.ts";
import { SETTINGS, SETTING_LIST } from "./settings.ts";
import { readSettings } from "./sources.ts";
import type { Sources } from "./sources.ts";

/** One setting as `discover config` shows it. */
export interface ReportRow {
  readonly key: string;
  /** Null: not set. */
  readonly value: Json;
  /** `--ports`, `DISCOVERY_TCP_PORTS`, `sonde.config.yaml line 3, ports`, `default`. */
  readonly origin: string;
}

/** Every setting, its value and where that came from. Throws what the settings' parsers throw. */
export function configReport(sources: Sources): ReportRow[] {
  const read = readSettings(sources);
  return SETTING_LIST.map((setting) => reportRow(setting, read(setting), sources));
}

function reportRow(
  setting: Setting<unknown>,
  { value, origin }: Resolved<unknown>,
  { file }: Sources,
): ReportRow {
  const { key } = setting;
  if (key === SETTINGS.config.key && origin.kind === "default" && file !== undefined) {
    return { key, value: file.path, origin: "found in the working directory" };
  }
  return { key, value: setting.show(value), origin: originText(origin) };
}

/** A value in one cell of a table. */
export function cellText(value: Json): string {
  return plainText(value, ",") || "(none)";
}
