import { endpointText } from "../../model/endpoint.ts";
import { DiscoverError } from "../../model/errors.ts";
import type { ServersConfig } from "../../model/servers.ts";
import { SERVERS_DEFAULTS } from "../../model/servers.ts";
import { jsonText } from "../../output/json-text.ts";
import { printable } from "../../output/printable.ts";
import { membersOf } from "../../servers/members.ts";
import { type ServersFile, readServers, updateServers } from "../../servers/server-file.ts";
import { shown } from "../../targets/token.ts";
import type { Invocation } from "../command.ts";
import { EXIT, interruptCode } from "../exit-code.ts";
import { SETTINGS } from "../settings/settings.ts";
import { listenForInterrupt } from "../terminal/interrupt.ts";
import type { Io } from "../terminal/io.ts";
import { tableText, wantsJson } from "../terminal/plain-output.ts";
import { type ServersAction, readServersAction } from "./arguments.ts";
import { withEnabled, withServer, withoutServer } from "./edit.ts";
import { type ServersSettings, readServersSettings } from "./settings.ts";

/** Shows or edits the file of registered servers. Throws `DiscoverError` for what the user can mend. */
export async function runServers({ args, flags, io }: Invocation): Promise<number> {
  const json = wantsJson(flags);
  const interrupt = listenForInterrupt(io, () => {});
  try {
    const action = await readServersAction(args);
    const settings = await readServersSettings({ flags, io }, interrupt.signal);
    const done = await perform(action, settings, interrupt.signal);
    if (json) io.stdout.write(`${jsonText(membersOf(done.config), 2)}\n`);
    else if (done.line === undefined) io.stdout.write(listText(done.config, io));
    else if (!settings.read(SETTINGS.quiet).value) io.stdout.write(`${printable(done.line)}\n`);
    return EXIT.complete;
  } catch (error) {
    const received = interrupt.received();
    if (received === undefined) throw error;
    return interruptCode(received);
  } finally {
    interrupt.dispose();
  }
}

interface Done {
  readonly config: ServersConfig;
  /** What was done; absent where the servers are to be shown. */
  readonly line?: string;
}

async function perform(
  action: ServersAction,
  { file, called }: ServersSettings,
  signal: AbortSignal,
): Promise<Done> {
  if (action.kind === "list") return { config: (await readServers(file, { called, signal })).config };
  let isChanged = false;
  const config = await updateServers(
    file,
    (found) => {
      const changed = changedBy(action, found, called);
      isChanged = changed !== undefined;
      return changed;
    },
    { called, signal },
  );
  return { config, line: lineOf(action, called, isChanged) };
}

type Edit = Exclude<ServersAction, { kind: "list" }>;

function changedBy(action: Edit, { config, exists }: ServersFile, called: string): ServersConfig | undefined {
  switch (action.kind) {
    case "init":
      if (!exists) return SERVERS_DEFAULTS;
      throw new DiscoverError(
        "file",
        `${shown(called)} is there already, and is not overwritten; 'discover servers' shows it`,
      );
    case "add":
      return withServer(config, action.server);
    case "remove":
      return withoutServer(config, action.name);
    case "enable":
    case "disable":
      return withEnabled(config, action.name, action.kind === "enable");
  }
}

function lineOf(action: Edit, called: string, isChanged: boolean): string {
  switch (action.kind) {
    case "init":
      return `${called}: written with the defaults`;
    case "add": {
      const { name, host, port } = action.server;
      return `${called}: ${name} added, ${endpointText({ address: host, port })}`;
    }
    case "remove":
      return `${called}: ${action.name} removed`;
    case "enable":
    case "disable":
      return `${called}: ${action.name} ${isChanged ? `${action.kind}d` : `is ${action.kind}d already`}`;
  }
}

function listText({ remoteServers }: ServersConfig, io: Io): string {
  if (remoteServers.length === 0) return "no server is registered\n";
  const rows = remoteServers.map(({ name, host, port, enabled, description }) => [
    name,
    endpointText({ address: host, port }),
    enabled ? "yes" : "no",
    description,
  ]);
  const cells = rows.map((row) => row.map(printable));
  return tableText([["SERVER", "ADDRESS", "ENABLED", "DESCRIPTION"], ...cells], io);
}
