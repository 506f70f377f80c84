import { firstCheck } from "../../inventory/first-check.ts";
import { endpointText } from "../../model/endpoint.ts";
import { SCHEMA_VERSION, type Service } from "../../model/inventory.ts";
import type { WaitReport, WaitResult } from "../../model/wait-report.ts";
import { duration } from "../../output/table/quantity.ts";
import type { Waited } from "./for.ts";
import { placeText } from "./place.ts";
import type { Want } from "./want.ts";

/** What came of one want, as the document has it. */
export function resultOf(want: Want, { sighting, looks }: Waited, elapsedMs: number): WaitResult {
  const { there, service = null } = sighting;
  return {
    want: want.text,
    there,
    elapsedMs: Math.round(elapsedMs),
    looks,
    summary: sighting.there ? whatIs(want, sighting.service) : sighting.why,
    notes: sighting.there ? sighting.notes : [],
    service,
  };
}

/** The whole document. */
export function reportOf(results: readonly WaitResult[], timeoutMs: number, elapsedMs: number): WaitReport {
  const there = results.every((one) => one.there);
  return { schemaVersion: SCHEMA_VERSION, there, timeoutMs, elapsedMs: Math.round(elapsedMs), results };
}

/**
 * `redis at 127.0.0.1:6379 is there: Redis 7.2.5, after 1.2 s`, or
 * `redis at db:6379 is not there after 30.0 s: refused the connection`.
 */
export function lineOf(want: Want, { there, summary, notes, service, elapsedMs }: WaitResult): string {
  const name = nameOf(want, there ? service : null);
  const time = duration(elapsedMs);
  if (!there) return `${name} is not there after ${time}: ${summary}`;
  return `${name} is there: ${[summary, ...notes].join("; ")}, after ${time}`;
}

function nameOf(want: Want, service: Service | null): string {
  if (want.kind === "url") return want.text;
  if (want.kind === "place") {
    const kinds = want.words.join(" or ");
    return kinds === "" ? placeText(want.place) : `${kinds} at ${placeText(want.place)}`;
  }
  if (service === null) return want.word;
  return `${want.word} at ${endpointText({ address: service.host, port: service.port })}`;
}

/** `Redis 7.2.5`, `200, status "UP" (nginx 1.22.1)`. */
function whatIs(want: Want, service: Service): string {
  const product = productOf(service);
  const check = want.kind === "url" ? firstCheck(service) : undefined;
  if (check === undefined)
    return product ?? (service.type === "unknown" ? "something unknown" : service.type);
  return `${check.code}, ${check.summary}${product === undefined ? "" : ` (${product})`}`;
}

/** `PostgreSQL 15.18`; undefined where it does not tell. */
export function productOf({ product, version }: Pick<Service, "product" | "version">): string | undefined {
  if (product === null) return undefined;
  return version === null ? product : `${product} ${version}`;
}
