import type { TlsFacts } from "./observation.ts";

/** In words: a server asked for a certificate of its client's, and sends those without one away. */
export const WANTS_CERTIFICATE = "wants a client certificate";

/**
 * Alerts by which a server that asked for a certificate refuses an empty one, in OpenSSL's words:
 * certificate_required (RFC 8446, section 6.2), handshake_failure (RFC 5246, section 7.4.6), bad_certificate and its
 * kin (Java, older Go), access_denied and unknown_ca (some proxies).
 */
const REFUSALS = /certificate|handshake failure|access denied|unknown ca/;

/** The facts, with what an alert that came after them adds: who asked and then refused insists. */
export function afterAlert(tls: TlsFacts, alert: string | undefined): TlsFacts {
  const insists = tls.clientCertificate === "wanted" && alert !== undefined && REFUSALS.test(alert);
  return insists ? { ...tls, clientCertificate: "required" } : tls;
}
