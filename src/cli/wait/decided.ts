import { firstCheck } from "../../inventory/first-check.ts";
import { speaksHttp } from "../../inventory/wanted.ts";
import type { Catalog } from "../../model/catalog.ts";
import type { Service } from "../../model/inventory.ts";
import type { Look } from "./look.ts";
import { placeInPorts } from "./verdict.ts";
import type { Want } from "./want.ts";

/**
 * Whether what a look saw of a service before its end is its last word: its health was asked for, or it was named and
 * nobody asks for its health over HTTP.
 */
export function isDecided(service: Service, { strategies }: Look): boolean {
  if (firstCheck(service) !== undefined) return true;
  const isAskedOverHttp = strategies.some((one) => one !== "tcp") && speaksHttp(service);
  return service.type !== "unknown" && strategies.includes("tcp") && !isAskedOverHttp;
}

/** Whether no better one can come: then nobody waits for the others that are looked at. */
export function isEnough(want: Want, { targets }: Look, service: Service, catalog: Catalog): boolean {
  // Whose URL it is stays to be named; the look ends by itself when that is done.
  if (want.kind === "url" || service.status !== "healthy") return false;
  if (want.kind === "place") return true;
  const isHere = targets.length === 1 && targets[0] === "localhost";
  return isHere && placeInPorts(want, service, catalog) === 0;
}
