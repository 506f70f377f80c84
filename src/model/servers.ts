import { BASE_PORT } from "./stack.ts";

/** The version of the startup report; a change that breaks a reader raises it. */
export const REPORT_VERSION = 1;

/** Where the registered servers are, in the working directory, where nobody names a file. */
export const SERVERS_FILE = "sonde.servers.json";

/** How long one server may take to answer, its look-up and connection included, in milliseconds. */
export const SERVER_TIMEOUT_MS = 2_000;

/** A server on another host. In the file the members are called the same. */
export interface RemoteServer {
  /** Unique in its file. */
  readonly name: string;
  /** An IP address, without brackets, or a name. */
  readonly host: string;
  readonly port: number;
  /** False: it stays in the list, and is not asked. */
  readonly enabled: boolean;
  readonly description: string;
}

/** The registered servers file, read and checked. In the file names are written with underscores: `base_port`. */
export interface ServersConfig {
  /** Whether this machine is to have a server. */
  readonly enabled: boolean;
  /** What it listens on: an IP address or a name of this machine. */
  readonly host: string;
  readonly basePort: number;
  /** Agents that it may have at once. */
  readonly maxAgents: number;
  /** In the file `health_check_interval`. */
  readonly healthCheckIntervalSeconds: number;
  readonly restartOnFailure: boolean;
  readonly maxRestarts: number;
  /** Where `basePort` is taken, the next free one of a hundred is. */
  readonly autoDiscoverPort: boolean;
  /** Relative to the folder that the file lies in. */
  readonly agentsDirectory: string;
  /** In the order of the file. */
  readonly remoteServers: readonly RemoteServer[];
}

/** What holds where the file says nothing, or is not there. */
export const SERVERS_DEFAULTS: ServersConfig = {
  enabled: true,
  host: "localhost",
  basePort: BASE_PORT,
  maxAgents: 10,
  healthCheckIntervalSeconds: 30,
  restartOnFailure: true,
  maxRestarts: 3,
  autoDiscoverPort: true,
  agentsDirectory: ".",
  remoteServers: [],
};

/** Whether the local server can be started as the file wants it. */
export interface LocalValidation {
  readonly ok: boolean;
  /** Why not, in one line; null where it can. */
  readonly error: string | null;
  /** The port that it would have; null where there is none for it. */
  readonly port: number | null;
  /** What the user can do about it, one line each. */
  readonly remedies: readonly string[];
  /** What else is to be known, though all is well: another port is taken than the first one. */
  readonly note: string | null;
}

/**
 * What an agent does:
 *
 * - `starting`: its process is there, and not ready yet.
 * - `running`: it works.
 * - `stopped`: it ended, and is not to be started again.
 * - `failed`: it ended though it should not have, or answers no more.
 * - `unknown`: the server says something else, or nothing.
 */
export type AgentState = "starting" | "running" | "stopped" | "failed" | "unknown";

/** One agent of a server. */
export interface AgentFacts {
  readonly name: string;
  /** Where it can be reached, on the host of its server. */
  readonly port: number;
  readonly status: AgentState;
  /** Process id on its host; absent where it has no process, or its server does not say. */
  readonly pid?: number;
  /** How often it was started anew after a failure; absent where nobody counts. */
  readonly restarts?: number;
}

/**
 * What `GET /status` of a server (a sonde agent on a host) says. On the wire it is JSON of at most 64 KiB:
 *
 * ```json
 * { "service": "sonde-agent", "version": "1.2.3", "status": "ok",
 *   "agents": [{ "name": "embedder", "port": 8101, "status": "running", "pid": 812, "restarts": 0 }] }
 * ```
 *
 * `service` is what tells it from anything else, and stands in a refusal (401, 403), too. `status` is `ok`, `degraded`
 * or `failed`. All but `service` may be missing; members that nobody knows are passed over.
 */
export interface AgentStatus {
  /** Null where it does not say. */
  readonly version: string | null;
  readonly status: "ok" | "degraded" | "failed" | "unknown";
  readonly agents: readonly AgentFacts[];
  /** Entries of its list of agents that could not be read, or were too many. */
  readonly unread: number;
}

/**
 * - `running`: a sonde agent answers there.
 * - `registered_not_running`: the host refuses: nothing listens.
 * - `disabled`: it was not asked, since the file says so.
 * - `error`: whether it runs could not be found out, or something else answers there.
 */
export type RemoteStatus = "running" | "registered_not_running" | "disabled" | "error";

/** What came of asking one remote server. Text in it may be a stranger's. */
export interface RemoteReport {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly description: string;
  readonly status: RemoteStatus;
  /** What was seen, in one line. */
  readonly summary: string;
  /** Of the agent that answered. */
  readonly version: string | null;
  readonly agents: readonly AgentFacts[];
  /** Until it answered; null where it did not. */
  readonly latencyMs: number | null;
}

/**
 * - `running`: a sonde agent answers at its port already.
 * - `ready`: it can be started.
 * - `disabled`: the file says that there is to be none.
 * - `error`: it cannot be started.
 */
export type LocalStatus = "running" | "ready" | "disabled" | "error";

export interface LocalReport extends LocalValidation {
  readonly status: LocalStatus;
  /** As the file has it. */
  readonly host: string;
  /** Absolute. */
  readonly directory: string;
  readonly maxAgents: number;
  /** Of the agent that answers. */
  readonly version: string | null;
  readonly agents: readonly AgentFacts[];
}

/** The document of `discover report`. */
export interface StartupReport {
  readonly schemaVersion: number;
  /** ISO 8601. */
  readonly at: string;
  /** The registered servers file as it was named; null where it is not there, so that the defaults hold. */
  readonly file: string | null;
  /** Whether the local server runs, or can be started. Remote ones never decide. */
  readonly ok: boolean;
  readonly local: LocalReport;
  /** In the order of the file. */
  readonly remotes: readonly RemoteReport[];
  readonly durationMs: number;
}
