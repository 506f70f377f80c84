/** One way onto the network for mDNS: an interface and a family. */
export interface MulticastLink {
  /** The interface: `eth0`. */
  readonly interface: string;
  readonly family: 4 | 6;
  /**
   * - `group`: on port 5353 in the group, as RFC 6762 wants it: hears all that is said there.
   * - `one-shot`: on a port of its own, since 5353 is held: hears only what is answered to it (section 6.7).
   */
  readonly mode: "group" | "one-shot";
  /**
   * Whether an address belongs to a network of the interface, or to fe80::/10; never where clouds keep metadata
   * (169.254.169.254, fd00:ec2::254). A zone is ignored.
   */
  isOnLink(address: string): boolean;
  /** Sends to the group. Resolves to the system's error code where that fails: `EPERM`, `ENETUNREACH`. Never rejects. */
  send(bytes: Uint8Array): Promise<string | undefined>;
}

/** What came for the group, or to a one-shot port, from the link itself. */
export interface MulticastPacket {
  readonly link: MulticastLink;
  readonly bytes: Uint8Array;
  /** The sender's, with its zone. */
  readonly address: string;
  readonly port: number;
  /** The sender is this machine. */
  readonly own: boolean;
}

/** Why an interface cannot be used, in the system's words: `ENODEV`. */
export interface MulticastFault {
  readonly interface: string;
  readonly family: 4 | 6;
  readonly code: string;
}

export interface MulticastOptions {
  /** Names of interfaces; none: all that are up, loopback aside. */
  readonly interfaces: readonly string[];
  /** Keeps up with interfaces that come, go, or are made anew. */
  readonly watch: boolean;
  onPacket(packet: MulticastPacket): void;
  /** Called after `links` has changed; only where it is to be watched. */
  onLinks?(): void;
}

/** The links that are open. */
export interface MulticastLinks {
  readonly links: readonly MulticastLink[];
  readonly faults: readonly MulticastFault[];
  /** Another program had port 5353 open before; undefined where this system does not tell. */
  readonly shared: boolean | undefined;
  /** Leaves the groups and closes every socket. Again: does nothing. */
  close(): Promise<void>;
}
