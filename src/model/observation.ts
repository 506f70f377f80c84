import type { Announcement } from "./announcement.ts";
import type { Endpoint } from "./endpoint.ts";
import type { JsonObject } from "./json.ts";
import type { Finding } from "./outcome.ts";

/**
 * - `healthy`: it answers its own protocol as it should.
 * - `degraded`: it answers, and says that something is amiss.
 * - `unhealthy`: it answers that it cannot serve.
 * - `protected`: it answers, and wants credentials before it says more.
 * - `unknown`: nobody asked, or the answer does not tell.
 */
export type Health = "healthy" | "degraded" | "unhealthy" | "protected" | "unknown";

export const HEALTHS: readonly Health[] = ["healthy", "degraded", "unhealthy", "protected", "unknown"];

/** What a TLS handshake showed. Dates are ISO 8601. */
export interface TlsFacts {
  /** As the peer agreed to it, for example `TLSv1.3`. */
  readonly protocol: string;
  /** The protocol chosen by ALPN (RFC 7301), where one was. */
  readonly alpn?: string;
  readonly certificate?: Certificate;
  /**
   * The server asked for a certificate of its client's. `required`: it refused us for having none; `wanted`: it took us
   * without, or did not say.
   */
  readonly clientCertificate?: "wanted" | "required";
}

export interface Certificate {
  /** Common name of the subject, or its whole name where there is none. */
  readonly subject: string;
  readonly issuer: string;
  readonly validFrom: string;
  readonly validTo: string;
  /** Subject alternative names, without their `DNS:` or `IP Address:`. */
  readonly names: readonly string[];
  /** SHA-256 of the certificate, hex with colons. */
  readonly fingerprint: string;
  /** Why a client that verifies would refuse it; absent when it would not. */
  readonly problem?: string;
}

/** What is said to be at an endpoint, and why. */
export interface Claim {
  /** The type of a catalog entry. */
  readonly type: string;
  readonly product?: string;
  readonly version?: string;
  /**
   * How sure, from 0 to 1. 0.95 and up: the peer answered a question only this kind of service understands;
   * 0.8: it named itself where others could too; 0.5: it fits, and so would something else.
   */
  readonly confidence: number;
  /** It was met over HTTP, whatever else its kind speaks. */
  readonly overHttp?: true;
  /** What was seen, in one line a person can check. */
  readonly summary: string;
  readonly health?: Health;
  readonly metadata?: JsonObject;
}

/** What a health check came to. */
export interface HealthReport {
  readonly health: Health;
  /** Where it was asked: `/health`. */
  readonly path: string;
  /** The HTTP status code; 0 where there was no answer. */
  readonly code: number;
  /** Time until the answer was there, in milliseconds. */
  readonly latencyMs: number;
  /** What was read, in one line: `status "degraded"`. */
  readonly summary: string;
  /** Parts that the answer tells of, by name. */
  readonly parts?: Readonly<Record<string, Health>>;
}

/** Which process of this machine holds a listener. */
export interface ProcessFacts {
  readonly pid: number;
  readonly name: string;
}

/** What one strategy learned about one endpoint at one moment. */
export interface Observation {
  readonly strategy: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly endpoint: Endpoint;
  readonly outcome: Finding;
  /** Host names by which the endpoint was found. */
  readonly hostnames?: readonly string[];
  /** Time until the connection stood, in milliseconds. */
  readonly latencyMs?: number;
  /** Why the outcome is what it is, or what was seen where there is no claim. */
  readonly reason?: string;
  readonly claim?: Claim;
  /** With the outcomes `announced` and `withdrawn`: what was said. */
  readonly announcement?: Announcement;
  /** All addresses of the endpoint's host, by that host's own word: what is met at one is met at the others. */
  readonly sameHost?: readonly string[];
  /** What health checks came to; the first is the one that counts. */
  readonly checks?: readonly HealthReport[];
  readonly tls?: TlsFacts;
  readonly process?: ProcessFacts;
  /** The first bytes a peer sent that nobody recognised, escaped. */
  readonly firstBytes?: string;
  /** How long this may be believed; the inventory's default where absent. */
  readonly ttlSeconds?: number;
}
