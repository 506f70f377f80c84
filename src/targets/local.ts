import type { InterfaceAddress } from "../model/interface-address.ts";
import type { AddressRange } from "../model/target.ts";
import { parseAddress } from "./address.ts";
import { networkOf } from "./cidr.ts";

/** The networks of this machine, and the interfaces of which only the own address is taken. */
export interface LocalNetworks {
  readonly ranges: readonly AddressRange[];
  readonly narrowed: readonly string[];
}

/** 127.0.0.1 and ::1. */
export const LOOPBACK: readonly AddressRange[] = [
  { family: 4, first: 0x7f00_0001n, last: 0x7f00_0001n },
  { family: 6, first: 1n, last: 1n },
];

/** A range that is walked cannot be wider than the IPv4 address space. */
const WIDEST_PREFIX = 96;

/** The networks of all interfaces but loopback: whole, or the own address where a network is too wide to walk. */
export async function localNetworks(interfaces: readonly InterfaceAddress[]): Promise<LocalNetworks> {
  const ranges: AddressRange[] = [];
  const narrowed = new Set<string>();
  for (const { own, prefixLength, name } of ownAddresses(interfaces)) {
    // A zone goes with one address only, so a zoned network is not walked either.
    const whole = own.family === 4 || (prefixLength >= WIDEST_PREFIX && own.zone === undefined);
    ranges.push(whole ? await networkOf(own, prefixLength) : own);
    if (!whole && prefixLength < 128) narrowed.add(name);
  }
  return { ranges, narrowed: [...narrowed] };
}

/** The networks of all interfaces but loopback, however wide, in every zone: for leaving them out. */
export async function wholeLocalNetworks(interfaces: readonly InterfaceAddress[]): Promise<AddressRange[]> {
  return Promise.all(
    ownAddresses(interfaces).map(async ({ own, prefixLength }) => networkOf(own, prefixLength)),
  );
}

/** 127.0.0.1, and ::1 where this machine has it. */
export function loopback(interfaces: readonly InterfaceAddress[]): AddressRange[] {
  const has6 = interfaces.some(({ address }) => address === "::1");
  return LOOPBACK.filter(({ family }) => family === 4 || has6);
}

function ownAddresses(
  interfaces: readonly InterfaceAddress[],
): { own: AddressRange; prefixLength: number; name: string }[] {
  return interfaces.flatMap(({ address, zone, internal, prefixLength, name }) => {
    const suffix = zone === undefined || address.includes("%") ? "" : `%${zone}`;
    const own = internal ? undefined : parseAddress(`${address}${suffix}`);
    return own === undefined ? [] : [{ own, prefixLength, name }];
  });
}
