import { endpointText } from "../model/endpoint.ts";
import type { Listener } from "../model/listener.ts";
import type { LocalValidation, ServersConfig } from "../model/servers.ts";
import type { PortSearch } from "./free-port.ts";

/** Below this, only root and whoever has CAP_NET_BIND_SERVICE may listen, as a rule. */
const FIRST_OPEN_PORT = 1_024;

function failed(error: string, remedies: readonly string[], port: number | null = null): LocalValidation {
  return { ok: false, error, port, remedies, note: null };
}

export function disabled(): LocalValidation {
  return failed("The local server is disabled", ['set "enabled": true']);
}

export function unknownHost(host: string, reason: string): LocalValidation {
  return failed(`The host ${host} cannot be looked up: ${reason}`, [
    'set "host" to "localhost" or an address of this machine',
  ]);
}

/** Who has the first port, and the next one that is free, as far as that is known. */
interface Known {
  readonly holder: Listener | undefined;
  readonly next: number | undefined;
}

/** Why there is no port, and what can be done about it. */
export function portFault(config: ServersConfig, search: PortSearch, known: Known): LocalValidation {
  const { basePort, host, autoDiscoverPort } = config;
  if (search.first === "absent")
    return failed(`${host} is not an address of this machine`, [
      'set "host" to "localhost" or an address of this machine',
    ]);
  const end =
    known.holder === undefined ? [] : [`end what has port ${basePort}: ${holderText(known.holder)}`];
  if (autoDiscoverPort) {
    const other = `set "base_port" to the first of some that are free${rightsText(search)}`;
    return failed(`No available ports found starting from ${basePort}`, [other, ...end]);
  }
  if (search.first !== "taken") return untried(basePort, search);
  const next = known.next === undefined ? "another one" : `${known.next}, which is free`;
  return failed(`Port ${basePort} is already in use and auto-discovery is disabled`, [
    ...end,
    'set "auto_discover_port": true',
    `set "base_port" to ${next}`,
  ]);
}

function untried(port: number, { first }: PortSearch): LocalValidation {
  const open = `set "base_port" to ${FIRST_OPEN_PORT} or more`;
  if (first === "forbidden") return failed(`Port ${port} may not be listened on by this user`, [open]);
  return failed(`Port ${port} could not be tried`, ["look whether this machine is out of descriptors"]);
}

function rightsText({ first }: PortSearch): string {
  return first === "forbidden" ? `, from ${FIRST_OPEN_PORT} on: this user may not listen below` : "";
}

/** What is to be said of a port that is not the first one; null where it is. */
export function portNote(
  { basePort }: ServersConfig,
  port: number,
  { search, holder }: { readonly search: PortSearch; readonly holder: Listener | undefined },
): string | null {
  if (port === basePort) return null;
  const by = holder === undefined ? "" : ` by ${holderText(holder)}`;
  const why =
    search.first === "taken"
      ? `is already in use${by}`
      : search.first === "forbidden"
        ? "may not be listened on by this user"
        : "could not be tried";
  return `Port ${basePort} ${why}: ${port} is the next that is free`;
}

/** Why a directory cannot be used. */
export function directoryFault(
  directory: string,
  { code, text }: { readonly code: string; readonly text: string },
  port: number,
): LocalValidation {
  const other = 'set "agents_directory" to a directory that this user may read and write';
  const mend =
    code === "ENOENT"
      ? [`make it: mkdir -p ${quoted(directory)}`]
      : code === "EACCES"
        ? [`allow it: chmod u+rwx ${quoted(directory)}, as its owner`]
        : [];
  return failed(`The agents directory ${directory} ${text}`, [...mend, other], port);
}

/** For a shell, where it needs quotes. */
function quoted(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}

/** `process node, pid 812`; where it listens, if its process is not known. */
function holderText({ address, port, process }: Listener): string {
  if (process !== undefined) return `process ${process.name}, pid ${process.pid}`;
  return `what listens at ${endpointText({ address, port })}`;
}
