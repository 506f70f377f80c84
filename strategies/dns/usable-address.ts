/**
 * Whether an address can be a host's that is reached by a name server's word: not "any address", not a group, not
 * everybody, and no IPv6 link-local one, which means nothing without an interface (RFC 4007).
 */
export function isAnybodys(address: string): boolean {
  if (address.includes(":")) return address !== "::" && !/^(?:ff|fe[89ab])/i.test(address);
  const first = Number(address.split(".", 1)[0]);
  return first > 0 && first < 224;
}
