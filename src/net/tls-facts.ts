import type { X509Certificate } from "node:crypto";
import type { TLSSocket } from "node:tls";

import type { Certificate, TlsFacts } from "../model/observation.ts";

/** What a handshake that stood showed; `servername` is the name that was asked for. */
export function factsOf(socket: TLSSocket, servername: string | undefined): TlsFacts {
  const known = peerCertificate(socket);
  const certificate = known && describe(known, problemOf(socket, servername));
  return {
    protocol: socket.getProtocol() ?? "TLS",
    ...(typeof socket.alpnProtocol === "string" ? { alpn: socket.alpnProtocol } : {}),
    ...(certificate === undefined ? {} : { certificate }),
    ...(wantsCertificate(socket) ? { clientCertificate: "wanted" } : {}),
  };
}

/**
 * What a handshake showed that ended before it stood: up to TLS 1.2 a client is refused then, with the server's
 * certificate in its hands. Undefined where there was none. To be called while the socket's `error` is being told.
 */
export function factsOfBroken(socket: TLSSocket, servername: string | undefined): TlsFacts | undefined {
  const known = peerCertificate(socket);
  const certificate = known && describe(known, problemUnasked(known, servername));
  if (certificate === undefined) return undefined;
  const protocol = socket.getProtocol() ?? "TLS";
  // Before TLS 1.2 nothing tells whether it asked for a certificate; there is little else to refuse at that point.
  const wanted = wantsCertificate(socket) || protocol === "TLSv1" || protocol === "TLSv1.1";
  return { protocol, certificate, ...(wanted ? { clientCertificate: "wanted" } : {}) };
}

/**
 * Whether the server sent a CertificateRequest. It names signature algorithms (RFC 8446, section 4.3.2; RFC 5246,
 * section 7.4.4) and nothing else that a client gets does: those shared with the server are empty without one.
 */
function wantsCertificate(socket: TLSSocket): boolean {
  try {
    return socket.getSharedSigalgs().length > 0;
  } catch {
    return false; // the socket is gone already
  }
}

function peerCertificate(socket: TLSSocket): X509Certificate | undefined {
  try {
    // Not getPeerCertificate(): that ends the process (Node 24) where a stranger's certificate has parts that OpenSSL cannot read.
    return socket.getPeerX509Certificate();
  } catch {
    return undefined; // a certificate that OpenSSL cannot read again tells nothing
  }
}

function describe(certificate: X509Certificate, problem: string | undefined): Certificate | undefined {
  try {
    return {
      subject: commonName(certificate.subject),
      issuer: commonName(certificate.issuer),
      validFrom: isoDate(certificate.validFrom),
      validTo: isoDate(certificate.validTo),
      names: alternativeNames(certificate.subjectAltName),
      fingerprint: certificate.fingerprint256,
      ...(problem === undefined ? {} : { problem }),
    };
  } catch {
    return undefined;
  }
}

function problemOf(socket: TLSSocket, servername: string | undefined): string | undefined {
  const error: unknown = socket.authorizationError;
  if (error === null || error === undefined) return undefined;
  const text = textOf(error);
  if (servername === undefined && text === "ERR_TLS_CERT_ALTNAME_INVALID") return undefined;
  return PROBLEMS[text] ?? text;
}

/** The usual ones in words; the names are OpenSSL's (verify(1)) and Node's. */
const PROBLEMS: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: "self-signed certificate",
  SELF_SIGNED_CERT_IN_CHAIN: "self-signed certificate in its chain",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "issuer unknown",
  UNABLE_TO_GET_ISSUER_CERT: "issuer unknown",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "issuer unknown",
  CERT_HAS_EXPIRED: "certificate has expired",
  CERT_NOT_YET_VALID: "certificate is not yet valid",
  ERR_TLS_CERT_ALTNAME_INVALID: "certificate is for other names",
};

/** Node verifies only when a handshake stood: of one that did not, what the certificate itself tells. */
function problemUnasked(certificate: X509Certificate, servername: string | undefined): string {
  try {
    const now = Date.now();
    if (certificate.checkIssued(certificate) && certificate.verify(certificate.publicKey))
      return "self-signed certificate";
    if (Date.parse(certificate.validTo) < now) return "certificate has expired";
    if (Date.parse(certificate.validFrom) > now) return "certificate is not yet valid";
    const isAnothers = servername !== undefined && certificate.checkHost(servername) === undefined;
    if (isAnothers && certificate.checkIP(servername) === undefined) return "certificate is for other names";
  } catch {
    // a key or a name that OpenSSL does not take
  }
  return "issuer not checked: the handshake did not end";
}

/** Node gives an Error with OpenSSL's code; its older habit was the bare code. */
function textOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error === "string" ? error : "not verified";
  return "code" in error && typeof error.code === "string" ? error.code : error.message;
}

/** `CN=x` out of a distinguished name with a line for each part; the whole in one line where it has none. */
function commonName(name: string | undefined): string {
  const lines = (name ?? "").split("\n");
  return lines.find((line) => line.startsWith("CN="))?.slice(3) ?? lines.join(", ");
}

/** From OpenSSL's `Nov 21 02:03:18 2026 GMT`. */
function isoDate(text: string): string {
  const at = new Date(text);
  return Number.isNaN(at.getTime()) ? text : at.toISOString();
}

function alternativeNames(text: string | undefined): string[] {
  return (text ?? "")
    .split(", ")
    .map((part) => /^(?:DNS|IP Address|URI|email):"?(.*?)"?$/.exec(part)?.[1])
    .filter((name) => name !== undefined);
}
