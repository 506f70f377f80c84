import type { ConnectOutcome, DnsFailure } from "../model/net.ts";
import { outcomeOfError } from "./connect-outcome.ts";

const FAILURES: Readonly<Record<ConnectOutcome, DnsFailure>> = {
  closed: "refused",
  open: "broken", // a reset after the handshake
  filtered: "unreachable", // EPERM: a firewall of this machine
  unreachable: "unreachable",
  exhausted: "exhausted",
  self: "refused", // nobody else was there
};

/** What an error of a socket means to an exchange with a name server. */
export function dnsFailureOf(error: Error): DnsFailure {
  return FAILURES[outcomeOfError(error)];
}
