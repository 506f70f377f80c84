import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { resolve } from "node:path";

import { errorCode, fileFault } from "../model/error-code.ts";
import type { Listener } from "../model/listener.ts";
import type { LocalValidation, ServersConfig } from "../model/servers.ts";
import { addressesOf } from "../net/machine.ts";
import { tryBind } from "../net/port-free.ts";
import { readListeners } from "../net/proc.ts";
import { type PortSearch, searchPort, triesFor } from "./free-port.ts";
import { HostBook, literalAddresses } from "./host-addresses.ts";
import { directoryFault, disabled, portFault, portNote, unknownHost } from "./local-faults.ts";
import { within } from "./within.ts";

export interface ValidateOptions {
  /** Where a relative `agentsDirectory` starts; the working directory where absent. */
  readonly folder?: string;
  readonly signal?: AbortSignal;
}

/** A validation, and what only the startup report wants of it. */
export interface Validated extends LocalValidation {
  /** Ports that somebody has, from the first one on. */
  readonly taken: readonly number[];
  /** What the server would listen on. */
  readonly addresses: readonly string[];
}

const NEVER = new AbortController().signal;
/** Who has a port is good to know, and no more: on a machine with many processes it may take longer. */
const HOLDER_MS = 40;
/** How long this machine's own name may take to be looked up. */
const LOOK_UP_MS = 2_000;

/**
 * Whether the local server can be started: it is enabled, there is a port for it on the address that it will listen on,
 * and its directory is there and can be read and written. Tries to listen, and lets go at once. Takes less than 100 ms,
 * unless `host` is a name that name servers must be asked for. Rejects with the reason of `signal` alone.
 */
export async function validateLocalServer(
  config: ServersConfig,
  options: ValidateOptions = {},
): Promise<LocalValidation> {
  const { taken: _taken, addresses: _addresses, ...validation } = await validate(config, options);
  return validation;
}

/** See `validateLocalServer`. */
export async function validate(config: ServersConfig, options: ValidateOptions): Promise<Validated> {
  const { folder = ".", signal = NEVER } = options;
  if (!config.enabled) return { ...disabled(), taken: [], addresses: [] };
  const addresses = await bindAddresses(config.host, signal);
  if (typeof addresses === "string")
    return { ...unknownHost(config.host, addresses), taken: [], addresses: [] };
  const search = await searchPort(config.basePort, {
    addresses,
    tries: triesFor(config),
    tryBind,
    signal,
  });
  const { taken } = search;
  const seen = { taken, addresses };
  const holder = taken[0] === config.basePort ? holderOf(config.basePort, addresses) : undefined;
  if (search.port === undefined) {
    const next = await nextAfter(config, { search, addresses, signal });
    return { ...portFault(config, search, { holder, next }), ...seen };
  }
  const note = portNote(config, search.port, { search, holder });
  const directory = resolve(folder, config.agentsDirectory);
  const why = await faultOf(directory);
  if (why !== undefined) return { ...directoryFault(directory, why, search.port), note, ...seen };
  return { ok: true, error: null, port: search.port, remedies: [], note, ...seen };
}

/** The addresses to try; or why the name has none. */
async function bindAddresses(host: string, signal: AbortSignal): Promise<readonly string[] | string> {
  // To listen on :: is to listen on every address, IPv4 too, unless somebody asks not to.
  if (host === "::") return ["0.0.0.0", "::"];
  const literal = literalAddresses(host);
  if (literal !== undefined) return literal;
  const found = await within(LOOK_UP_MS, signal, (over) =>
    new HostBook(addressesOf, over).addressesOf(host, over),
  );
  signal.throwIfAborted();
  if (found === undefined) return `no answer within ${LOOK_UP_MS / 1_000} s`;
  return found.kind === "found" ? found.addresses : found.reason;
}

/** Where only the first port would do, which one the user might have in its place. */
async function nextAfter(
  config: ServersConfig,
  { search, addresses, signal }: { search: PortSearch; addresses: readonly string[]; signal: AbortSignal },
): Promise<number | undefined> {
  if (config.autoDiscoverPort || search.first !== "taken") return undefined;
  const tries = triesFor({ autoDiscoverPort: true });
  return (await searchPort(config.basePort + 1, { addresses, tries, tryBind, signal })).port;
}

function holderOf(port: number, addresses: readonly string[]): Listener | undefined {
  const there = readListeners("/proc", { port, withinMs: HOLDER_MS });
  const wide = ["0.0.0.0", "::"];
  // Whoever listens on every address has it, too; and on these, whoever listens on any.
  const isAny = addresses.some((address) => wide.includes(address));
  return there.find(({ address }) => isAny || addresses.includes(address) || wide.includes(address));
}

async function faultOf(
  directory: string,
): Promise<{ readonly code: string; readonly text: string } | undefined> {
  try {
    const found = await stat(directory);
    if (!found.isDirectory()) return { code: "ENOTDIR", text: "is not a directory" };
    await access(directory, constants.R_OK | constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    const code = errorCode(error) ?? "";
    if (code === "ENOENT") return { code, text: "does not exist" };
    if (code === "EACCES") return { code, text: await forbidden(directory) };
    return { code, text: `cannot be used: ${fileFault(error)}` };
  }
}

async function forbidden(directory: string): Promise<string> {
  const can = async (mode: number): Promise<boolean> =>
    access(directory, mode).then(
      () => true,
      () => false,
    );
  if (!(await can(constants.R_OK | constants.X_OK))) return "cannot be read by this user";
  return "cannot be written to by this user";
}
