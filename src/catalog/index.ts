import type { Catalog, CatalogEntry } from "../model/catalog.ts";

/** One line a service; a test compares it with the folder. */
const SERVICES: readonly (() => Promise<{ readonly default: CatalogEntry }>)[] = [
  () => import("./services/http.ts"),
  () => import("./services/ollama.ts"),
  () => import("./services/postgresql.ts"),
  () => import("./services/redis.ts"),
  () => import("./services/ssh.ts"),
];

/** A catalog of the given entries. */
export function createCatalog(entries: readonly CatalogEntry[]): Catalog {
  const byType = new Map(entries.map((entry) => [entry.type, entry]));
  const ports = [...new Set(entries.flatMap((entry) => entry.ports))].sort((a, b) => a - b);
  return { entries, ports, get: (type) => byType.get(type) };
}

/** Every service sonde knows. */
export async function loadCatalog(): Promise<Catalog> {
  const modules = await Promise.all(SERVICES.map((load) => load()));
  return createCatalog(modules.map((module) => module.default));
}
