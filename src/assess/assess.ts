import { discover } from "../discover.ts";
import type { Inventory, Service } from "../model/inventory.ts";
import type { DiscoverOptions } from "../model/options.ts";
import { DEFAULTS } from "../model/options.ts";
import type { HostFacts, Knowledge, UnknownPlace } from "../model/plan.ts";
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
  /** Takes the place of `discover`: for who wants to follow the run's events. */
  readonly run?: (options: DiscoverOptions) => Promise<Inventory>;
}

/** Looks at this machine, at the hosts of a stack, and where else the options say. Throws as `discover` does. */
export async function assess(stack: Stack, given: AssessOptions): Promise<Assessment> {
  const { options, hosts, knowledge, run = async (one) => discover(one).inventory() } = given;
  const ports = new Set(stack.services.flatMap((service) => portsOf(service, knowledge)));
  const interfaces = readInterfaces();
  const alone = new Set([...(await addressesNamed(options)), ...otherTargets(hosts)]);
  const places = new Places({
    isNear: linkTest(interfaces),
    isExpected: (address) => alone.has(address),
    matters: (port) => ports.has(port),
  });
  const { services, coverage, warnings } = await run({
    ...scopeOf(stack, given),
    onOutcome: places.take,
  });
  const complete = coverage.complete && !places.isOverrun;
  return { services, stale: [], unknown: places.unknown, complete, hosts, warnings, isRecalled: false };
}

/** Where a stack is looked for, and how. */
export function scopeOf(
  stack: Stack,
  { options, hosts }: Pick<AssessOptions, "options" | "hosts">,
): DiscoverOptions {
  return {
    ...options,
    targets: [...ownTargets(hosts), ...(options.targets ?? []), ...otherTargets(hosts)],
    ports: portsToSweep(options.ports ?? DEFAULTS.ports, stack),
    // Who names no range looks wherever name servers and announcements lead to.
    followsAnywhere: options.targets === undefined,
  };
}

/** Where a service is usually found, and where its stack wants it. */
function portsOf(service: Requirement, knowledge: Knowledge): number[] {
  return [...knowledge.portsOf(service.type), ...fixedPorts(service)];
}

function fixedPorts({ ports }: Requirement): readonly number[] {
  return ports?.kind === "fixed" ? ports.ports : [];
}

function portsToSweep(ports: string | readonly number[], { services }: Stack): string {
  const own = services.flatMap(fixedPorts).map(String);
  return [typeof ports === "string" ? ports : ports.join(","), ...new Set(own)].join(",");
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

/** Whoever names one address, or a host, expects somebody there; who names a range does not. */
async function addressesNamed({ targets = [], signal }: DiscoverOptions): Promise<string[]> {
  const texts = targets.map((target) => (typeof target === "string" ? { text: target, where: "" } : target));
  const specs = await Promise.all(texts.map(parseTarget));
  const found = specs.map(async (spec) => {
    if (spec.kind === "name") return addressesOfHost(spec.name, signal ?? new AbortController().signal);
    return [];
  });
  const single = texts.flatMap(({ text }) => {
    const address = parseAddress(text);
    return address === undefined ? [] : [formatAddress(address.family, address.first, address.zone)];
  });
  return [...single, ...(await Promise.all(found)).flat()];
}
