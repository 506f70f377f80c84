import { createSocket } from "node:dgram";

import type { DnsExchange } from "../model/net.ts";
import { dnsFailureOf } from "./dns-failure.ts";
import { type DnsWait, waitForReply } from "./dns-wait.ts";

/** See `Net.dnsUdp`. */
export const dnsUdp: DnsExchange = (server, query, options) =>
  waitForReply(options, (wait) => send(server, query, wait));

function send(
  { address, port }: { readonly address: string; readonly port: number },
  query: Uint8Array,
  wait: DnsWait,
): () => void {
  const socket = createSocket(address.includes(":") ? "udp6" : "udp4");
  let open = true;
  const fail = (error: Error): void => wait.failed(dnsFailureOf(error));
  // Connected, the socket hears nobody else (RFC 5452, section 9.2), and hears of a port that is closed.
  socket.on("error", fail);
  socket.on("message", (message) => wait.arrived(message));
  socket.connect(port, address, (error?: Error) => {
    if (error !== undefined && error !== null) fail(error);
    else if (open) socket.send(query, (error) => error !== null && fail(error));
  });
  return () => {
    open = false;
    socket.close();
  };
}
