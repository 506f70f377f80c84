import type { InterfaceAddress } from "../model/interface-address.ts";

/** Whether an address is this machine's own: loopback (127.0.0.0/8, ::1), or one of its interfaces'. */
export function ownAddresses(interfaces: readonly InterfaceAddress[]): (address: string) => boolean {
  // A link-local address is one's own on its own link only: fe80::1 is many a router's.
  const own = new Set(
    interfaces.map(({ address, zone }) => (zone === undefined ? address : `${address}%${zone}`)),
  );
  return (address) => address.startsWith("127.") || address === "::1" || own.has(address);
}
