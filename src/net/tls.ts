import { type Socket, isIP } from "node:net";
import {
  type ConnectionOptions,
  type SecureContext,
  type TLSSocket,
  connect,
  createSecureContext,
} from "node:tls";

import { afterAlert } from "../model/client-certificate.ts";
import type { SecureOptions } from "../model/net.ts";
import type { TlsFacts } from "../model/observation.ts";
import { factsOf, factsOfBroken } from "./tls-facts.ts";

export type SecuredSocket =
  | { readonly kind: "open"; readonly facts: TlsFacts; readonly socket: TLSSocket }
  | { readonly kind: "alert"; readonly reason: string; readonly facts?: TlsFacts };

/**
 * Speaks TLS on a connected socket. Nothing is verified, so that a bad certificate is a finding and not an
 * error; old versions and weak ciphers are taken, for the same reason.
 *
 * - the handshake stood: `open`
 * - the peer refused in TLS's own words (RFC 8446, section 6), or left half-way: `alert`, with what the handshake showed
 *   where that came after the server's certificate
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
    let shown: TlsFacts | undefined;
    const look = (): void => void (shown ??= factsOfBroken(socket, options.servername));
    socket.prependOnceListener("end", look); // when Node tells of the error that it makes of this, all is gone
    socket.on("error", (error) => {
      look();
      settle(refusalOf(error, shown));
    });
    socket.once("close", giveUp);
    socket.once("secureConnect", () => {
      socket.off("close", giveUp);
      socket.off("end", look);
      settle({ kind: "open", facts: factsOf(socket, options.servername), socket });
    });
    if (signal.aborted) giveUp();
  });
}

/** Made once: it takes longer than a handshake. It holds nothing of any peer. */
let lenient: SecureContext | undefined;

function connectionOptions(raw: Socket, { servername, alpn }: SecureOptions): ConnectionOptions {
  const name = servername !== undefined && isIP(servername) === 0 ? servername : undefined;
  return {
    socket: raw,
    rejectUnauthorized: false,
    secureContext: (lenient ??= createSecureContext({ minVersion: "TLSv1", ciphers: "DEFAULT@SECLEVEL=0" })),
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

/** An alert, or a handshake that went to pieces when the server had `shown` its certificate: TLS is spoken. */
function refusalOf(error: Error, shown: TlsFacts | undefined): SecuredSocket | undefined {
  const alert = alertIn(error);
  if (shown !== undefined)
    return { kind: "alert", reason: alert ?? "broken off", facts: afterAlert(shown, alert) };
  return alert === undefined ? undefined : { kind: "alert", reason: alert };
}
