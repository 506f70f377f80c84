import { resolve } from "node:path";

import { type Clock, systemClock } from "../model/clock.ts";
import { REPORT_VERSION, SERVER_TIMEOUT_MS } from "../model/servers.ts";
import type { LocalReport, LocalValidation, ServersConfig, StartupReport } from "../model/servers.ts";
import { systemNet } from "../net/index.ts";
import { askServer } from "./ask-server.ts";
import type { Asked, ServersNet } from "./asked.ts";
import { type CheckServersOptions, agentFound, checkServers } from "./check-servers.ts";
import { type Validated, validate } from "./validate-local.ts";
import { within } from "./within.ts";

export interface StartupReportOptions extends CheckServersOptions {
  /** The file as it is to be named; null or absent: there is none. */
  readonly file?: string | null;
  /** Where a relative `agentsDirectory` starts; the working directory where absent. */
  readonly folder?: string;
  readonly clock?: Clock;
}

const NEVER = new AbortController().signal;
/** So many ports that are taken are asked whether the local server is behind them. */
const MOST_ASKED = 16;

/**
 * Looks at the local server and at all remote ones, and says what it found. Nothing is started, and what remote servers
 * do never makes it reject; only `signal` does, with its reason.
 */
export async function startupReport(
  config: ServersConfig,
  options: StartupReportOptions = {},
): Promise<StartupReport> {
  const { file = null, clock = systemClock } = options;
  const [at, begun] = [clock.now(), clock.monotonic()];
  const [local, remotes] = await Promise.all([localReport(config, options), checkServers(config, options)]);
  return {
    schemaVersion: REPORT_VERSION,
    at: new Date(at).toISOString(),
    file,
    ok: local.ok,
    local,
    remotes,
    durationMs: Math.round(clock.monotonic() - begun),
  };
}

async function localReport(config: ServersConfig, options: StartupReportOptions): Promise<LocalReport> {
  const { folder = ".", signal = NEVER, timeoutMs = SERVER_TIMEOUT_MS, net = systemNet } = options;
  const validated = await validate(config, { folder, signal });
  const { host, maxAgents } = config;
  const { taken: _taken, addresses: _addresses, ...validation } = validated;
  const directory = resolve(folder, config.agentsDirectory);
  const running = await runningServer(host, validated, { net, timeoutMs, signal });
  const found = running === undefined ? notRunning(config, validation) : runningReport(running, validation);
  const { status, ok, error, port, remedies, note, version, agents } = found;
  // In the order in which people read it.
  return { status, ok, error, remedies, note, host, port, directory, maxAgents, version, agents };
}

interface Running {
  readonly port: number;
  readonly asked: Extract<Asked, { kind: "agent" }>;
}

/** The local server where it runs already: a taken port is no fault then. */
async function runningServer(
  host: string,
  { taken, addresses }: Validated,
  options: { readonly net: ServersNet; readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<Running | undefined> {
  if (taken.length === 0) return undefined;
  return within(options.timeoutMs, options.signal, async (signal) => {
    const found = await Promise.all(
      taken.slice(0, MOST_ASKED).map(async (port) => ({
        port,
        asked: await askServer(addresses.map(reachOf), { host, port }, { ...options, signal }),
      })),
    );
    options.signal.throwIfAborted();
    return found.flatMap(({ port, asked }) => (asked.kind === "agent" ? { port, asked } : []))[0];
  });
}

/** Who listens on every address is reached through loopback. */
function reachOf(address: string): string {
  if (address === "0.0.0.0") return "127.0.0.1";
  return address === "::" ? "::1" : address;
}

type Found = Omit<LocalReport, "host" | "directory" | "maxAgents">;

function notRunning({ enabled }: ServersConfig, validation: LocalValidation): Found {
  const status = !enabled ? "disabled" : validation.ok ? "ready" : "error";
  return { status, ...validation, version: null, agents: [] };
}

function runningReport({ port, asked }: Running, validation: LocalValidation): Found {
  const { version, agents, summary } = agentFound(asked);
  // Where a port was found, whatever else is amiss (its directory) still is; where none was, it needs none.
  const isAmiss = !validation.ok && validation.port !== null;
  return {
    status: "running",
    ok: !isAmiss,
    error: isAmiss ? validation.error : null,
    port,
    remedies: isAmiss ? validation.remedies : [],
    note: summary,
    version,
    agents,
  };
}
