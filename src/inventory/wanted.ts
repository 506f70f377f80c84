import type { Catalog } from "../model/catalog.ts";
import type { Service } from "../model/inventory.ts";
import { isNamed } from "./filter.ts";

/** Whether a service is of that type or is that product; whoever asks for `http` means all that speaks it. */
export function isWanted(service: Service, word: string, catalog: Catalog): boolean {
  return isNamed(service, word, catalog) || (word === "http" && speaksHttp(service));
}

/** It was met over HTTP, or its kind is spoken to so. */
export function speaksHttp({ url }: Service): boolean {
  return url !== null && /^https?:/.test(url);
}
