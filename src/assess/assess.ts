import { discover } from "../discover.ts";
import type { Inventory, Service } from "../model/inventory.ts";
import type { DiscoverOptions } from "../model/options.ts";
import { DEFAULTS } from "../model/options.ts";
import type { HostFacts, Knowledge, StartedService, UnknownPlace } from "../model/plan.ts";
import type { Requirement, Stack } from "../model/stack.ts";
import { readInterfaces } from "../net/machine.ts";
import { linkTest } from "../scan/links.ts";
import { formatAddress, parseAddress } from "../targets/address.ts";
import { parseTarget } from "../targets/parse.ts";
import { addressesOfHost } from "./hosts.ts";
import { Places } from "./places.ts";

/** What a plan rests on. */
export interface Assessment {
  readonly services: readonly Service[];
  /** Ids of those among them that only earlier runs met: this one was not answered there. */
  readonly stale: readonly string[];
  readonly unknown: readonly UnknownPlace[];
  /** False: the run ended before everything was looked at. */
  readonly complete: boolean;
  /** Why it is not, one line each, where that is known. */
  readonly gaps: readonly string[];
  readonly hosts: readonly HostFacts[];
  readonly warnings: readonly string[];
  /** It was found by an earlier run, and looked at again: see `recall`. */
  readonly isRecalled: boolean;
}

export interface AssessOptions {
  /** How to look, and where besides this machine and the stack's hosts. */
  readonly options: DiscoverOptions;
  readonly hosts: readonly HostFacts[];
  readonly knowledge: Knowledge;
  /** What earlier boots started, wherever it listens by now. */
  readonly started?: readonly StartedService[];
  /** Addresses at which earlier runs met somebody: where nobody is now, he may only be away. */
  readonly met?: readonly string[];
  /** Takes the place of `discover`: for who wants to follow the run's events. */
  readonly run?: (options: DiscoverOptions) => Promise<Inventory>;
}

/** Looks at this machine, at the hosts of a stack, and where else the options say. Throws as `discover` does. */
export async function assess(stack: Stack, given: AssessOptions): Promise<Assessment> {
  const { options, hosts, knowledge, met = [], run = async (one) => discover(one).inventory() } = given;
  const ports = new Set(stack.services.flatMap((service) => portsOf(service, knowledge)));
  const interfaces = readInterfaces();
  const named = await addressesNamed(options);
  const alone = new Set([...named.addresses, ...otherTargets(hosts), ...met]);
  const gaps = [...named.unresolved, ...hosts.filter(isNowhere).map(({ name }) => name)].map(
    (name) => `the address of ${name} is not known`,
  );
  const places = new Places({
    isNear: linkTest(interfaces),
    isExpected: (address) => alone.has(address),
    matters: (port) => ports.has(port),
  });
  const { services, coverage, warnings } = await run({
    ...scopeOf(stack, given),
    onOutcome: places.take,
  });
  const complete = coverage.complete && !places.isOverrun && gaps.length === 0;
  return { services, stale: [], unknown: places.unknown, complete, gaps, hosts, warnings, isRecalled: false };
}

/** Where a stack is looked for, and how. */
export function scopeOf(
  stack: Stack,
  {
    options,
    hosts,
    knowledge,
    started = [],
  }: Pick<AssessOptions, "options" | "hosts" | "knowledge" | "started">,
): DiscoverOptions {
  return {
    ...options,
    targets: [...ownTargets(hosts), ...(options.targets ?? []), ...otherTargets(hosts)],
    ports: portsToSweep(options.ports ?? DEFAULTS.ports, [
      ...stack.services.flatMap((service) => portsOf(service, knowledge)),
      ...started.flatMap(({ port }) => port ?? []),
    ]),
    // Who names no range looks wherever name servers and announcements lead to.
    followsAnywhere: options.targets === undefined,
  };
}

/** Where a service is usually found, and where its stack wants it; what may be anybody's is only looked for there. */
function portsOf(service: Requirement, knowledge: Knowledge): number[] {
  const usual = knowledge.isGeneric(service.type) ? [] : knowledge.portsOf(service.type);
  return [...usual, ...fixedPorts(service)];
}

function fixedPorts({ ports }: Requirement): readonly number[] {
  return ports?.kind === "fixed" ? ports.ports : [];
}

/** Whatever ports a user names: those of the stack are looked at, or nothing would be known of it. */
function portsToSweep(ports: string | readonly number[], own: readonly number[]): string {
  return [typeof ports === "string" ? ports : ports.join(","), ...new Set(own)].join(",");
}

function isNowhere({ isLocal, addresses }: HostFacts): boolean {
  return !isLocal && addresses.length === 0;
}

/** This machine wherever it listens: an address of the link alone is none without its interface. */
function ownTargets(hosts: readonly HostFacts[]): string[] {
  const [here] = hosts;
  const addresses = (here?.addresses ?? []).filter((address) => !/^fe[89ab]/i.test(address));
  return ["localhost", ...addresses.filter((address) => address !== "127.0.0.1" && address !== "::1")];
}

function otherTargets(hosts: readonly HostFacts[]): string[] {
  return hosts.slice(1).flatMap(({ addresses }) => addresses);
}

interface Named {
  readonly addresses: readonly string[];
  /** Names that nobody knows. */
  readonly unresolved: readonly string[];
}

/** Whoever names one address, or a host, expects somebody there; who names a range does not. */
async function addressesNamed({ targets = [], signal }: DiscoverOptions): Promise<Named> {
  const texts = targets.map((target) => (typeof target === "string" ? { text: target, where: "" } : target));
  const specs = await Promise.all(texts.map(parseTarget));
  const names = specs.flatMap((spec) => (spec.kind === "name" ? [spec.name] : []));
  const found = await Promise.all(
    names.map(async (name) => addressesOfHost(name, signal ?? new AbortController().signal)),
  );
  const single = texts.flatMap(({ text }) => {
    const address = parseAddress(text);
    return address === undefined ? [] : [formatAddress(address.family, address.first, address.zone)];
  });
  return {
    addresses: [...single, ...found.flat()],
    unresolved: names.filter((_, at) => found[at]?.length === 0),
  };
}
