import type { AddressRange } from "../model/target.ts";
import { parseAddress } from "./address.ts";
import { addressFault } from "./fault.ts";
import type { Refuse } from "./token.ts";

/** `10.0.0.5-10.0.1.20`, `2001:db8::1-2001:db8::ff`, both ends included; undefined where the text is no such range. */
export function parseSpan(text: string, refuse: Refuse): AddressRange | undefined {
  if (!isSpan(text)) return undefined;
  if (text.includes("%")) return refuse("a zone goes with one address, not with a range");
  const [from = "", to = "", ...rest] = text.split("-");
  if (rest.length > 0) return refuse("a range has two ends");
  const first = parseEnd(from, refuse);
  const last = parseEnd(to, refuse);
  if (first.family !== last.family) return refuse("one end is IPv4 and the other IPv6");
  if (last.first < first.first) return refuse(`the range is reversed: write ${to}-${from}`);
  return { family: first.family, first: first.first, last: last.last };
}

function isSpan(text: string): boolean {
  // With three dots the hyphen stands inside an octet: 10.0.0-3.1.
  if (!text.includes(":")) return /^[\d.]+-[\d.]+$/.test(text) && text.split(".").length > 4;
  const [address = "", zone = ""] = text.split("%", 2);
  // A zone may have a hyphen of its own: fe80::1%br-lan.
  return address.includes("-") || /-.*:/.test(zone) || (zone.includes("-") && text.split("%").length > 2);
}

function parseEnd(end: string, refuse: Refuse): AddressRange {
  if (end === "") return refuse("a range has two ends");
  if (!/[.:]/.test(end)) return refuse(`${end} is not an address: give both ends in full`);
  return parseAddress(end) ?? refuse(`${end}: ${addressFault(end)}`);
}
