import { type Json, type JsonObject, asObject } from "../model/json.ts";
import { type RemoteServer, SERVERS_DEFAULTS, type ServersConfig } from "../model/servers.ts";

/** A configuration as the file has it, all members in their usual order. */
export function membersOf(config: ServersConfig): JsonObject {
  return {
    enabled: config.enabled,
    host: config.host,
    base_port: config.basePort,
    max_agents: config.maxAgents,
    health_check_interval: config.healthCheckIntervalSeconds,
    restart_on_failure: config.restartOnFailure,
    max_restarts: config.maxRestarts,
    auto_discover_port: config.autoDiscoverPort,
    agents_directory: config.agentsDirectory,
    remote_servers: config.remoteServers.map(remoteMembers),
  };
}

function remoteMembers({ name, host, port, enabled, description }: RemoteServer): JsonObject {
  return { name, host, port, enabled, description };
}

/** What the members of a remote server are where the file does not say. */
const REMOTE_DEFAULTS: JsonObject = { enabled: true, description: "" };

/** New members in the order in which they were there; what is the default and was not there stays away. */
export function inOrderOf(before: JsonObject | undefined, now: JsonObject): JsonObject {
  if (before === undefined) return now;
  const ordered = { ...merged(before, now, membersOf(SERVERS_DEFAULTS)) };
  const { remote_servers: remotes } = now;
  if (!("remote_servers" in ordered) || !Array.isArray(remotes)) return ordered;
  const old: readonly Json[] = Array.isArray(before["remote_servers"]) ? before["remote_servers"] : [];
  return { ...ordered, remote_servers: remotes.map((one) => remoteInOrder(one, old)) };
}

function remoteInOrder(remote: Json, old: readonly Json[]): Json {
  const members = asObject(remote);
  const same = old.map(asObject).find((one) => one?.["name"] === members?.["name"]);
  return members === undefined || same === undefined ? remote : merged(same, members, REMOTE_DEFAULTS);
}

function merged(before: JsonObject, now: JsonObject, defaults: JsonObject): JsonObject {
  const kept = Object.keys(before).filter((key) => key in now);
  const added = Object.keys(now).filter((key) => !(key in before) && !isSame(now[key], defaults[key]));
  return Object.fromEntries([...kept, ...added].map((key) => [key, now[key]]));
}

function isSame(a: Json | undefined, b: Json | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
