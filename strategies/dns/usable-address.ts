/**
 * Where an address leads that a name server's word names.
 *
 * - `host`: to some host.
 * - `near`: to this machine or its link (loopback, IPv4 link-local), wherever the word comes from.
 * - `metadata`: to where a cloud hands out what a machine may know of itself, secrets too.
 * - `nowhere`: "any address", a group, everybody, or an IPv6 link-local one, which means nothing without an interface
 *   (RFC 4007).
 */
export type Reach = "host" | "near" | "metadata" | "nowhere";

/** Of AWS, Azure and most others, Alibaba, Google; Azure's own; AWS has a network of them. */
const METADATA = /^(?:169\.254\.169\.254|168\.63\.129\.16|100\.100\.100\.200|fd00:ec2:.*|fd20:ce::254)$/;

/** `address` is as `RecordData` has it, and no IPv4-mapped one. */
export function reachOf(address: string): Reach {
  const inside = translated(address);
  if (inside !== undefined) return reachOf(inside);
  if (METADATA.test(address)) return "metadata";
  if (address === "::1" || /^(?:127|169\.254)\./.test(address)) return "near";
  return isHosts(address) ? "host" : "nowhere";
}

function isHosts(address: string): boolean {
  // Those with an IPv4 address behind nothing but zeros lead nowhere any more (RFC 4291, section 2.5.5.1).
  if (address.includes(":")) return !/^(?:ff|fe[89ab]|::(?:[\da-f]{1,4}(?::[\da-f]{1,4})?)?$)/.test(address);
  const first = Number(address.split(".", 1)[0]);
  return first > 0 && first < 224;
}

/** The IPv4 address to which 64:ff9b::/96 is translated (RFC 6052, section 2.1). */
function translated(address: string): string | undefined {
  const [, high = "0", low] = /^64:ff9b::(?:([\da-f]{1,4}):)?([\da-f]{1,4})$/.exec(address) ?? [];
  if (low === undefined) return undefined;
  const groups = [high, low].map((group) => Number.parseInt(group, 16));
  return groups.flatMap((group) => [group >> 8, group & 0xff]).join(".");
}
