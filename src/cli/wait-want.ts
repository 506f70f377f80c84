import { typeWords } from "../inventory/filter.ts";
import type { Catalog } from "../model/catalog.ts";
import { DiscoverError } from "../model/errors.ts";
import { suggestion } from "../model/nearest.ts";
import { shown } from "../targets/token.ts";
import { requireKnown } from "./kinds.ts";
import { type Place, parsePlace } from "./wait-place.ts";
import { parseUrl } from "./wait-url.ts";

/** A kind of service, wherever it is: a type, or a product that shares its type with others. */
export interface TypeWant {
  readonly kind: "type";
  /** As it was asked for, fit to be shown: no credentials, no query. */
  readonly text: string;
  readonly word: string;
}

/** Whatever is at a place, or one of these kinds. */
export interface PlaceWant {
  readonly kind: "place";
  readonly text: string;
  readonly place: Place;
  /** None: whatever it is. */
  readonly words: readonly string[];
  /** It must speak TLS. */
  readonly tls: boolean;
}

/** An answer over HTTP. */
export interface UrlWant {
  readonly kind: "url";
  readonly text: string;
  readonly place: Place;
  readonly tls: boolean;
  /** With its query. */
  readonly path: string;
}

export type Want = TypeWant | PlaceWant | UrlWant;

/** Where it was written, and what is known of kinds of service. */
export interface WantContext {
  /** `argument 1`. */
  readonly where: string;
  readonly catalog: Catalog;
}

/**
 * Reads one thing to wait for: `redis`, `db.example:5432`, `[::1]:5432`, `:5432`, `http://localhost:8080/health`,
 * `postgresql://db`. Looks nothing up. Throws `DiscoverError` for what is none of them, with the nearest that is.
 */
export async function parseWant(text: string, context: WantContext): Promise<Want> {
  const { where, catalog } = context;
  if (text.includes("://")) return parseUrl(text, context);
  if (/^\d+$/.test(text)) throw bad(text, where, `for a port of this machine write :${text}`);
  if (text.includes(":") || text.includes("["))
    return { kind: "place", text: shown(text), place: await parsePlace(text, where), words: [], tls: false };
  const word = text.toLowerCase();
  const known = typeWords(catalog).filter((one) => one !== "unknown");
  if (!known.includes(word) && suggestion(word, known) === "")
    throw bad(text, where, "no such type ('discover catalog' shows all); a place is host:port, :port or a URL");
  requireKnown(word, "type", known, where);
  return { kind: "type", text: word, word };
}

function bad(text: string, where: string, why: string): DiscoverError {
  return new DiscoverError("bad-target", `${shown(text) || "nothing"} (${where}): ${why}`);
}
