import { extname } from "node:path";

import { DiscoverError } from "../model/errors.ts";
import { suggestion } from "../model/nearest.ts";
import type { OutputFormat } from "../model/output.ts";
import { printable } from "./printable.ts";

type Load = () => Promise<{ readonly default: OutputFormat }>;

/** One line a format, under the name of its file; a test compares it with the folder. */
const FORMATS: ReadonlyMap<string, Load> = new Map<string, Load>([
  ["table", () => import("./formats/table.ts")],
  ["json", () => import("./formats/json.ts")],
  ["ndjson", () => import("./formats/ndjson.ts")],
  ["yaml", () => import("./formats/yaml.ts")],
  ["csv", () => import("./formats/csv.ts")],
]);

/** What `--output` takes. */
export const FORMAT_NAMES: readonly string[] = [...FORMATS.keys()];

/** The format of that name. Throws `bad-option` where there is none. */
export async function loadFormat(name: string): Promise<OutputFormat> {
  const load = FORMATS.get(name);
  if (load !== undefined) return (await load()).default;
  const known = FORMAT_NAMES.join(", ");
  throw new DiscoverError(
    "bad-option",
    `output format '${printable(name)}': not one of ${known}${suggestion(name, FORMAT_NAMES)}`,
  );
}

/** The format that a file's extension asks for, whatever its case. Throws `bad-option` where it asks for none. */
export async function formatForFile(path: string): Promise<OutputFormat> {
  const formats = await Promise.all(FORMAT_NAMES.map((name) => loadFormat(name)));
  const extension = extname(path).slice(1).toLowerCase();
  const found = formats.find(({ extensions }) => extensions.includes(extension));
  if (found !== undefined) return found;
  const known = formats.flatMap(({ extensions }) => extensions);
  const what = extension === "" ? "no extension" : `no format for '.${printable(extension)}'`;
  throw new DiscoverError(
    "bad-option",
    `cannot save to '${printable(path)}': ${what}, known are ${known.join(", ")}${suggestion(extension, known)}`,
  );
}
