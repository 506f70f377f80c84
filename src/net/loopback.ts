import { createServer } from "node:http";

import type { Endpoint } from "../model/endpoint.ts";

/** A server of our own, for trying whether this machine lets itself be asked. */
export interface LoopbackServer {
  readonly endpoint: Endpoint;
  close(): Promise<void>;
}

/** Answers every request on 127.0.0.1 with 200 and `{"status":"ok"}`. Rejects where this machine lets nobody listen. */
export async function openLoopbackServer(): Promise<LoopbackServer> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.end('{"status":"ok"}');
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host: "127.0.0.1", port: 0 }, resolve);
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    endpoint: { address: "127.0.0.1", port, transport: "tcp" },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
