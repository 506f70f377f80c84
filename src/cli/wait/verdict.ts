import { entryOf } from "../../catalog/entry-of.ts";
import { firstCheck } from "../../inventory/first-check.ts";
import { compareServices } from "../../inventory/inventory.ts";
import { isWanted } from "../../inventory/wanted.ts";
import type { Catalog } from "../../model/catalog.ts";
import { checkText } from "../../model/check-text.ts";
import { endpointText } from "../../model/endpoint.ts";
import type { Service } from "../../model/inventory.ts";
import { objectAt, stringAt } from "../../model/json.ts";
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
  /** Absent: of the look that goes on. */
  readonly coverage?: Coverage;
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
  const judged = seen.services.map((service) => ({
    service,
    sighting: judgeService(want, service, catalog),
  }));
  const [best] = judged.toSorted(
    (a, b) =>
      rank(a) - rank(b) ||
      placeInPorts(want, a.service, catalog) - placeInPorts(want, b.service, catalog) ||
      compareServices(a.service, b.service),
  );
  return best?.sighting ?? { there: false, why: absence(want, seen.coverage) };
}

/** There and healthy is best, then there, then what is not well yet, then what is something else. */
function rank({ service: { status }, sighting }: { service: Service; sighting: Sighting }): number {
  if (sighting.there) return status === "healthy" ? 0 : 1;
  return status === "unhealthy" || status === "degraded" ? 2 : 3;
}

/** Which of the kind's own ports it is at, from 0 on; behind all of them where it is at none. */
export function placeInPorts(want: Want, { port }: Service, catalog: Catalog): number {
  const ports = want.kind === "type" ? (entryOf(want.word, catalog)?.ports ?? []) : [];
  const at = ports.indexOf(port);
  return at < 0 ? ports.length : at;
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
  const isServed = check !== undefined && check.code > 0 && check.code <= 299;
  if (!isServed) return { there: false, why: `not ready: ${told}`, service };
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
  if (words.length > 0 && !words.some((word) => isWanted(service, word, catalog)))
    return otherKind(want, service, words);
  if (want.kind === "type") return undefined;
  return hangsUp(service) ?? (want.tls ? withoutTls(service) : undefined);
}

function otherKind({ kind }: Want, service: Service, words: readonly string[]): string {
  const name = words.join(" or ");
  const at = kind === "type" ? `${endpointText({ address: service.host, port: service.port })} is ` : "";
  return service.type === "unknown"
    ? `${at}open, and not known to be ${name}: ${service.evidence[0]?.summary ?? "it did not say"}`
    : `${at}taken by ${service.type} instead of ${name}`;
}

/** What a port says of itself that is let in and shut out again: a proxy (docker-proxy) whose server is not there yet. */
const HANGING_UP: ReadonlySet<string> = new Set([
  "closed the connection without a word",
  "no second connection could be made",
]);

function hangsUp({ type, evidence }: Service): string | undefined {
  const isAll = evidence.every(({ summary }) => HANGING_UP.has(summary));
  return type === "unknown" && isAll ? evidence[0]?.summary : undefined;
}

/** Who wants a certificate of ours refuses, too, and is as there as who wants a password. */
function withoutTls({ tls, type, status, metadata, evidence }: Service): string | undefined {
  if (!tls) return "there, and without TLS";
  // TlsFacts of a handshake that did not end have no version.
  const isRefused = stringAt(objectAt(metadata, "tls"), "protocol") === "TLS";
  if (!isRefused || type !== "unknown" || status === "protected") return undefined;
  return evidence[0]?.summary ?? "refused the TLS handshake";
}

/** What its status was read from. */
function wordsOf(service: Service): string {
  const check = firstCheck(service);
  if (check === undefined) return service.evidence[0]?.summary ?? "it did not say why";
  return checkText(check);
}

/** Only for who asked for TLS: the others never see the certificate. */
function certificateNotes(want: Want, { metadata }: Service): string[] {
  if (want.kind === "type" || !want.tls) return [];
  const problem = stringAt(objectAt(objectAt(metadata, "tls"), "certificate"), "problem");
  return problem === undefined ? [] : [`its certificate is not to be trusted: ${problem}`];
}

/** What stands for it where nothing is open. */
function absence(want: Want, coverage: Coverage | undefined): string {
  if (want.kind === "type") return "none was found";
  const { closed = 0, filtered = 0, unreachable = 0, failed = 0 } = coverage ?? {};
  if (closed > 0) return "refused the connection";
  if (filtered > 0) return "no answer";
  if (unreachable > 0) return "cannot be reached";
  return failed > 0 ? "could not be tried: this machine ran out of sockets" : "nothing was seen in that time";
}
