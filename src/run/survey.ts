import type { Catalog } from "../model/catalog.ts";
import type { Endpoint } from "../model/endpoint.ts";
import type { InterfaceAddress } from "../model/interface-address.ts";
import { type Listener, endpointsOf } from "../model/listener.ts";
import { DEFAULTS, type DiscoverOptions, type TargetText } from "../model/options.ts";
import type { Scope, Strategy } from "../model/strategy.ts";
import type { AddressRange, TargetSet } from "../model/target.ts";
import { systemNet as net } from "../net/index.ts";
import { addressesOf, readInterfaces } from "../net/machine.ts";
import { readListeners } from "../net/proc.ts";
import { parseAddress } from "../targets/address.ts";
import { parseNameServer } from "../targets/name-server.ts";
import { ownAddresses } from "../targets/own.ts";
import { parseExclusion, parseTarget } from "../targets/parse.ts";
import { parsePorts } from "../targets/ports.ts";
import { resolveTargets } from "../targets/resolve.ts";
import { contains, holds } from "../targets/set.ts";
import { hostAddresses } from "./host-lookup.ts";

/** What a run is about to look at, before the first packet. */
export interface Survey {
  readonly scope: Scope;
  readonly isOwn: (address: string) => boolean;
  /**
   * Whether what is announced at an address belongs to what is looked at: where targets were named, at one of them; and
   * never where it is excluded.
   */
  readonly admits: (address: string) => boolean;
  /** See `StrategyContext.isTarget`. */
  readonly isTarget: (address: string) => boolean;
  readonly warnings: readonly string[];
}

/**
 * Reads targets and ports, looks names up, and asks this machine what listens on it. Throws `DiscoverError`.
 *
 * @param lookUp How to come by the addresses of a name; by the link and the system's resolver where absent.
 */
export async function survey(
  options: DiscoverOptions,
  strategies: readonly Strategy[],
  catalog: Catalog,
  signal: AbortSignal,
  lookUp?: (name: string) => Promise<readonly string[]>,
): Promise<Survey> {
  const ports = portsOf(options.ports ?? DEFAULTS.ports, commonPorts(strategies, catalog));
  const everything = options.targets === undefined;
  const include = everything
    ? [{ text: "localhost", where: "no target given" }]
    : tokens(options.targets, "target");
  const exclude = tokens(options.exclude, "exclude");
  const interfaces = readInterfaces();
  const isOwn = ownAddresses(interfaces);
  const link = { interfaces: options.interfaces ?? [], signal, isOwn };
  const lookups = {
    addressesOf: lookUp ?? ((name: string) => hostAddresses(name, net, addressesOf, link)),
    interfaces: () => interfaces,
    nameTimeoutMs: nameTimeoutOf(options),
  };
  const { targets, excluded, warnings } = await resolveTargets({ include, exclude }, lookups, signal);
  const listeners = holdsOwn(targets, interfaces) ? readListeners() : [];
  const wanted = holdsCommon(options.ports ?? DEFAULTS.ports) ? listeners : [];
  const scope: Scope = {
    targets,
    ports,
    extra: extraEndpoints(wanted, targets, ports, everything && exclude.length === 0),
    sparse: options.sparse ?? false,
    listeners,
    identify: options.identify ?? DEFAULTS.identify,
    timeoutMs: options.timeoutMs ?? DEFAULTS.timeoutMs,
    httpTimeoutMs: options.httpTimeoutMs ?? DEFAULTS.httpTimeoutMs,
    httpHeaders: lowerCased(options.httpHeaders ?? {}),
    domains: options.domains ?? [],
    services: options.services ?? [],
    dnsServers: (options.dnsServers ?? []).map(parseNameServer),
    interfaces: options.interfaces ?? [],
    strategies: strategies.map(({ name }) => name),
  };
  const isAnywhere = everything || options.followsAnywhere === true;
  const admits = admission(isAnywhere ? undefined : targets.ranges, excluded);
  const among = admission(targets.ranges, excluded);
  return { scope, isOwn, admits, isTarget: (address) => isOwn(address) || among(address), warnings };
}

/** Whether a target or an exclusion is a host name. Throws `DiscoverError` where one cannot be read. */
export async function looksNamesUp({ targets, exclude }: DiscoverOptions): Promise<boolean> {
  const specs = await Promise.all([
    ...tokens(targets, "target").map(parseTarget),
    ...tokens(exclude, "exclude").map(parseExclusion),
  ]);
  return specs.some(({ kind }) => kind === "name");
}

function admission(
  named: readonly AddressRange[] | undefined,
  excluded: readonly AddressRange[],
): (address: string) => boolean {
  return (text) => {
    const address = parseAddress(text);
    if (address === undefined || holds(excluded, address)) return false;
    return named === undefined || holds(named, address);
  };
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/** What `common` means to all of them together. */
function commonPorts(strategies: readonly Strategy[], catalog: Catalog): number[] {
  const ports = strategies.flatMap((one) => {
    if (one.announces === true) return [];
    return one.ports?.(catalog) ?? catalog.ports;
  });
  return [...new Set(ports)].toSorted((a, b) => a - b);
}

/** Who wants the usual ports wants those of this machine that are in use, whatever else he names. */
function holdsCommon(ports: string | readonly number[]): boolean {
  return typeof ports === "string" && ports.split(",").some((word) => word.trim() === "common");
}

/** A name server that is asked second, after 5 s of a mute first one, still has its chance. */
const NAME_TIMEOUT_MS = 8_000;

/** No name may use up more than half of a run that has a deadline. */
function nameTimeoutOf({ deadlineMs = Number.POSITIVE_INFINITY }: DiscoverOptions): number {
  return Math.min(NAME_TIMEOUT_MS, Math.ceil(deadlineMs / 2));
}

const LOOPBACK = { first: 0x7f000000n, last: 0x7fffffffn };

/** Whether this machine itself is among the targets. */
function holdsOwn({ ranges }: TargetSet, interfaces: readonly InterfaceAddress[]): boolean {
  const own = ["::1", ...interfaces.map(({ address }) => address)].map(parseAddress);
  return (
    own.some((address) => address !== undefined && contains(ranges, address)) ||
    ranges.some(({ family, first, last }) => family === 4 && first <= LOOPBACK.last && last >= LOOPBACK.first)
  );
}

function portsOf(ports: string | readonly number[], common: readonly number[]): number[] {
  return parsePorts(typeof ports === "string" ? ports : ports.join(","), common, "ports");
}

function tokens(texts: readonly (string | TargetText)[] = [], what: string): TargetText[] {
  return texts.map((text, at) => (typeof text === "string" ? { text, where: `${what} ${at + 1}` } : text));
}

/** Where this machine listens beyond targets × ports: at a target, or anywhere when nobody named one. */
function extraEndpoints(
  listeners: readonly Listener[],
  targets: TargetSet,
  ports: readonly number[],
  anywhere: boolean,
): Endpoint[] {
  const known = new Set(ports);
  const isTarget = ({ address }: Endpoint): boolean => {
    const parsed = parseAddress(address);
    return parsed !== undefined && contains(targets.ranges, parsed);
  };
  const byText = new Map(endpointsOf(listeners).map((one) => [`${one.address} ${one.port}`, one]));
  return [...byText.values()].filter((one) => (isTarget(one) ? !known.has(one.port) : anywhere));
}
