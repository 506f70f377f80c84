export type Transport = "tcp" | "udp";

/** A place on the network: an IP address (RFC 5952 text for IPv6, zone kept), a port, a transport. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
  readonly transport: Transport;
}

/** An address as it stands in a URL or before a port: IPv6 in brackets (RFC 3986, section 3.2.2). */
export function urlHost(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}

/** `127.0.0.1:6379`, `[::1]:6379`. */
export function endpointText(endpoint: { readonly address: string; readonly port: number }): string {
  return `${urlHost(endpoint.address)}:${endpoint.port}`;
}

/** What tells endpoints apart: `127.0.0.1:6379/tcp`. */
export function endpointKey(endpoint: Endpoint): string {
  return `${endpointText(endpoint)}/${endpoint.transport}`;
}
