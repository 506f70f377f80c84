import { createServer } from "node:http";

import { listening } from "../lab/listening.js";
import type { Listening } from "../lab/listening.js";

/** What a sonde agent says that is well. */
export const WELL = {
  service: "sonde-agent",
  version: "1.2.3",
  status: "ok",
  agents: [{ name: "embedder", port: 8101, status: "running", pid: 812 }],
};

export interface StandIn extends Listening {
  /** What it was asked, and by whose name. */
  readonly asked: readonly string[];
}

/** A server that answers every request alike, as an agent's REST would. */
export async function standIn(
  body: unknown,
  {
    status = 200,
    host = "127.0.0.1",
    port = 0,
  }: { readonly status?: number; readonly host?: string; readonly port?: number } = {},
): Promise<StandIn> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.headers.host?.replace(/:\d+$/, "")}${request.url}`);
    response.writeHead(status, { "content-type": "application/json", server: "stand-in/1" });
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  });
  return { ...(await listening(server, { host, port })), asked };
}
