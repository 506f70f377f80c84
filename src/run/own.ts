import type { InterfaceAddress } from "../model/interface-address.ts";

/** Whether an address is this machine's own: loopback (127.0.0.0/8, ::1), or one of its interfaces'. */
export function ownAddresses(interfaces: readonly InterfaceAddress[]): (address: string) => boolean {
  const own = new Set(interfaces.map(({ address }) => address));
  return (address) => {
    const bare = address.replace(/%.*$/, "");
    return bare.startsWith("127.") || bare === "::1" || own.has(bare);
  };
}
