import { domainToASCII } from "node:url";

import type { Refuse } from "./token.ts";

/**
 * A host name by RFC 1123, section 2.1, in ASCII and lower case; an internationalised one is converted (IDNA).
 * A dot at the end is kept: with it the name is absolute.
 */
export function parseHostName(text: string, refuse: Refuse): string {
  // Only where needed: the conversion reads 0x7f.1 as an address.
  const name = /^\p{ASCII}*$/u.test(text) ? text.toLowerCase() : domainToASCII(text);
  if (name === "") return refuse("not a host name");
  const fault = nameFault(name.replace(/\.$/, ""));
  return fault === undefined ? name : refuse(fault);
}

function nameFault(name: string): string | undefined {
  const labels = name.split(".");
  const fault = labels.map(labelFault).find((fault) => fault !== undefined);
  if (fault !== undefined) return fault;
  // getaddrinfo(3) would take such a name for an address.
  if (/^(?:\d+|0x[0-9a-f]*)$/.test(labels.at(-1) ?? "")) {
    return "a host name does not end in a number, and an IPv4 address is four octets in plain decimal";
  }
  // RFC 1035, section 2.3.4: 255 octets on the wire.
  return name.length > 253 ? `a host name has at most 253 characters, not ${name.length}` : undefined;
}

function labelFault(label: string): string | undefined {
  const strange = /[^a-z0-9-]/.exec(label)?.[0];
  if (strange !== undefined) {
    return `a host name is made of letters, digits, '-' and '.', not '${strange}'`;
  }
  if (label === "") return "a part of the host name is empty";
  if (label.length > 63) return `a part of a host name has at most 63 characters, not ${label.length}`;
  if (label.startsWith("-") || label.endsWith("-"))
    return "a part of a host name cannot begin or end with '-'";
  return undefined;
}
