/** An address of one of this machine's interfaces. */
export interface InterfaceAddress {
  /** For example `eth0`. */
  readonly name: string;
  readonly family: 4 | 6;
  readonly address: string;
  readonly prefixLength: number;
  /** Loopback. */
  readonly internal: boolean;
  /** What stands behind `%` in an IPv6 address that needs it: link-local ones do. */
  readonly zone?: string;
}
