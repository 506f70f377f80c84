import type { Catalog, CatalogEntry } from "../../src/model/catalog.ts";

/** The ports of all kinds of service that speak HTTP, ascending. */
export function httpPorts({ entries }: Catalog): number[] {
  const ports = entries.filter(speaksHttp).flatMap((entry) => entry.ports);
  return [...new Set(ports)].toSorted((a, b) => a - b);
}

function speaksHttp({ http = [], scheme, tlsScheme }: CatalogEntry): boolean {
  return http.length > 0 || scheme === "http" || scheme === "https" || tlsScheme === "https";
}
