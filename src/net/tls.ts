import { X509Certificate } from "node:crypto";
import { type Socket, isIP } from "node:net";
import { type ConnectionOptions, type TLSSocket, connect } from "node:tls";

import type { SecureOptions } from "../model/net.ts";
import type { Certificate, TlsFacts } from "../model/observation.ts";

export type SecuredSocket =
  | { readonly kind: "open"; readonly facts: TlsFacts; readonly socket: TLSSocket }
  | { readonly kind: "alert"; readonly reason: string };

/**
 * Speaks TLS on a connected socket. Nothing is verified, so that a bad certificate is a finding and not an
 * error; old versions and weak ciphers are taken, for the same reason.
 *
 * - the handshake stood: `open`
 * - the peer refused in TLS's own words (RFC 8446, section 6): `alert`
 * - silence, or any other bytes: undefined
 *
 * The socket is gone unless `open`.
 */
export function secureSocket(raw: Socket, options: SecureOptions): Promise<SecuredSocket | undefined> {
  const { timeoutMs, signal } = options;
  const socket = connect(connectionOptions(raw, options));
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    const settle = (result: SecuredSocket | undefined): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", giveUp);
      if (result?.kind !== "open") {
        socket.destroy();
        raw.destroy();
      }
      resolve(result);
    };
    const giveUp = (): void => settle(undefined);
    timer = setTimeout(giveUp, timeoutMs);
    signal.addEventListener("abort", giveUp);
    socket.on("error", (error) => settle(refusalOf(error)));
    socket.once("close", giveUp);
    socket.once("secureConnect", () => {
      socket.off("close", giveUp);
      settle({ kind: "open", facts: factsOf(socket, options.servername), socket });
    });
    if (signal.aborted) giveUp();
  });
}

function connectionOptions(raw: Socket, { servername, alpn }: SecureOptions): ConnectionOptions {
  const name = servername !== undefined && isIP(servername) === 0 ? servername : undefined;
  return {
    socket: raw,
    rejectUnauthorized: false,
    minVersion: "TLSv1",
    ciphers: "DEFAULT@SECLEVEL=0",
    // A name we did not ask for cannot be wrong.
    ...(name === undefined ? { checkServerIdentity: () => undefined } : { servername: name }),
    ...(alpn === undefined ? {} : { ALPNProtocols: [...alpn] }),
  };
}

/** The alert that a peer sent; OpenSSL names it in the error's code: ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION, ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE, and from OpenSSL 3.5 on (Node 24) ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE. */
export function alertIn(error: Error): string | undefined {
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  return /^ERR_SSL_[\w/]+?_ALERT_(\w+)$/.exec(code)?.[1]?.toLowerCase().replaceAll("_", " ");
}

function refusalOf(error: Error): SecuredSocket | undefined {
  const reason = alertIn(error);
  return reason === undefined ? undefined : { kind: "alert", reason };
}

function factsOf(socket: TLSSocket, servername: string | undefined): TlsFacts {
  const protocol = socket.getProtocol() ?? "TLS";
  const certificate = certificateOf(socket, servername);
  return {
    protocol,
    ...(typeof socket.alpnProtocol === "string" ? { alpn: socket.alpnProtocol } : {}),
    ...(certificate === undefined ? {} : { certificate }),
  };
}

function certificateOf(socket: TLSSocket, servername: string | undefined): Certificate | undefined {
  try {
    const { raw } = socket.getPeerCertificate();
    if (raw === undefined) return undefined;
    const certificate = new X509Certificate(raw);
    const problem = problemOf(socket, servername);
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
    return undefined; // a certificate that OpenSSL cannot read again tells nothing
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
