import type { ConnectOutcome } from "../model/net.ts";

/**
 * What an errno of connect(2) says (Linux, macOS and Windows names):
 *
 * - refused: nothing listens, and the host is up
 * - no route, host down: unreachable
 * - reset after the handshake: it was open
 * - this machine's own want of descriptors, ports or memory: exhausted
 * - all else (silence, a local firewall): filtered
 */
const OUTCOMES: Readonly<Record<string, ConnectOutcome>> = {
  ECONNREFUSED: "closed",
  ECONNRESET: "open",
  EPIPE: "open",
  EHOSTUNREACH: "unreachable",
  ENETUNREACH: "unreachable",
  EHOSTDOWN: "unreachable",
  ENETDOWN: "unreachable",
  EINVAL: "unreachable", // an address that cannot be connected to from here: link-local without a zone
  EAFNOSUPPORT: "unreachable",
  EADDRNOTAVAIL: "exhausted",
  EADDRINUSE: "exhausted",
  EMFILE: "exhausted",
  ENFILE: "exhausted",
  ENOBUFS: "exhausted",
  ENOMEM: "exhausted",
  EAGAIN: "exhausted",
};

export function outcomeOfError(error: Error): ConnectOutcome {
  return outcomeOfCode("code" in error && typeof error.code === "string" ? error.code : "");
}

/** The same for the name of an errno, `ECONNREFUSED`. */
export function outcomeOfCode(code: string): ConnectOutcome {
  return OUTCOMES[code] ?? "filtered";
}
