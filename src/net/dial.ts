import { connect } from "node:net";

import type { Endpoint } from "../model/endpoint.ts";
import type { ConnectOutcome, Connection, DialOptions } from "../model/net.ts";
import { outcomeOfError } from "./connect-outcome.ts";
import { SocketConnection } from "./connection.ts";
import { isSelfConnected } from "./self-connect.ts";

/** See `Net.dial`. */
export function dial(
  endpoint: Endpoint,
  options: DialOptions & { readonly onClose: () => void },
): Promise<Connection | Exclude<ConnectOutcome, "open">> {
  const { timeoutMs, signal, onClose } = options;
  const startedAt = performance.now();
  const socket = connect({ host: endpoint.address, port: endpoint.port, noDelay: true });
  socket.once("close", onClose);
  // Whoever holds the socket listens too; this one makes sure that nobody's absence ends the process.
  socket.on("error", () => {});
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    const settle = (result: Connection | Exclude<ConnectOutcome, "open">): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", giveUp);
      socket.off("error", onError);
      if (typeof result === "string") socket.destroy();
      resolve(result);
    };
    const giveUp = (): void => settle("filtered");
    const onError = (error: Error): void => {
      const outcome = outcomeOfError(error);
      settle(outcome === "open" ? "closed" : outcome);
    };
    timer = setTimeout(giveUp, timeoutMs);
    signal.addEventListener("abort", giveUp);
    socket.on("error", onError);
    socket.once("connect", () => {
      if (isSelfConnected(socket)) settle("self");
      else settle(new SocketConnection(socket, performance.now() - startedAt));
    });
    if (signal.aborted) giveUp();
  });
}
