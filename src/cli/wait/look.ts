import { entryOf } from "../../catalog/entry-of.ts";
import type { Catalog, CatalogEntry } from "../../model/catalog.ts";
import { DiscoverError } from "../../model/errors.ts";
import type { Listener } from "../../model/listener.ts";
import { endpointsOf } from "../../model/listener.ts";
import type { DiscoverOptions, TargetText } from "../../model/options.ts";
import { parsePorts } from "../../targets/ports.ts";
import { shown } from "../../targets/token.ts";
import type { PlaceWant, TypeWant, UrlWant } from "./want.ts";

/** One look: where, and how. */
export type Look = Required<Pick<DiscoverOptions, "targets" | "ports" | "strategies">>;

/** Where kinds of service are looked for. */
export interface Grounds {
  readonly catalog: Catalog;
  /** `--range`; none: this machine. */
  readonly range: readonly TargetText[];
  /** `--ports`; absent: the kind's own. */
  readonly ports?: string;
}

/** A look at one place. What listens on one of this machine's addresses alone is found there. */
export function lookAtPlace(
  { place, words }: PlaceWant,
  where: string,
  catalog: Catalog,
  listeners: () => readonly Listener[],
): Look {
  const strategies = words.length === 0 ? ["tcp", "http"] : strategiesFor(words, catalog);
  return { ...whereIs(place, where, listeners), strategies };
}

/** A look at a URL's host; what is asked there, the strategy knows. */
export async function lookAtUrl({ place, tls, path }: UrlWant, where: string): Promise<Look> {
  const { askingOnly } = await import("../../../strategies/http/one-path.ts");
  const { hostname } = place;
  const strategy = askingOnly({ tls, path, ...(hostname !== undefined && { hostname }) });
  return { ...whereIs(place, where, () => []), strategies: [strategy] };
}

/** A look at the ports where that kind of service usually is. Throws `bad-option` where it has none. */
export function lookForType({ word }: TypeWant, { catalog, range, ports }: Grounds): Look {
  const usual = entryOf(word, catalog)?.ports ?? [];
  const wanted = ports === undefined ? usual : parsePorts(ports, catalog.ports);
  if (wanted.length === 0)
    throw new DiscoverError("bad-option", `${shown(word)} has no port of its own: say which with --ports`);
  return {
    targets: range.length === 0 ? ["localhost"] : range,
    ports: wanted,
    strategies: strategiesFor([word], catalog),
  };
}

/** A look at some listeners of this machine. */
export function lookAtListeners({ word }: TypeWant, listeners: readonly Listener[], catalog: Catalog): Look {
  const endpoints = endpointsOf(listeners);
  return {
    targets: [...new Set(endpoints.map(({ address }) => address))],
    ports: [...new Set(endpoints.map(({ port }) => port))],
    strategies: strategiesFor([word], catalog),
  };
}

function whereIs(
  { host, port }: PlaceWant["place"],
  where: string,
  listeners: () => readonly Listener[],
): Pick<Look, "targets" | "ports"> {
  if (host !== undefined) return { targets: [{ text: host, where }], ports: [port] };
  const bound = endpointsOf(listeners().filter((one) => one.port === port)).map(({ address }) => address);
  return { targets: [...new Set(["localhost", ...bound.filter(isReachable)])], ports: [port] };
}

/** A link-local address means nothing without its interface, which /proc does not tell. */
function isReachable(address: string): boolean {
  return !/^fe[89ab]/i.test(address);
}

/** Health is asked for over HTTP only where that kind speaks it. */
function strategiesFor(words: readonly string[], catalog: Catalog): string[] {
  return words.some((word) => speaksHttp(entryOf(word, catalog))) ? ["tcp", "http"] : ["tcp"];
}

function speaksHttp(entry: CatalogEntry | undefined): boolean {
  const { http = [], scheme, tlsScheme } = entry ?? {};
  return http.length > 0 || scheme === "http" || scheme === "https" || tlsScheme === "https";
}
