import { messageOf } from "../model/error-code.ts";
import { SERVER_TIMEOUT_MS } from "../model/servers.ts";
import type { RemoteReport, RemoteServer, ServersConfig } from "../model/servers.ts";
import { systemNet } from "../net/index.ts";
import { addressesOf } from "../net/machine.ts";
import { inSeconds } from "./ask-agent.ts";
import { askServer } from "./ask-server.ts";
import type { Asked, ServersNet } from "./asked.ts";
import { HostBook, type LookUp } from "./host-addresses.ts";
import { within } from "./within.ts";

export interface CheckServersOptions {
  readonly signal?: AbortSignal;
  /** How long one server may take, look-up and all, in milliseconds. */
  readonly timeoutMs?: number;
  /** Asks for the addresses of a name; the system's resolver where absent. */
  readonly lookUp?: LookUp;
  /** What servers are asked over; this machine's network where absent. */
  readonly net?: ServersNet;
}

const NEVER = new AbortController().signal;
/** So many servers are asked at once. */
const MOST_AT_ONCE = 32;

/** What came of one server, before it is put together with what the file says of it. */
type Found = Pick<RemoteReport, "status" | "summary" | "version" | "agents" | "latencyMs">;

/**
 * Asks all remote servers for their status, side by side: each has 2.0 s for everything, and each host is looked up
 * once. What comes of a server is data; rejects with the reason of `signal` alone.
 */
export async function checkServers(
  { remoteServers }: Pick<ServersConfig, "remoteServers">,
  options: CheckServersOptions = {},
): Promise<RemoteReport[]> {
  const { signal = NEVER, lookUp = addressesOf } = options;
  return within(Number.POSITIVE_INFINITY, signal, async (over) => {
    const book = new HostBook(lookUp, over);
    const reports = new Map<RemoteServer, RemoteReport>();
    const waiting = remoteServers.values();
    const worker = async (): Promise<void> => {
      // Workers share one iterator: each draws the next server when it is free.
      for (const server of waiting) {
        over.throwIfAborted();
        reports.set(server, await checkServer(server, book, { ...options, signal: over }));
      }
    };
    await Promise.all(Array.from({ length: Math.min(MOST_AT_ONCE, remoteServers.length) }, worker));
    over.throwIfAborted();
    return remoteServers.flatMap((server) => reports.get(server) ?? []);
  });
}

async function checkServer(
  server: RemoteServer,
  book: HostBook,
  options: CheckServersOptions & { readonly signal: AbortSignal },
): Promise<RemoteReport> {
  const { name, host, port, description, enabled } = server;
  const { timeoutMs = SERVER_TIMEOUT_MS, net = systemNet, signal } = options;
  const look = async (): Promise<Found> =>
    within(timeoutMs, signal, async (over) => {
      const found = await book.addressesOf(host, over);
      if (found === undefined) return failure(`its name was not looked up within ${inSeconds(timeoutMs)}`);
      if (found.kind === "failed") return failure(found.reason);
      return foundOf(await askServer(found.addresses, server, { net, timeoutMs, signal: over }));
    });
  // Whatever a host may be called, it must not cost the others their report.
  const found = enabled
    ? await look().catch((error: unknown) => failure(`could not be asked: ${messageOf(error)}`))
    : DISABLED;
  return { name, host, port, description, ...found };
}

const NOTHING = { version: null, agents: [], latencyMs: null } as const;
const DISABLED: Found = { status: "disabled", summary: "disabled: it was not asked", ...NOTHING };

function failure(summary: string): Found {
  return { status: "error", summary, ...NOTHING };
}

function foundOf(asked: Asked): Found {
  if (asked.kind === "absent")
    return { status: "registered_not_running", summary: asked.summary, ...NOTHING };
  if (asked.kind === "error") return failure(asked.summary);
  return { status: "running", ...agentFound(asked) };
}

/** What an agent that answered has to say for itself. */
export function agentFound(
  asked: Extract<Asked, { kind: "agent" }>,
): Pick<RemoteReport, "summary" | "version" | "agents" | "latencyMs"> {
  const { status, refused, latencyMs } = asked;
  const { version, agents, unread } = status;
  const words = [
    `sonde agent${version === null ? "" : ` ${version}`}`,
    status.status === "ok" || status.status === "unknown" ? undefined : `says that it is ${status.status}`,
    refused ? "wants a token before it says more" : undefined,
    unread === 0 ? undefined : `${unread} of its agents could not be read`,
  ];
  const summary = words.filter((word) => word !== undefined).join(", ");
  return { summary, version, agents, latencyMs: Math.round(latencyMs * 10) / 10 };
}
