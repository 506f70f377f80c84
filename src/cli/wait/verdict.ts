import { isNamed } from "../../inventory/filter.ts";
import type { Catalog } from "../../model/catalog.ts";
import { endpointText } from "../../model/endpoint.ts";
import type { Service } from "../../model/inventory.ts";
import { arrayAt, asObject, objectAt, stringAt } from "../../model/json.ts";
import type { Coverage } from "../../model/outcome.ts";
import type { Want } from "./want.ts";

/** What a look came to. */
export type Sighting =
  | { readonly there: true; readonly service: Service; readonly notes: readonly string[] }
  /** `service`: what is in its place, or itself, not well. */
  | { readonly there: false; readonly why: string; readonly service?: Service };

/** What a look found. */
export interface Seen {
  readonly services: readonly Service[];
  readonly coverage: Coverage;
}

/**
 * Whether what is wanted is there, and healthy:
 *
 * - `healthy` is, and `protected`, which only wants credentials, with a note; so is `unknown`, where it is what was
 *   asked for and its kind tells no more.
 * - `degraded` is, with a note, where it said so over HTTP with a code of success: it serves. A kind that said so by refusing
 *   our question is not: PostgreSQL that starts up and Redis that loads its data refuse everybody's.
 * - `unhealthy` is not.
 */
export function judge(want: Want, seen: Seen, catalog: Catalog): Sighting {
  const fitting = seen.services.map((service) => judgeService(want, service, catalog));
  const [best] = fitting.toSorted((a, b) => rank(a) - rank(b));
  return best ?? { there: false, why: absence(want, seen.coverage) };
}

/** There is best, then what is not well yet, then what is something else. */
function rank(sighting: Sighting): number {
  if (sighting.there) return 0;
  return sighting.service?.status === "unhealthy" || sighting.service?.status === "degraded" ? 1 : 2;
}

function judgeService(want: Want, service: Service, catalog: Catalog): Sighting {
  const wrong = mismatch(want, service, catalog);
  if (wrong !== undefined) return { there: false, why: wrong, service };
  const check = firstCheck(service);
  const told = wordsOf(service);
  const notes = certificateNotes(want, service);
  if (service.status === "unhealthy") return { there: false, why: `unhealthy: ${told}`, service };
  if (service.status === "protected")
    return { there: true, service, notes: [noteOf(want, "protected", told), ...notes] };
  if (service.status !== "degraded") return { there: true, service, notes };
  if (check === undefined || check.code > 299) return { there: false, why: `not ready: ${told}`, service };
  return { there: true, service, notes: [noteOf(want, "degraded", told), ...notes] };
}

/** What a URL answered stands beside it anyway. */
function noteOf({ kind }: Want, status: string, told: string): string {
  return kind === "url" ? status : `${status}: ${told}`;
}

/** Why a service is not what is wanted; undefined where it is. */
function mismatch(want: Want, service: Service, catalog: Catalog): string | undefined {
  if (want.kind === "url")
    return firstCheck(service) === undefined ? (service.evidence[0]?.summary ?? "no answer") : undefined;
  const words = want.kind === "type" ? [want.word] : want.words;
  if (words.length > 0 && !words.some((word) => isNamed(service, word, catalog))) {
    const name = words.join(" or ");
    const at =
      want.kind === "type" ? `${endpointText({ address: service.host, port: service.port })} is ` : "";
    return service.type === "unknown"
      ? `${at}open, and not known to be ${name}: ${service.evidence[0]?.summary ?? "it did not say"}`
      : `${at}taken by ${service.type} instead of ${name}`;
  }
  return want.kind === "place" && want.tls && !service.tls ? "there, and without TLS" : undefined;
}

interface Check {
  readonly path: string;
  readonly code: number;
  readonly summary: string;
}

/** The health check that decided, where one was answered. */
export function firstCheck({ metadata }: Service): Check | undefined {
  const check = asObject(arrayAt(metadata, "checks")?.[0]);
  const code = check?.["code"];
  if (check === undefined || typeof code !== "number") return undefined;
  return { path: stringAt(check, "path") ?? "", code, summary: stringAt(check, "summary") ?? "" };
}

/** What its status was read from. */
function wordsOf(service: Service): string {
  const check = firstCheck(service);
  if (check === undefined) return service.evidence[0]?.summary ?? "it did not say why";
  return `GET ${check.path} answered ${check.code}: ${check.summary}`;
}

/** Only for who asked for TLS: the others never see the certificate. */
function certificateNotes(want: Want, { metadata }: Service): string[] {
  if (want.kind === "type" || !want.tls) return [];
  const problem = stringAt(objectAt(objectAt(metadata, "tls"), "certificate"), "problem");
  return problem === undefined ? [] : [`its certificate is not to be trusted: ${problem}`];
}

/** What stands for it where nothing is open. */
function absence(want: Want, { closed, filtered, unreachable, failed }: Coverage): string {
  if (want.kind === "type") return "none was found";
  if (closed > 0) return "refused the connection";
  if (filtered > 0) return "no answer";
  if (unreachable > 0) return "cannot be reached";
  return failed > 0 ? "could not be tried: this machine ran out of sockets" : "nothing was seen in that time";
}
