import type { HostFacts } from "../model/plan.ts";
import type { Needs, Requirement } from "../model/stack.ts";
import { type Ground, type Scope, hostNameAt } from "./ground.ts";
import { missingLabel } from "./sighting.ts";

/** What is left of a host, and what is on it. Changes while services are placed. */
export interface Room {
  readonly host: HostFacts;
  readonly used: Record<keyof Needs, number>;
  /** Who has which port, in a word. */
  readonly ports: Map<number, string>;
  /** Names of services of the stack that have an instance here. */
  readonly seats: Set<string>;
  /** Services that were seen here. */
  readonly seen: number;
}

const PARTS: readonly (keyof Needs)[] = ["cpu", "memoryBytes", "gpu"];

/** Sums of parts of cores are not exact. */
const SLACK = 1e-9;

/** The hosts as they were found. */
export function roomsOf(ground: Ground): Map<string, Room> {
  const rooms = new Map(ground.hosts.map((host) => [host.name, emptyRoom(ground, host)]));
  for (const { host, addresses, port, type } of ground.services) {
    const names = new Set([host, ...addresses].map((address) => hostNameAt(ground, address)));
    for (const name of names) rooms.get(name)?.ports.set(port, type === "unknown" ? "something" : type);
  }
  for (const { host, port, service } of ground.input.started)
    if (port !== null) rooms.get(host)?.ports.set(port, service);
  return rooms;
}

function emptyRoom(ground: Ground, host: HostFacts): Room {
  const addresses = new Set(host.addresses);
  const seen = ground.services.filter((one) => addresses.has(one.host)).length;
  return {
    host,
    used: { cpu: 0, memoryBytes: 0, gpu: 0 },
    ports: new Map(),
    seats: new Set(),
    seen,
  };
}

/** An instance that runs here already: it takes its part, its port is known to be taken. */
export function settle(room: Room, { name, needs }: Requirement): void {
  take(room, needs, 1);
  room.seats.add(name);
}

export function put(room: Room, { requirement, startPorts }: Scope): void {
  settle(room, requirement);
  for (const port of startPorts) room.ports.set(port, requirement.name);
}

export function unput(room: Room, { requirement, startPorts }: Scope): void {
  take(room, requirement.needs, -1);
  room.seats.delete(requirement.name);
  for (const port of startPorts) room.ports.delete(port);
}

function take({ used }: Room, needs: Needs, sign: 1 | -1): void {
  for (const part of PARTS) used[part] += sign * (needs[part] ?? 0);
}

/** Why an instance cannot be put on a host. */
export interface Obstacle {
  readonly kind: "label" | "gpu" | "start" | "address" | "twin" | "port" | "capacity";
  /** In a few words. */
  readonly text: string;
}

/** Undefined where it can be put there. */
export function obstacle(room: Room, { requirement, startPorts }: Scope): Obstacle | undefined {
  const { host, seats, ports } = room;
  const { needs, name } = requirement;
  const label = missingLabel(requirement, host.labels);
  if (label !== undefined) return { kind: "label", text: `lacks the label ${label}` };
  if ((needs.gpu ?? 0) > 0 && !host.hasGpu && !host.capacity.gpu) return { kind: "gpu", text: "no GPU" };
  if (host.isLocal && requirement.start === undefined)
    return { kind: "start", text: "nothing says how to start it" };
  if (!host.isLocal && host.addresses.length === 0) return { kind: "address", text: "no address is known" };
  if (seats.has(name)) return { kind: "twin", text: "has another instance of it" };
  const port = startPorts.find((one) => ports.has(one));
  if (port !== undefined) return { kind: "port", text: takenText(port, ports.get(port), host.isLocal) };
  const text = PARTS.map((part) => shortage(room, part, needs[part] ?? 0)).find((one) => one !== undefined);
  return text === undefined ? undefined : { kind: "capacity", text };
}

/** Whether it can still be put there, where it could before something else was: the same as `obstacle`, and quick. */
export function isStillFree({ host, used, seats, ports }: Room, { requirement, startPorts }: Scope): boolean {
  if (seats.has(requirement.name)) return false;
  for (const port of startPorts) if (ports.has(port)) return false;
  for (const part of PARTS)
    if (isShort(host.capacity[part], used[part], requirement.needs[part])) return false;
  return true;
}

function isShort(has: number | undefined, used: number, needed = 0): boolean {
  return needed > 0 && has !== undefined && used + needed > has + SLACK;
}

function shortage({ host, used }: Room, part: keyof Needs, needed: number): string | undefined {
  const has = host.capacity[part];
  if (has === undefined || !isShort(has, used[part], needed)) return undefined;
  const free = Math.max(0, has - used[part]);
  const left = `${amount(part, free)} of ${amount(part, has)} free`;
  return `too little ${WORDS[part]}: ${amount(part, needed)} needed, ${left}`;
}

const WORDS: Readonly<Record<keyof Needs, string>> = { cpu: "CPU", memoryBytes: "memory", gpu: "GPUs" };

function amount(part: keyof Needs, value: number): string {
  if (part !== "memoryBytes") return String(Math.round(value * 1000) / 1000);
  const unit = MEMORY_UNITS.find(([, bytes]) => value >= bytes);
  return unit === undefined ? `${value} bytes` : `${Math.round((value / unit[1]) * 10) / 10} ${unit[0]}`;
}

const MEMORY_UNITS = [
  ["GiB", 2 ** 30],
  ["MiB", 2 ** 20],
  ["KiB", 2 ** 10],
] as const;

/** Whether all the hosts together have too little for all of them, so that nobody need look for places. */
export function isTooMuch(
  wishes: readonly { readonly needs: Needs; readonly count: number }[],
  rooms: readonly Room[],
): boolean {
  return PARTS.some((part) => {
    const needed = wishes.reduce((sum, { needs, count }) => sum + (needs[part] ?? 0) * count, 0);
    const free = rooms.reduce((sum, { host, used }) => {
      const has = host.capacity[part];
      return has === undefined ? Infinity : sum + Math.max(0, has - used[part]);
    }, 0);
    return needed > free + SLACK * (wishes.length + rooms.length);
  });
}

/** The least of its parts that would be free with an instance on it, from 0 to 1; of what is not known nothing counts. */
export function freeShare({ host: { capacity }, used }: Room, needs: Needs): number {
  const shares = PARTS.flatMap((part) => {
    const has = capacity[part];
    return has === undefined || has === 0 ? [] : [1 - (used[part] + (needs[part] ?? 0)) / has];
  });
  return shares.length === 0 ? 0 : Math.max(0, Math.min(...shares));
}

/** Here in the words in which a boot says it, too. */
function takenText(port: number, holder: string | undefined, isLocal: boolean): string {
  if (!isLocal) return `port ${port} is taken by ${holder}`;
  return `Port ${port} is already in use and auto-discovery is disabled (${holder} has it)`;
}
