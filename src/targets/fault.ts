import { isZone } from "./address.ts";
import { parseOctet } from "./ipv4.ts";

/** Why a text that was meant to be an address is none, and what would be right. */
export function addressFault(text: string): string {
  return text.includes(":") ? ipv6Fault(text) : ipv4Fault(text);
}

/** Why a text is not one octet of an IPv4 address; undefined where it is. `position` counts from 1. */
export function octetFault(text: string, position: number): string | undefined {
  if (parseOctet(text) !== undefined) return undefined;
  if (text === "") return `octet ${position} is empty`;
  if (!/^\d+$/.test(text)) return `octet ${position} is ${text}, not a number`;
  if (/^0\d/.test(text)) {
    return `octet ${position} is ${text}, which some programs read as octal: write ${text.replace(/^0+(?=\d)/, "")}`;
  }
  return `octet ${position} is ${text}, at most 255`;
}

/** Why this number of octets is wrong; undefined where it is right. */
export function octetCountFault(count: number): string | undefined {
  return count === 4 ? undefined : `an IPv4 address has 4 octets, not ${count}`;
}

function ipv4Fault(text: string): string {
  const octets = text.split(".");
  const faults = [octetCountFault(octets.length), ...octets.map((octet, at) => octetFault(octet, at + 1))];
  return faults.find((fault) => fault !== undefined) ?? "not an IPv4 address";
}

function ipv6Fault(text: string): string {
  const [address = "", ...zones] = text.split("%");
  const groups = address.split(":");
  const bad = groups.find((group) => !/^[0-9a-f]{0,4}$/i.test(group) && !group.includes("."));
  if (bad !== undefined) return `'${bad}' is not a group of 1 to 4 hexadecimal digits`;
  if (address.includes(":::") || address.split("::").length > 2)
    return "'::' may stand once in an IPv6 address";
  const tail = groups.at(-1) ?? "";
  if (tail.includes(".") && ipv4Tail(tail) !== undefined) return `${tail}: ${ipv4Tail(tail)}`;
  if (zones.length > 0 && !isZone(zones.join("%")))
    return "after '%' comes the name of an interface, as in fe80::1%eth0";
  return "an IPv6 address has 8 groups, or fewer and one '::'";
}

function ipv4Tail(tail: string): string | undefined {
  const fault = ipv4Fault(tail);
  return fault === "not an IPv4 address" ? undefined : fault;
}
