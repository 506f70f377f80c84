import { WANTS_CERTIFICATE, afterAlert } from "../model/client-certificate.ts";
import type { TlsFacts } from "../model/observation.ts";
import type { Identification } from "../model/strategy.ts";
import type { NamedHttp } from "./name-http.ts";

/** What is left to say of a server that refuses who has no certificate; undefined where it did not. */
export function refusal(before: TlsFacts, alert: string | undefined): Identification | undefined {
  const tls = afterAlert(before, alert);
  if (tls.clientCertificate !== "required") return undefined;
  if (tls.alpn === undefined) return { tls, reason: WANTS_CERTIFICATE };
  const summary = `agreed to ${tls.alpn} by ALPN, and ${WANTS_CERTIFICATE}`;
  return { tls, claim: { type: "http", confidence: 0.5, overHttp: true, health: "protected", summary } };
}

/** A web server that finishes the handshake may refuse in HTTP: by 400, or as nginx counts it, 495 and 496. */
export function insisting(tls: TlsFacts, { claim, status = 0 }: NamedHttp): TlsFacts {
  const refused = claim?.health === "protected" && [400, 495, 496].includes(status);
  return tls.clientCertificate === "wanted" && refused ? { ...tls, clientCertificate: "required" } : tls;
}
