import type { Scope, StrategyCheck, StrategyContext } from "../../src/model/strategy.ts";
import { openLoopbackServer } from "../../src/net/loopback.ts";

/** Fewer sockets at once make a sweep slow. */
const FEW_SOCKETS = 256;

/** Connects to a server of our own, and looks at what this machine allows. */
export async function tryLoopback(scope: Scope, context: StrategyContext): Promise<StrategyCheck[]> {
  return [await tryConnect(scope, context), socketsAllowed(context), listenersSeen(scope)];
}

async function tryConnect(scope: Scope, { scanner, signal }: StrategyContext): Promise<StrategyCheck> {
  const remedy =
    "let this process listen on and connect to 127.0.0.1: a firewall or sandbox keeps it from that";
  const server = await openLoopbackServer().catch((error: unknown) => String(error));
  if (typeof server === "string")
    return { works: false, summary: `no server can listen on 127.0.0.1: ${server}`, remedy };
  try {
    const connection = await scanner.dial(server.endpoint, { timeoutMs: scope.timeoutMs, signal });
    connection?.close();
    if (connection === undefined && signal.aborted)
      return {
        works: false,
        summary: "the time was over before a server on 127.0.0.1 was connected to",
        remedy: "give it more time (--deadline)",
      };
    return connection === undefined
      ? { works: false, summary: "connected to a server on 127.0.0.1, and was not let in", remedy }
      : { works: true, summary: "connected to a server on 127.0.0.1" };
  } finally {
    await server.close();
  }
}

function socketsAllowed({ scanner }: StrategyContext): StrategyCheck {
  const sockets = scanner.socketsTo("127.0.0.1");
  const summary = `may hold ${sockets} sockets at once`;
  const remedy = "raise the limit of open files (ulimit -n): until then a sweep of many ports is slow";
  return sockets < FEW_SOCKETS ? { works: true, summary, remedy } : { works: true, summary };
}

/** Our own server listens by now no more, but hardly a machine has no listener at all. */
function listenersSeen({ listeners }: Scope): StrategyCheck {
  if (listeners.length === 0) {
    const summary = "sees no listener of this machine in /proc: ports outside of the list are not looked at";
    return { works: true, summary, remedy: "--ports=all looks at every port" };
  }
  const named = listeners.filter(({ process }) => process !== undefined).length;
  const summary = `sees ${listeners.length} listening sockets of this machine, and the processes of ${named}`;
  if (named === listeners.length) return { works: true, summary };
  return { works: true, summary, remedy: "run as root to see the processes of other users" };
}
