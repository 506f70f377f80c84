import { type Socket, connect } from "node:net";

import type { ConnectAttempt, ConnectOutcome } from "../model/net.ts";
import { outcomeOfError } from "./connect-outcome.ts";

/**
 * True when the kernel has connected a socket to itself: while scanning this machine it may pick the scanned port as
 * the source port, and TCP's simultaneous open (RFC 9293, section 3.5) then succeeds with nobody listening.
 */
export function isSelfConnected(socket: Socket): boolean {
  return socket.localPort === socket.remotePort && socket.localAddress === socket.remoteAddress;
}

/** See `Net.probe`. */
export function probe(
  address: string,
  port: number,
  done: (outcome: ConnectOutcome, latencyMs: number) => void,
): ConnectAttempt {
  const startedAt = performance.now();
  const socket = connect({ host: address, port });
  let over = false;
  const end = (outcome: ConnectOutcome): void => {
    if (over) return;
    over = true;
    done(outcome, performance.now() - startedAt);
  };
  socket.once("connect", () => {
    const outcome = isSelfConnected(socket) ? "self" : "open";
    socket.resetAndDestroy();
    end(outcome);
  });
  socket.on("error", (error) => end(outcomeOfError(error)));
  return {
    cancel() {
      over = true;
      socket.destroy();
    },
  };
}
