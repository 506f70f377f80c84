import type { AddressRange } from "../model/target.ts";
import { parseAddress } from "./address.ts";
import { addressFault } from "./fault.ts";
import { formatIpv4, parseIpv4 } from "./ipv4.ts";
import { ipv6Groups, mappedIpv4, parseIpv6 } from "./ipv6.ts";
import type { Refuse } from "./token.ts";

/**
 * `10.0.0.0/8`, `2001:db8::/112`: the whole network, its first and last address included, also where the address
 * has host bits set. Undefined where the text is no address with a slash.
 */
export async function parseCidr(text: string, refuse: Refuse): Promise<AddressRange | undefined> {
  const slash = text.indexOf("/");
  if (slash < 0 || !/^[\d.]+$|:/.test(text.slice(0, slash))) return undefined;
  const [base, suffix] = [text.slice(0, slash), text.slice(slash + 1)];
  if (base.includes("%")) return refuse("a zone goes with one address, not with a network");
  const address = base.includes(":") ? parseWithoutMapping(base) : parseAddress(base);
  if (address === undefined) return refuse(baseFault(base, suffix));
  return networkOf(address, parsePrefix(address, suffix, refuse));
}

/**
 * The network of the first address of a range: the addresses that share its first `prefix` bits.
 * An IPv4-mapped network is the IPv4 network.
 */
export async function networkOf(address: AddressRange, prefix: number): Promise<AddressRange> {
  const mapped = address.family === 6 && prefix >= 96 ? mappedIpv4(address.first) : undefined;
  if (mapped !== undefined) return networkOf({ family: 4, first: mapped, last: mapped }, prefix - 96);
  // Takes 19 ms to load, so it is, where there is a network to be read.
  const { default: IPCIDR } = await import("ip-cidr");
  // It takes an IPv6 address that ends in dotted decimal for the IPv4 address alone: groups only.
  const text = address.family === 4 ? formatIpv4(Number(address.first)) : ipv6Groups(address.first).join(":");
  const network = new IPCIDR(`${text}/${prefix}`);
  return {
    family: address.family,
    first: network.start<bigint>({ type: "bigInteger" }),
    last: network.end<bigint>({ type: "bigInteger" }),
  };
}

function parseWithoutMapping(text: string): AddressRange | undefined {
  const value = parseIpv6(text);
  return value === undefined ? undefined : { family: 6, first: value, last: value };
}

function parsePrefix({ family, first }: AddressRange, suffix: string, refuse: Refuse): number {
  const most = family === 4 ? 32 : 128;
  if (/^0\d+$/.test(suffix)) return refuse(`a prefix has no leading zero: write /${Number(suffix)}`);
  if (/^\d{1,3}$/.test(suffix) && Number(suffix) <= most) return Number(suffix);
  const prefix = family === 4 ? prefixOfMask(suffix) : undefined;
  if (prefix !== undefined) {
    return refuse(`give the netmask as a prefix: ${formatIpv4(Number(first))}/${prefix}`);
  }
  return refuse(`an IPv${family} prefix is 0 to ${most}`);
}

/** The number of ones in a netmask that is all ones and then all zeros. */
function prefixOfMask(text: string): number | undefined {
  const bits = parseIpv4(text)?.toString(2).padStart(32, "0");
  return bits !== undefined && /^1*0*$/.test(bits) ? bits.lastIndexOf("1") + 1 : undefined;
}

function baseFault(base: string, suffix: string): string {
  const padded = `${base}${".0".repeat(Math.max(0, 4 - base.split(".").length))}`;
  const right = base.includes(":") || parseIpv4(padded) === undefined ? "" : `: write ${padded}/${suffix}`;
  return `${addressFault(base)}${right}`;
}
