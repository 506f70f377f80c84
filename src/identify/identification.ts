import type { Catalog } from "../model/catalog.ts";
import type { Endpoint } from "../model/endpoint.ts";
import type {
  Connection,
  Dial,
  FirstConnection,
  GrpcReply,
  HttpSession,
  Net,
  Secured,
} from "../model/net.ts";
import type { Claim, TlsFacts } from "../model/observation.ts";

/** An open endpoint that is to be named, and what hints at it. */
export interface Subject {
  readonly endpoint: Endpoint;
  /** How long a connect to it took: what "soon" means there. */
  readonly latencyMs: number;
  /** The name it was asked for by: for SNI and the Host header. */
  readonly hostname?: string;
  /** The process that listens, where this machine knows. */
  readonly processName?: string;
}

export interface IdentifyTools {
  readonly net: Net;
  readonly dial: Dial;
  readonly catalog: Catalog;
  /** Sockets that may be open at once to the host. */
  readonly sockets: number;
  readonly timeoutMs: number;
  readonly httpTimeoutMs: number;
  readonly signal: AbortSignal;
  /**
   * Takes the session on which it was named over HTTP: somebody will ask for more, who sends nothing that naming does not.
   * Where absent the session is closed.
   */
  readonly keep?: (session: HttpSession) => void;
}

/**
 * What one question brought to light.
 *
 * - `claim`: a kind of service.
 * - `http`: it speaks HTTP/1; `statusLine` is how it began, `first` the connection on which it did, where that is of use.
 * - `http2`: it speaks HTTP/2; `reply` is what it said to a gRPC question, where one was put; `first` the connection on which
 *   it spoke unasked.
 * - `tls`: it speaks TLS, and what is inside is still to be found out.
 */
export type Recognition =
  | { readonly kind: "claim"; readonly claim: Claim; readonly tls?: TlsFacts }
  | { readonly kind: "http"; readonly statusLine: string; readonly first?: FirstConnection }
  | { readonly kind: "http2"; readonly reply?: GrpcReply; readonly first?: Connection }
  | { readonly kind: "tls"; readonly secured: Secured };
