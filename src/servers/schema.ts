import * as z from "zod";

import { isObject } from "../model/json.ts";
import { suggestion } from "../model/nearest.ts";
import { SERVERS_DEFAULTS, type ServersConfig } from "../model/servers.ts";
import { pathOf } from "./json-places.ts";

/** What is wrong with a file, and with which part of it. */
export interface ConfigFault {
  readonly path: string;
  readonly fault: string;
}

/** So many agents need so many ports, and no host has as many. */
const MOST_AGENTS = 10_000;
const DAY_SECONDS = 86_400;
const MOST_LETTERS = 253; // of a host's name (RFC 1035, section 2.3.4)

const toggle = z.boolean("must be true or false");

function whole(least: number, most: number): z.ZodNumber {
  const message = `must be a whole number from ${least} to ${most}`;
  return z.int(message).min(least, message).max(most, message);
}

/** One line without a blank at its ends, and without what a terminal would obey. */
function line(what: string): z.ZodString {
  const message = `must be ${what}`;
  return z.string(message).min(1, message).max(MOST_LETTERS, message).regex(LINE, message);
}

const LINE = /^(?! )[^\p{C}\p{Zl}\p{Zp}]*(?<! )$/u;

const host = line("a host name or an IP address").refine(isHost, {
  error: "must be a host name or an IP address, without scheme, brackets and port",
});

const HOST_NAME = /^[\p{L}\p{N}_](?:[\p{L}\p{N}\p{M}_.-]*[\p{L}\p{N}\p{M}_.])?$/u;

function isHost(text: string): boolean {
  if (text.includes(":")) return URL.canParse(`http://[${text.replace(/%[\w.-]+$/, "")}]`);
  // Names that end in a number are addresses to a URL, and may be none: 1.2.3.4.5.
  return HOST_NAME.test(text) && URL.canParse(`http://${text}`);
}

const port = whole(1, 65_535);

const remote = z.strictObject({
  name: line("a name"),
  host,
  port,
  enabled: toggle.default(true),
  description: z.string("must be text").default(""),
});

const { basePort, maxAgents, maxRestarts, healthCheckIntervalSeconds: interval } = SERVERS_DEFAULTS;
const seconds = `must be a number of seconds, more than 0 and at most ${DAY_SECONDS}`;

const FILE = z.strictObject({
  enabled: toggle.default(SERVERS_DEFAULTS.enabled),
  host: host.default(SERVERS_DEFAULTS.host),
  base_port: port.default(basePort),
  max_agents: whole(1, MOST_AGENTS).default(maxAgents),
  health_check_interval: z.number(seconds).positive(seconds).max(DAY_SECONDS, seconds).default(interval),
  restart_on_failure: toggle.default(SERVERS_DEFAULTS.restartOnFailure),
  max_restarts: whole(0, MOST_AGENTS).default(maxRestarts),
  auto_discover_port: toggle.default(SERVERS_DEFAULTS.autoDiscoverPort),
  agents_directory: z
    .string("must be a path")
    .regex(/^[^\0]+$/, "must be a path")
    .default(SERVERS_DEFAULTS.agentsDirectory),
  remote_servers: z.array(remote, "must be a list").default([]),
});

/** The file's members and those of a remote server, in their usual order. */
export const FILE_KEYS: readonly string[] = Object.keys(FILE.shape);
export const REMOTE_KEYS: readonly string[] = Object.keys(remote.shape);

/** Reads what a file holds, or says of each part that cannot be what is wrong with it. */
export function checkFile(value: unknown): ServersConfig | readonly ConfigFault[] {
  const { data, error } = FILE.safeParse(value);
  if (error !== undefined) return error.issues.flatMap((issue) => faultsOf(issue, value));
  const twice = data.remote_servers.findIndex(
    ({ name }, at) => data.remote_servers.findIndex((one) => one.name === name) < at,
  );
  if (twice >= 0) {
    const fault = `${shownValue(data.remote_servers[twice]?.name)} is the name of another server already`;
    return [{ path: `remote_servers[${twice}].name`, fault }];
  }
  return {
    enabled: data.enabled,
    host: data.host,
    basePort: data.base_port,
    maxAgents: data.max_agents,
    healthCheckIntervalSeconds: data.health_check_interval,
    restartOnFailure: data.restart_on_failure,
    maxRestarts: data.max_restarts,
    autoDiscoverPort: data.auto_discover_port,
    agentsDirectory: data.agents_directory,
    remoteServers: data.remote_servers,
  };
}

type Issue = z.core.$ZodIssue;

function faultsOf(issue: Issue, whole: unknown): ConfigFault[] {
  const path = issue.path.map((key) => (typeof key === "number" ? key : String(key)));
  const at = path.reduce<string>(pathOf, "");
  if (issue.code === "unrecognized_keys") {
    const known = path.length === 0 ? FILE_KEYS : REMOTE_KEYS;
    return issue.keys.map((key) => ({
      path: pathOf(at, key),
      fault: `there is no such member${suggestion(key, known)}`,
    }));
  }
  const value = path.reduce<unknown>(memberOf, whole);
  if (value === undefined) return [{ path: at, fault: "is missing" }];
  const must = isObjectIssue(issue) ? "must be a mapping in braces" : issue.message;
  return [{ path: at, fault: `${must}, not ${shownValue(value)}` }];
}

function isObjectIssue(issue: Issue): boolean {
  return issue.code === "invalid_type" && issue.expected === "object";
}

function memberOf(value: unknown, key: string | number): unknown {
  if (Array.isArray(value)) return value[Number(key)];
  return isObject(value) ? value[key] : undefined;
}

/** A value in a few words that are fit to be printed. */
function shownValue(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (isObject(value)) return "a mapping";
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
