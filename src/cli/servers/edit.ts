import { DiscoverError } from "../../model/errors.ts";
import { suggestion } from "../../model/nearest.ts";
import type { RemoteServer, ServersConfig } from "../../model/servers.ts";
import { shown } from "../../targets/token.ts";

/** With one more server, at the end. Throws `bad-option` where its name is taken. */
export function withServer(config: ServersConfig, server: RemoteServer): ServersConfig {
  const there = config.remoteServers.find(({ name }) => name === server.name);
  if (there === undefined) return { ...config, remoteServers: [...config.remoteServers, server] };
  const { host, port } = there;
  throw new DiscoverError(
    "bad-option",
    `${shown(server.name)} is registered already, at ${shown(host)} port ${port}: choose another name, or remove it first`,
  );
}

/** Without the server of that name. Throws `bad-option` where there is none. */
export function withoutServer(config: ServersConfig, name: string): ServersConfig {
  const gone = serverNamed(config, name);
  return { ...config, remoteServers: config.remoteServers.filter((one) => one !== gone) };
}

/** With the server of that name on or off; undefined where it is so already. Throws `bad-option` where there is none. */
export function withEnabled(
  config: ServersConfig,
  name: string,
  enabled: boolean,
): ServersConfig | undefined {
  const meant = serverNamed(config, name);
  if (meant.enabled === enabled) return undefined;
  const remoteServers = config.remoteServers.map((one) => (one === meant ? { ...one, enabled } : one));
  return { ...config, remoteServers };
}

function serverNamed({ remoteServers }: ServersConfig, name: string): RemoteServer {
  const found = remoteServers.find((one) => one.name === name);
  if (found !== undefined) return found;
  const names = remoteServers.map((one) => one.name);
  const known = names.length === 0 ? "; none is" : `; known are ${names.map(shown).join(", ")}`;
  const near = suggestion(name, names);
  throw new DiscoverError("bad-option", `no server is registered as ${shown(name)}${near || known}`);
}
