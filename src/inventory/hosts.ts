/** A host claims no more addresses than this: who claims more is not believed at all. */
const MOST_ADDRESSES = 8;
/** So many different claims to one address, and nobody is believed. */
const MOST_CLAIMS = 16;
const THIS_MACHINE = "this machine";

/**
 * Which addresses are one host's. 127.0.0.1, ::1 and the addresses of this machine's interfaces are. Another host is known
 * by its address alone, until somebody claims several as one host's: a name with one address of each family, or a
 * host on the link by its own word. Strangers may lie, so a claim joins at most one IPv4 address with IPv6 ones, never
 * this machine's, and no address that is claimed otherwise, too. The rest of 127.0.0.0/8 is never joined: it is bound
 * only by those who want to be apart (127.0.0.53). What follows does not depend on the order of the claims.
 */
export class Hosts {
  readonly #isOwn: (address: string) => boolean;
  readonly #claims = new Map<string, readonly string[]>();
  #parents: ReadonlyMap<string, string> | undefined = new Map();

  constructor(isOwn: (address: string) => boolean) {
    this.#isOwn = isOwn;
  }

  /** True where that is news: `of` may answer otherwise now. */
  claim(addresses: readonly string[]): boolean {
    const claimed = [...new Set(addresses)].toSorted();
    const key = claimed.join(" ");
    if (this.#claims.has(key) || !this.#isSound(claimed)) return false;
    this.#claims.set(key, claimed);
    this.#parents = undefined;
    return true;
  }

  /** The host that an address is of. */
  of(address: string): string {
    if (this.#isOwn(address) && !isApart(address)) return THIS_MACHINE;
    this.#parents ??= joined([...this.#claims.values()]);
    return rootOf(address, this.#parents);
  }

  #isSound(claimed: readonly string[]): boolean {
    const v4 = claimed.filter((address) => !address.includes(":"));
    const isForeign = claimed.every((address) => !this.#isOwn(address) && !isApart(address));
    return claimed.length > 1 && claimed.length <= MOST_ADDRESSES && v4.length <= 1 && isForeign;
  }
}

function isApart(address: string): boolean {
  return address.startsWith("127.") && address !== "127.0.0.1";
}

function joined(claims: readonly (readonly string[])[]): Map<string, string> {
  const byAddress = new Map<string, (readonly string[])[]>();
  for (const claim of claims) {
    for (const address of claim) {
      const known = byAddress.get(address);
      if (known === undefined) byAddress.set(address, [claim]);
      else if (known.length <= MOST_CLAIMS) known.push(claim);
    }
  }
  const parents = new Map<string, string>();
  for (const claim of claims) {
    const [first, ...rest] = claim.filter((address) => !isContested(byAddress.get(address) ?? []));
    if (first === undefined) continue;
    for (const address of rest) {
      const [a, b] = [rootOf(first, parents), rootOf(address, parents)];
      if (a !== b) parents.set(a < b ? b : a, a < b ? a : b);
    }
  }
  return parents;
}

/** Two claims agree where one says no more than the other. */
function isContested(claims: readonly (readonly string[])[]): boolean {
  if (claims.length > MOST_CLAIMS) return true;
  return claims.some((a, at) => claims.slice(at + 1).some((b) => !agree(a, b)));
}

function agree(a: readonly string[], b: readonly string[]): boolean {
  const [less, more] = a.length < b.length ? [a, b] : [b, a];
  return less.every((address) => more.includes(address));
}

function rootOf(address: string, parents: ReadonlyMap<string, string>): string {
  let root = address;
  for (let next = parents.get(root); next !== undefined; next = parents.get(root)) root = next;
  return root;
}
