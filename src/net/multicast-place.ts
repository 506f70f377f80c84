import { existsSync, readFileSync } from "node:fs";
import { BlockList } from "node:net";

import type { InterfaceAddress } from "../model/interface-address.ts";

/** An interface and a family where the mDNS group can be joined. */
export interface MulticastPlace {
  readonly interface: string;
  readonly family: 4 | 6;
  /** Its own address to send from: with its zone, and link-local where there is one, in IPv6. */
  readonly address: string;
  /** The networks that are on it. */
  readonly networks: BlockList;
  /** Differs once the interface is another one, though of the same name: then memberships are lost. */
  readonly identity: string;
}

/** What is known of the interfaces beside their addresses. */
export interface InterfaceFacts {
  /** Name to index. */
  readonly indexes: ReadonlyMap<string, number>;
  /** Whether it is a port of a bridge, and so heard and asked through that. */
  readonly isBridgePort: (name: string) => boolean;
}

/**
 * Where mDNS can be spoken: on the interfaces of those names, or on all but loopback and the ports of bridges. Loopback
 * takes IPv4 only, and only where it is named: Linux has no IPv6 multicast there.
 */
export function placesOf(
  interfaces: readonly InterfaceAddress[],
  wanted: readonly string[],
  { indexes, isBridgePort: isPort }: InterfaceFacts,
): MulticastPlace[] {
  const usable = interfaces.filter(({ name, internal, family }) =>
    wanted.length === 0 ? !internal && !isPort(name) : wanted.includes(name) && (!internal || family === 4),
  );
  const names = [...new Set(usable.map(({ name }) => name))].toSorted();
  return names.flatMap((name) =>
    ([4, 6] as const).flatMap((family) => {
      const addresses = usable.filter((one) => one.name === name && one.family === family);
      const first = addresses.find(({ zone }) => zone !== undefined) ?? addresses[0];
      return first === undefined ? [] : [placeOf(first, addresses, indexes.get(name))];
    }),
  );
}

function placeOf(
  { name, family, address, zone }: InterfaceAddress,
  addresses: readonly InterfaceAddress[],
  index: number | undefined,
): MulticastPlace {
  const own = addresses.map((one) => `${one.address}/${one.prefixLength}`).toSorted();
  return {
    interface: name,
    family,
    address: zone === undefined || address.includes("%") ? address : `${address}%${zone}`,
    networks: networksOf(addresses),
    identity: `${name} ${family} ${index ?? ""} ${own.join(" ")}`,
  };
}

/** The networks of these addresses. */
export function networksOf(addresses: readonly InterfaceAddress[]): BlockList {
  const networks = new BlockList();
  for (const { address, prefixLength, family } of addresses) {
    networks.addSubnet(withoutZone(address), prefixLength, family === 4 ? "ipv4" : "ipv6");
  }
  return networks;
}

/** Whether an address, with or without a zone, is in one of the networks. */
export function holds(networks: BlockList, address: string): boolean {
  return networks.check(withoutZone(address), address.includes(":") ? "ipv6" : "ipv4");
}

/** RFC 4291, section 2.5.6: on whatever link it was heard. Every interface that speaks IPv6 has such an address. */
const LINK_LOCAL = new BlockList();
LINK_LOCAL.addSubnet("fe80::", 10, "ipv6");

/** Where clouds hand a machine its secrets: nobody on a link may send us there. */
const METADATA = new BlockList();
METADATA.addAddress("169.254.169.254", "ipv4");
METADATA.addAddress("fd00:ec2::254", "ipv6");

/** See `MulticastLink.isOnLink`. */
export function isOnLink({ networks }: Pick<MulticastPlace, "networks">, address: string): boolean {
  return !holds(METADATA, address) && (holds(LINK_LOCAL, address) || holds(networks, address));
}

function withoutZone(address: string): string {
  return address.replace(/%.*$/, "");
}

/** Name to index, from /proc/net/igmp, which has a line `2 eth0 : …` for each interface; empty where there is none. */
export function interfaceIndexes(table: string = readTable("igmp")): Map<string, number> {
  const lines = table.matchAll(/^(\d+)\s+(\S+)\s*:/gm);
  return new Map(Array.from(lines, ([, index, name = ""]) => [name, Number(index)]));
}

/** Whether Linux has it as a port of a bridge, as the host's ends of containers' cables are. */
export function isBridgePort(name: string): boolean {
  return existsSync(`/sys/class/net/${name}/brport`);
}

/** Whether a UDP socket of this machine is bound to port 5353; undefined where there is no /proc/net/udp. */
export function isPortTaken(tables: readonly string[] = ["udp", "udp6"].map(readTable)): boolean | undefined {
  if (tables.every((table) => table === "")) return undefined;
  return tables.some((table) => /^\s*\d+: [\dA-F]+:14E9 /m.test(table));
}

function readTable(name: string): string {
  try {
    return readFileSync(`/proc/net/${name}`, "utf8");
  } catch {
    return "";
  }
}
