import type { Connection, SecureOptions } from "../model/net.ts";
import type { TlsFacts } from "../model/observation.ts";
import type { IdentifyTools, Subject } from "./identification.ts";

/** Offered by ALPN: with HTTP first, so that a web server need not speak HTTP/2 to be named. */
const ALPN: readonly string[] = ["http/1.1", "h2"];

/** How to reach a subject once more: bare, or inside TLS. */
export interface Wire {
  readonly tls: TlsFacts | undefined;
  open(signal: AbortSignal): Promise<Connection | undefined>;
}

export function plainWire({ endpoint }: Subject, { dial, timeoutMs }: IdentifyTools): Wire {
  return { tls: undefined, open: (signal) => dial(endpoint, { timeoutMs, signal }) };
}

/** A wire whose connections are inside TLS, after a handshake showed `facts`. */
export function tlsWire(subject: Subject, tools: IdentifyTools, facts: TlsFacts): Wire {
  const plain = plainWire(subject, tools);
  return {
    tls: facts,
    async open(signal) {
      const connection = await plain.open(signal);
      const secured = await connection?.secure(secureOptions(subject, tools, signal));
      return secured?.kind === "open" ? secured.connection : undefined;
    },
  };
}

export function secureOptions(
  { hostname }: Subject,
  { timeoutMs }: IdentifyTools,
  signal: AbortSignal,
): SecureOptions {
  return { timeoutMs, signal, alpn: ALPN, ...(hostname === undefined ? {} : { servername: hostname }) };
}
