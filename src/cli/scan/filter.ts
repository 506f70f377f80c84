import { loadCatalog } from "../../catalog/index.ts";
import { isNamed, typeWords } from "../../inventory/filter.ts";
import type { ServiceFilter } from "../../inventory/filter.ts";
import type { Catalog } from "../../model/catalog.ts";
import type { Inventory } from "../../model/inventory.ts";
import { requireKnown } from "../settings/kinds.ts";
import type { Setting } from "../settings/setting.ts";
import { originText } from "../settings/setting.ts";
import { SETTINGS } from "../settings/settings.ts";
import type { ReadSetting } from "../settings/sources.ts";

/** What a run is to show, and what it must find. */
export interface Wanted {
  readonly filter: ServiceFilter;
  readonly expected: readonly string[];
  readonly catalog: Catalog;
}

/** Reads `--type`, `--category` and `--expect`. Throws `bad-setting` for a type that the catalog does not have. */
export async function readWanted(read: ReadSetting): Promise<Wanted> {
  const catalog = await loadCatalog();
  const words = typeWords(catalog);
  const known = (setting: Setting<readonly string[]>): readonly string[] => {
    const { value, origin } = read(setting);
    for (const word of value) requireKnown(word.toLowerCase(), "type", words, originText(origin));
    return value;
  };
  const filter = { types: known(SETTINGS.type), categories: read(SETTINGS.category).value };
  return { filter, expected: known(SETTINGS.expect), catalog };
}

/** Those that were expected and are not there, whatever the filter shows; what was there once is no help. */
export function missingTypes({ services }: Inventory, { expected, catalog }: Wanted): string[] {
  return expected.filter(
    (word) => !services.some((service) => service.stale !== true && isNamed(service, word, catalog)),
  );
}
