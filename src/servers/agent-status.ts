import { type JsonObject, arrayAt, asObject, stringAt } from "../model/json.ts";
import type { AgentFacts, AgentState, AgentStatus } from "../model/servers.ts";

/** What an agent calls itself. */
const SERVICE = "sonde-agent";
/** More would not be read by anybody. */
const MOST_AGENTS = 1_000;
const MOST_LETTERS = 200;

const STATES: ReadonlySet<string> = new Set<AgentState>(["starting", "running", "stopped", "failed"]);
const HEALTHS: ReadonlySet<string> = new Set<AgentStatus["status"]>(["ok", "degraded", "failed"]);

/** Reads what `GET /status` answered, parsed from JSON. Undefined where that is no agent's. Takes anything, throws nothing. */
export function readAgentStatus(json: unknown): AgentStatus | undefined {
  if (stringAt(json, "service") !== SERVICE) return undefined;
  const entries = arrayAt(json, "agents") ?? [];
  const agents = entries.slice(0, MOST_AGENTS).flatMap((entry) => readAgent(entry) ?? []);
  const status = stringAt(json, "status");
  return {
    version: stringAt(json, "version")?.slice(0, MOST_LETTERS) ?? null,
    status: isHealth(status) ? status : "unknown",
    agents,
    unread: entries.length - agents.length,
  };
}

function readAgent(entry: unknown): AgentFacts | undefined {
  const members = asObject(entry);
  const name = stringAt(members, "name");
  const port = wholeAt(members, "port", 1, 65_535);
  if (name === undefined || port === undefined) return undefined;
  const status = stringAt(members, "status");
  const pid = wholeAt(members, "pid", 1);
  const restarts = wholeAt(members, "restarts", 0);
  return {
    name: name.slice(0, MOST_LETTERS),
    port,
    status: isState(status) ? status : "unknown",
    ...(pid !== undefined && { pid }),
    ...(restarts !== undefined && { restarts }),
  };
}

function wholeAt(
  members: JsonObject | undefined,
  key: string,
  least: number,
  most = Number.MAX_SAFE_INTEGER,
): number | undefined {
  const value = members?.[key];
  const isWhole = typeof value === "number" && Number.isInteger(value);
  return isWhole && value >= least && value <= most ? value : undefined;
}

function isState(text: string | undefined): text is AgentState {
  return text !== undefined && STATES.has(text);
}

function isHealth(text: string | undefined): text is AgentStatus["status"] {
  return text !== undefined && HEALTHS.has(text);
}
