import { messageOf } from "../../src/model/error-code.ts";
import type { StrategyCheck, Scope, StrategyContext } from "../../src/model/strategy.ts";
import { openLoopbackServer } from "../../src/net/loopback.ts";
import { askHttp } from "./ask-http.ts";

const REMEDY =
  "let this process listen on and connect to 127.0.0.1: a firewall or sandbox keeps it from that";

/** Asks a server of our own for its health: everything that the strategy needs, and nothing of the network. */
export async function tryLoopback(scope: Scope, context: StrategyContext): Promise<StrategyCheck[]> {
  const server = await openLoopbackServer().catch(messageOf);
  if (typeof server === "string")
    return [{ works: false, summary: `no server can listen on 127.0.0.1: ${server}`, remedy: REMEDY }];
  try {
    const claim = { type: "http", confidence: 1, summary: "our own" };
    const { checks } = await askHttp(
      { endpoint: server.endpoint, claim, tls: false },
      withoutHeaders(scope),
      context,
    );
    const [check] = checks;
    if (check?.health === "healthy")
      return [{ works: true, summary: "asked a server on 127.0.0.1 for its health, and was answered" }];
    if (context.signal.aborted)
      return [
        {
          works: false,
          summary: "the time was over before a server on 127.0.0.1 answered",
          remedy: "give it more time (--deadline)",
        },
      ];
    const summary = "asked a server on 127.0.0.1 for its health, and was not answered";
    return [{ works: false, summary, remedy: REMEDY }];
  } finally {
    await server.close();
  }
}

/** Secrets are for the servers that the user means. */
function withoutHeaders(scope: Scope): Scope {
  return { ...scope, httpHeaders: {} };
}
