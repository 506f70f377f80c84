import { createHash } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

import type { InterfaceAddress } from "../model/interface-address.ts";

/**
 * Tells the networks apart that this machine may be in, from what it knows anyway; nothing is sent. The answer for an
 * address is a few hex digits:
 *
 * - its own addresses are this machine's, as it is since it was started, in this network namespace;
 * - others are behind the interface that the kernel's routes (`/proc/net/route`) send them through, which is told by
 *   the hardware address of its gateway (`/proc/net/arp`), or, where it has none, by its networks and own addresses.
 *
 * So a second 192.168.1.0/24 is another network, and one more bridge on this machine changes nothing for the others. Where
 * there is no /proc, all interfaces together stand for the network.
 */
export function networkIdentity(
  interfaces: readonly InterfaceAddress[],
  isOwn: (address: string) => boolean,
  root = "/proc",
): (address: string) => string {
  const space = namespaceOf(root);
  const own = digest(["own", space, bootOf(root)]);
  const routes = readRoutes(root);
  const gateways = readHardware(root);
  const links = new Map<string, string>();
  const linkOf = (name: string): string => {
    const known = links.get(name) ?? digest(["link", space, ...factsOf(name, interfaces, routes, gateways)]);
    links.set(name, known);
    return known;
  };
  return (address) => {
    if (isOwn(address)) return own;
    return linkOf(address.includes(":") ? linkTo6(address, interfaces, routes) : linkTo4(address, routes));
  };
}

interface Route {
  readonly link: string;
  readonly network: number;
  readonly mask: number;
  /** Dotted; undefined where the network is on the link. */
  readonly gateway?: string;
}

/** Of all links where none is known by name. */
function factsOf(
  name: string,
  interfaces: readonly InterfaceAddress[],
  routes: readonly Route[],
  hardware: ReadonlyMap<string, string>,
): string[] {
  const gateways = routes.flatMap(({ link, gateway }) =>
    link === name && gateway !== undefined ? gateway : [],
  );
  const known = gateways
    .map((gateway) => hardware.get(`${gateway} ${name}`))
    .filter((one) => one !== undefined);
  const networks = routes
    .filter(({ link }) => link === name)
    .map(({ network, mask }) => `${network}/${mask}`);
  if (known.length > 0) return ["gateway", ...new Set([...known, ...networks].toSorted())];
  const here = interfaces.filter((one) => !one.internal && (name === "" || one.name === name));
  const own = here.map(({ address, prefixLength }) => `${address}/${prefixLength}`);
  return ["addresses", name, ...[...own, ...gateways].toSorted()];
}

/** The most exact route; of equal ones the first, as the kernel lists them. */
function linkTo4(address: string, routes: readonly Route[]): string {
  const value = numberOf(address);
  const fitting = routes.filter(({ network, mask }) => (value & mask) >>> 0 === network);
  return fitting.toSorted((a, b) => b.mask - a.mask)[0]?.link ?? "";
}

/** The zone tells, or a network that an interface is in; else it is where everything goes. */
function linkTo6(address: string, interfaces: readonly InterfaceAddress[], routes: readonly Route[]): string {
  const zone = address.split("%")[1];
  if (zone !== undefined) return zone;
  const near = interfaces.find(
    (one) => one.family === 6 && !one.internal && one.zone === undefined && isBeside(address, one),
  );
  return near?.name ?? linkTo4("0.0.0.0", routes);
}

/** By whole groups of 16 bits: nearly all networks are a /64. */
function isBeside(address: string, { address: own, prefixLength }: InterfaceAddress): boolean {
  const groups = Math.floor(prefixLength / 16);
  const [a, b] = [address, own].map((text) => groupsOf(text).slice(0, groups).join(":"));
  return groups > 0 && a === b;
}

function groupsOf(address: string): string[] {
  const [start = "", end] = address.split("::");
  const [left, right] = [start, end ?? ""].map((part) => (part === "" ? [] : part.split(":")));
  const [before, behind] = [left ?? [], right ?? []];
  const zeros = Array.from({ length: Math.max(0, 8 - before.length - behind.length) }, () => "0");
  return [...before, ...zeros, ...behind];
}

/** `Iface Destination Gateway Flags … Mask`, addresses as words in the byte order of the machine (little-endian). */
function readRoutes(root: string): Route[] {
  const rows = textIn(`${root}/net/route`).trim().split("\n").slice(1);
  return rows.flatMap((row) => {
    const [link = "", network = "", gateway = "", , , , , mask = ""] = row.trim().split(/\s+/);
    if (![network, gateway, mask].every((word) => /^[\dA-F]{8}$/.test(word))) return [];
    const via = gateway === "00000000" ? {} : { gateway: bytesOf(gateway).join(".") };
    return { link, network: wordOf(bytesOf(network)), mask: wordOf(bytesOf(mask)), ...via };
  });
}

/** Hardware addresses by address and device, as far as somebody has answered. */
function readHardware(root: string): Map<string, string> {
  const rows = textIn(`${root}/net/arp`).trim().split("\n").slice(1);
  return new Map(
    rows.flatMap((row) => {
      const [address = "", , , hardware = "", , device = ""] = row.split(/\s+/);
      return /^(?:00:)*00$/.test(hardware) ? [] : [[`${address} ${device}`, hardware] as const];
    }),
  );
}

function bytesOf(digits: string): number[] {
  return (digits.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16)).toReversed();
}

function wordOf(bytes: readonly number[]): number {
  return bytes.reduce((word, byte) => ((word << 8) | byte) >>> 0, 0);
}

function numberOf(address: string): number {
  return wordOf(address.split(".").map(Number));
}

/** Every container has one of its own. */
function namespaceOf(root: string): string {
  try {
    return readlinkSync(`${root}/self/ns/net`);
  } catch {
    return "";
  }
}

/** A home folder may be on several machines. */
function bootOf(root: string): string {
  return textIn(`${root}/sys/kernel/random/boot_id`).trim() || hostname();
}

function textIn(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

function digest(facts: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(facts)).digest("hex").slice(0, 16);
}
