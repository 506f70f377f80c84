/** Either end of a socket, as far as it is known. */
export interface SocketEnds {
  readonly localAddress?: string | undefined;
  readonly localPort?: number | undefined;
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
}

/**
 * True when the kernel has connected a socket to itself: while scanning this machine it may pick the scanned port as
 * the source port, and TCP's simultaneous open (RFC 9293, section 3.5) then succeeds with nobody listening.
 */
export function isSelfConnected({ localAddress, localPort, remoteAddress, remotePort }: SocketEnds): boolean {
  return localPort === remotePort && localAddress === remoteAddress;
}
