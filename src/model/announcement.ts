import type { Json } from "./json.ts";

/**
 * A TXT record's pairs (RFC 6763, section 6): the first of a key wins whatever its case, `true` where a key stands
 * without a value, text where the value is UTF-8, and base64 where it is not.
 */
export type TxtPairs = Readonly<Record<string, string | true | { readonly base64: string }>>;

/** What a record says is there: the word of a name server or of a host on the link, and nobody's promise. */
export interface Announcement {
  /** The name under which it was found: `_postgresql._tcp.corp.test`, `Dr. Foo._http._tcp.local`. */
  readonly name: string;
  /** The instance's own label, where it is a DNS-SD instance: `Dr. Foo`. */
  readonly instance?: string;
  /** `_postgresql._tcp`. */
  readonly serviceType?: string;
  readonly subtypes?: readonly string[];
  /** Where it was found: `corp.test`, `local`. */
  readonly domain: string;
  /** The host that the SRV record names. */
  readonly target: string;
  /** RFC 2782: the lowest first. */
  readonly priority?: number;
  readonly weight?: number;
  readonly txt?: TxtPairs;
  /** The interface it was heard on. */
  readonly interface?: string;
  /** How long the records may be believed, in seconds: the least of the chain. */
  readonly ttlSeconds: number;
  /** Conventions and the like that the strategy knows of it, for the metadata. */
  readonly facts?: Readonly<Record<string, Json>>;
}

/** A host on a link said so of an address that is not on that link: nobody goes there on such a word. */
export function leadsOffLink(announcement: Announcement | undefined): boolean {
  return announcement?.facts?.["offLink"] === true;
}

/** What tells announcements of a strategy apart, wherever they lead. */
export function announcementKey(strategy: string, { name, target }: Announcement): string {
  return JSON.stringify([strategy, name, target]);
}
