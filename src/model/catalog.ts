import type { JsonObject } from "./json.ts";
import type { Health } from "./observation.ts";

export const CATEGORIES = [
  "database",
  "cache",
  "queue",
  "search",
  "vector",
  "llm",
  "ai",
  "web",
  "rpc",
  "storage",
  "observability",
  "orchestration",
  "remote-access",
  "mail",
  "file",
  "network",
  "agent",
  "unknown",
] as const;

export type Category = (typeof CATEGORIES)[number];

/** What a reader found in an answer. The type is the entry's own. */
export interface Match {
  readonly product?: string;
  readonly version?: string;
  /** See `Claim.confidence`. */
  readonly confidence: number;
  /** What was seen, in one line. */
  readonly summary: string;
  readonly health?: Health;
  readonly metadata?: JsonObject;
}

/**
 * What a reader makes of the bytes so far.
 *
 * - `undefined`: not this kind of service.
 * - `more`: it may be, once more has come.
 * - `match`: it is; `next` may be asked next on the same connection to learn more.
 * - `ask`: it may be, and `next`'s answer on the same connection decides.
 * - `secure`: it says that TLS comes next; `next` is asked inside and decides.
 */
export type Reading =
  | undefined
  | { readonly kind: "more" }
  | { readonly kind: "match"; readonly match: Match; readonly next?: Probe }
  | { readonly kind: "ask"; readonly next: Probe }
  | { readonly kind: "secure"; readonly next: Probe };

/** One question on a raw connection and how to read the answer. Read-only, no log-in, no state left behind. */
export interface Probe {
  /** Unique within its entry; examples name it. */
  readonly name: string;
  /** What to send. Absent: the server speaks first. */
  readonly send?: Uint8Array;
  /**
   * Reads all that came since `send`. Pure, total, and quick on any bytes.
   * `ended` is true when no more will come: the peer closed, or the wait is over.
   */
  readonly read: (reply: Uint8Array, ended: boolean) => Reading;
  /** What to send before leaving, where the protocol has a word for it. */
  readonly farewell?: Uint8Array;
}

/** An HTTP answer, its body at most 64 KiB. */
export interface HttpReply {
  readonly status: number;
  /** Names in lower case; repeated ones joined with a comma and a blank. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The body parsed, where it is JSON. */
  readonly json: unknown;
}

/** One GET and how to read its answer. */
export interface HttpCheck {
  readonly path: string;
  /** Pure and total. `undefined`: not this kind of service. */
  readonly read: (reply: HttpReply) => Match | undefined;
}

/** Replies in the order in which the probe's questions were asked; latin-1 text or bytes. */
export interface ProbeExample {
  readonly name: string;
  readonly probe: string;
  readonly replies: readonly (string | Uint8Array)[];
  readonly expect: ExampleExpectation;
}

export interface HttpExample {
  readonly name: string;
  readonly path: string;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly expect: ExampleExpectation;
}

export interface ExampleExpectation {
  readonly product?: string;
  readonly version?: string;
  readonly health?: Health;
}

/** Everything sonde knows about one kind of service. */
export interface CatalogEntry {
  /** Kebab-case, the file's own name. */
  readonly type: string;
  /** As its makers write it. */
  readonly title: string;
  readonly category: Category;
  /** One line for `discover catalog`. */
  readonly summary: string;
  /** Tells what carries HTTP and not what is served: any other entry's claim wins over this one's. */
  readonly carrier?: true;
  /** TCP ports it is usually found on: scanned by default, and what to ask first there. */
  readonly ports: readonly number[];
  /** Those of `ports` that speak TLS from the first byte. */
  readonly tlsPorts?: readonly number[];
  /** Those of `ports` that speak HTTP, where it speaks something else at the others. */
  readonly httpPorts?: readonly number[];
  /** DNS-SD service types, for example `_postgresql._tcp` (RFC 6763, section 7). */
  readonly dnsServices?: readonly string[];
  /** URL scheme, and the one to use over TLS where it differs. */
  readonly scheme?: string;
  readonly tlsScheme?: string;
  /** Products that speak the same protocol; `--type` takes their names too. */
  readonly products?: readonly string[];
  /** Names of the processes that serve it, as /proc/PID/comm has them: what to ask first on this machine. */
  readonly processes?: readonly string[];
  readonly probes?: readonly Probe[];
  readonly http?: readonly HttpCheck[];
  /** Paths that tell its health over HTTP. */
  readonly healthPaths?: readonly string[];
  /** Its own regression test: each must match this entry and no other. */
  readonly examples: readonly (ProbeExample | HttpExample)[];
}

/** The entries, and the questions that are asked of all of them. */
export interface Catalog {
  readonly entries: readonly CatalogEntry[];
  get(type: string): CatalogEntry | undefined;
  /** Every port of every entry, ascending, each once. */
  readonly ports: readonly number[];
}
