import type { InterfaceAddress } from "../model/interface-address.ts";
import type { AddressRange } from "../model/target.ts";
import { parseAddress } from "../targets/address.ts";
import { ownAddresses } from "../targets/own.ts";
import { holds, union } from "../targets/set.ts";

const BITS = { 4: 32n, 6: 128n } as const;

/** Whether an address is on a link of this machine, so that ARP or neighbour discovery looks for it. Not this machine's own. */
export function linkTest(interfaces: readonly InterfaceAddress[]): (address: string) => boolean {
  const networks = interfaces.filter(({ internal }) => !internal).flatMap(networkOf);
  if (networks.length === 0) return () => false;
  const ranges = union(networks);
  const isOwn = ownAddresses(interfaces);
  return (text) => {
    const address = parseAddress(text);
    return address !== undefined && !isOwn(text) && holds(ranges, address);
  };
}

function networkOf({ address, family, prefixLength }: InterfaceAddress): AddressRange[] {
  const parsed = parseAddress(address);
  const hostBits = BITS[family] - BigInt(prefixLength);
  if (parsed === undefined || hostBits <= 0n) return [];
  const first = (parsed.first >> hostBits) << hostBits;
  return [{ family, first, last: first + (1n << hostBits) - 1n }];
}
