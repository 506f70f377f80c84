import type { CatalogEntry } from "../model/catalog.ts";
import type { JsonObject } from "../model/json.ts";
import { plainText } from "./terminal/plain-text.ts";

/** What a catalog entry says of its kind of service, without how it is told: for `discover catalog --output=json`. */
export function catalogFacts(entry: CatalogEntry): JsonObject {
  const { type, title, category, summary, ports, tlsPorts = [], dnsServices = [], products = [] } = entry;
  const { scheme = null, tlsScheme = null, healthPaths = [] } = entry;
  const asks = [
    ...(entry.probes ?? []).map(({ name }) => name),
    ...(entry.http ?? []).map(({ path }) => `GET ${path}`),
  ];
  const names = { type, title, category, summary, products };
  return { ...names, ports, tlsPorts, dnsServices, scheme, tlsScheme, asks, healthPaths };
}

/** The same as lines of a label and a value, for people; what is not there is left out. */
export function catalogLines(entry: CatalogEntry): string {
  const shown = Object.entries(catalogFacts(entry)).flatMap(([label, value]) => {
    const text = plainText(value ?? null, ", ");
    return text === "" ? [] : [`${`${label}:`.padEnd(13)}${text}`];
  });
  return `${shown.join("\n")}\n`;
}
