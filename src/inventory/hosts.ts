/**
 * Which addresses are one host's. 127.0.0.1, ::1 and the addresses of this machine's interfaces are; another host is known
 * by its address alone, since two names for it prove nothing, until the host itself says which addresses are its own.
 * The rest of 127.0.0.0/8 is never joined: it is bound only by those who want to be apart (127.0.0.53).
 */
export class Hosts {
  readonly #isOwn: (address: string) => boolean;
  readonly #parents = new Map<string, string>();

  constructor(isOwn: (address: string) => boolean) {
    this.#isOwn = isOwn;
  }

  /** The host that an address is known to be of; it may change with every `join`. */
  of(address: string): string {
    let host = this.#start(address);
    for (let next = this.#parents.get(host); next !== undefined; next = this.#parents.get(host)) host = next;
    return host;
  }

  /** These are one host's. Returns the hosts that were taken for others until now, and the one that all are now. */
  join(addresses: readonly string[]): { readonly into: string; readonly from: readonly string[] } {
    const hosts = [...new Set(addresses.filter(canJoin).map((address) => this.of(address)))].toSorted();
    const into = hosts.includes(THIS_MACHINE) ? THIS_MACHINE : (hosts[0] ?? "");
    const from = hosts.filter((host) => host !== into);
    for (const host of from) this.#parents.set(host, into);
    return { into, from };
  }

  #start(address: string): string {
    return this.#isOwn(address) && canJoin(address) ? THIS_MACHINE : address;
  }
}

const THIS_MACHINE = "this machine";

function canJoin(address: string): boolean {
  return !address.startsWith("127.") || address === "127.0.0.1";
}
