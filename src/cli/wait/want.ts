import type { Catalog } from "../../model/catalog.ts";
import type { Place } from "./place.ts";

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
