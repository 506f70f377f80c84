import { entryOf } from "../../catalog/entry-of.ts";
import { typeWords } from "../../inventory/filter.ts";
import type { Catalog, CatalogEntry } from "../../model/catalog.ts";
import { DiscoverError } from "../../model/errors.ts";
import { suggestion } from "../../model/nearest.ts";
import { shown } from "../../targets/token.ts";
import { type Place, placeOf, placeText, portOf } from "./place.ts";
import type { PlaceWant, UrlWant, WantContext } from "./want.ts";

/** A URL's parts (RFC 3986, section 3): scheme, user, host, port, and the rest. */
const URL_PARTS = /^([a-z][a-z0-9+.-]*):\/\/(?:[^/?#]*@)?(\[[^\]]*\]|[^:/?#]*)(?::([^/?#]*))?([/?#].*)?$/is;

const HTTP_PORTS: ReadonlyMap<string, number> = new Map([
  ["http", 80],
  ["https", 443],
]);

/** These name a way to talk, and nobody in particular. */
const TRANSPORTS: ReadonlySet<string> = new Set(["tcp", "tls", "ssl"]);

/** Other names of schemes that stand in many a DATABASE_URL (libpq, section "Connection URIs", takes both). */
const ALIASES: ReadonlyMap<string, string> = new Map([["postgres", "postgresql"]]);

/** Where a kind's first port is not its scheme's. */
const SCHEME_PORTS: ReadonlyMap<string, number> = new Map([
  ["bolt", 7687],
  ["bolt+s", 7687],
]);

/**
 * Reads `http://host:port/path` and `scheme://host:port`, the scheme one of the catalog's, or a type's or product's name.
 * Credentials, paths of other schemes and fragments are left out. Throws `DiscoverError`.
 */
export async function parseUrl(text: string, { where, catalog }: WantContext): Promise<PlaceWant | UrlWant> {
  const refuse = (why: string): never => {
    throw new DiscoverError("bad-target", `${shown(text)} (${where}): ${why}`);
  };
  const [, given = "", host = "", port, rest = ""] = URL_PARTS.exec(text) ?? [];
  if (given === "") return refuse("not a URL; http://host:port/path and redis://host:port are");
  const scheme = ALIASES.get(given.toLowerCase()) ?? given.toLowerCase();
  const httpPort = HTTP_PORTS.get(scheme);
  const meaning = httpPort === undefined ? meaningOf(scheme, catalog) : undefined;
  const standard = httpPort ?? meaning?.port;
  if (httpPort === undefined && meaning === undefined)
    return refuse(`no such scheme${suggestion(scheme, schemes(catalog)) || "; http and redis are"}`);
  if (host === "") return refuse(`names no host; for this machine: ${scheme}://localhost`);
  if ((port === undefined || port === "") && standard === undefined)
    return refuse(`needs a port: ${scheme}://${shown(host)}:PORT`);
  const number = port === undefined || port === "" ? (standard ?? 0) : portOf(port, where);
  const place = await placeOf(host, number, where);
  if (meaning === undefined) return urlWant(scheme, place, rest);
  const { words, tls } = meaning;
  return { kind: "place", text: `${scheme}://${placeText(place)}`, place, words, tls };
}

function urlWant(scheme: string, place: Place, rest: string): UrlWant {
  // The parser escapes what may not stand in a request and takes dots out.
  const { pathname, search } = new URL(`http://host${rest.startsWith("/") ? "" : "/"}${rest}`);
  const text = `${scheme}://${placeText(place)}${pathname}${search === "" ? "" : "?…"}`;
  return { kind: "url", text, place, tls: scheme === "https", path: `${pathname}${search}` };
}

interface Meaning {
  readonly words: readonly string[];
  readonly tls: boolean;
  readonly port: number | undefined;
}

/** What a scheme asks for; undefined where nobody has it. */
function meaningOf(scheme: string, catalog: Catalog): Meaning | undefined {
  if (TRANSPORTS.has(scheme)) return { words: [], tls: scheme !== "tcp", port: undefined };
  const plain = catalog.entries.filter((entry) => entry.scheme === scheme);
  const secure = catalog.entries.filter((entry) => entry.tlsScheme === scheme);
  const kinds = plain.length > 0 ? plain : secure;
  const tls = plain.length === 0 && secure.length > 0;
  if (kinds.length > 0)
    return { words: kinds.map(({ type }) => type), tls, port: portFor(scheme, kinds, tls) };
  const kind = entryOf(scheme, catalog);
  return kind && { words: [scheme], tls, port: portFor(scheme, [kind], tls) };
}

/** The first of the kind's ports that speaks TLS or not, as the scheme has it. */
function portFor(scheme: string, kinds: readonly CatalogEntry[], tls: boolean): number | undefined {
  const { ports, tlsPorts = [] } = kinds.find(({ type }) => type === scheme) ?? kinds[0] ?? { ports: [] };
  return SCHEME_PORTS.get(scheme) ?? ports.find((port) => tlsPorts.includes(port) === tls) ?? ports[0];
}

function schemes(catalog: Catalog): string[] {
  const own = catalog.entries.flatMap(({ scheme, tlsScheme }) => [scheme, tlsScheme]);
  const words = typeWords(catalog).filter((word) => /^[a-z][a-z0-9+.-]*$/.test(word) && word !== "unknown");
  return [...new Set(["http", "https", ...own.filter((one) => one !== undefined), ...words])];
}
