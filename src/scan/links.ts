import type { InterfaceAddress } from "../model/interface-address.ts";
import type { AddressRange } from "../model/target.ts";
import { parseAddress } from "../targets/address.ts";

const BITS = { 4: 32n, 6: 128n } as const;

/** Whether an address is on a link of this machine, so that ARP or neighbour discovery looks for it. Not this machine's own. */
export function linkTest(interfaces: readonly InterfaceAddress[]): (address: string) => boolean {
  const networks = interfaces.filter(({ internal }) => !internal).flatMap(networkOf);
  const own = new Set(
    interfaces.map(({ address, zone }) => (zone === undefined ? address : `${address}%${zone}`)),
  );
  if (networks.length === 0) return () => false;
  return (text) => {
    const address = parseAddress(text);
    if (address === undefined || own.has(text)) return false;
    return networks.some(
      ({ family, first, last }) =>
        family === address.family && first <= address.first && address.first <= last,
    );
  };
}

function networkOf({ address, family, prefixLength }: InterfaceAddress): AddressRange[] {
  const parsed = parseAddress(address);
  const hostBits = BITS[family] - BigInt(prefixLength);
  if (parsed === undefined || hostBits <= 0n) return [];
  const first = (parsed.first >> hostBits) << hostBits;
  return [{ family, first, last: first + (1n << hostBits) - 1n }];
}
