import type { Endpoint } from "../model/endpoint.ts";
import type { Service } from "../model/inventory.ts";
import type { Outcome } from "../model/outcome.ts";
import type { HostFacts, PlanInput, UnknownPlace } from "../model/plan.ts";
import type { Placement, Requirement } from "../model/stack.ts";

/** What a plan is made from, in an order that does not depend on how it was handed in. */
export interface Ground {
  readonly input: PlanInput;
  /** By name. */
  readonly hosts: readonly HostFacts[];
  /** By id. */
  readonly services: readonly Service[];
  /** By address and port. */
  readonly unknown: readonly Unseen[];
  readonly stale: ReadonlySet<string>;
  /** Names of hosts by address. */
  readonly hostNames: ReadonlyMap<string, string>;
}

export function groundOf(input: PlanInput): Ground {
  const hosts = sortedBy(input.hosts, ({ name }) => name);
  return {
    input,
    hosts,
    services: sortedBy(input.services, ({ id }) => id),
    unknown: input.unknown.flatMap(unseen).toSorted(compareUnseen),
    stale: new Set(input.stale),
    hostNames: new Map(
      hosts.flatMap(({ name, addresses }) => addresses.map((address) => [address, name] as const)),
    ),
  };
}

/** By a text of each, code unit by code unit: the same everywhere. */
export function sortedBy<T>(items: readonly T[], text: (item: T) => string): T[] {
  return items.toSorted((a, b) => compareTexts(text(a), text(b)));
}

export function compareTexts(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

/** An endpoint of which nobody knows whether something is there. */
interface Unseen extends Omit<Endpoint, "transport"> {
  readonly outcome: Outcome;
}

function unseen({ address, ports, outcome }: UnknownPlace): Unseen[] {
  return ports.map((port) => ({ address, port, outcome }));
}

function compareUnseen(a: Unseen, b: Unseen): number {
  return compareTexts(a.address, b.address) || a.port - b.port || compareTexts(a.outcome, b.outcome);
}

/** What is fixed about a requirement before anything is looked at. */
export interface Scope {
  readonly ground: Ground;
  readonly requirement: Requirement;
  /** Its type says only how it is spoken to. */
  readonly isGeneric: boolean;
  /** The one host that its placement allows; undefined where it allows all, or one that nobody described. */
  readonly bound: HostFacts | undefined;
  /** Hosts that it may be put on, by name. */
  readonly hosts: readonly HostFacts[];
  /** The stack gives it these ports. */
  readonly ownPorts: readonly number[];
  /** Where what answers may be it: its own ports, and those usual for a type that tells something. */
  readonly ports: ReadonlySet<number>;
  /** Ports that it takes where it is started, as far as that is known: its own, or else the most usual one. */
  readonly startPorts: readonly number[];
}

export function scopeOf(ground: Ground, requirement: Requirement): Scope {
  const { knowledge } = ground.input;
  const { placement, ports, type } = requirement;
  const isGeneric = knowledge.isGeneric(type);
  const usual = isGeneric ? [] : knowledge.portsOf(type);
  const ownPorts = ports?.kind === "fixed" ? ports.ports : [];
  const bound = boundHost(ground, placement);
  return {
    ground,
    requirement,
    isGeneric,
    bound,
    hosts:
      placement.kind === "discovered"
        ? []
        : isBound(placement)
          ? ground.hosts.filter((one) => one === bound)
          : ground.hosts,
    ownPorts,
    ports: new Set([...ownPorts, ...usual]),
    startPorts: ports === undefined ? usual.slice(0, 1) : ownPorts,
  };
}

function boundHost(ground: Ground, placement: Placement): HostFacts | undefined {
  if (placement.kind === "local") return ground.hosts.find(({ isLocal }) => isLocal);
  return placement.kind === "remote" ? ground.hosts.find(({ name }) => name === placement.host) : undefined;
}

function isBound({ kind }: Placement): boolean {
  return kind === "local" || kind === "remote";
}

/** Whether something at that address may be adopted. */
export function isAllowed({ requirement, bound }: Scope, address: string): boolean {
  return !isBound(requirement.placement) || bound?.addresses.includes(address) === true;
}

/** Whether something may be out there that would be adopted: of a type that says nothing only at ports of its own. */
export function isSought({ isGeneric, ownPorts }: Scope): boolean {
  return !isGeneric || ownPorts.length > 0;
}

/** The host that an address belongs to; an address of no known host is a host of its own. */
export function hostNameAt(ground: Ground, address: string): string {
  return ground.hostNames.get(address) ?? address;
}
