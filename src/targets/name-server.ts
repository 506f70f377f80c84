import { DiscoverError } from "../model/errors.ts";
import type { NameServer } from "../model/strategy.ts";
import { formatAddress, parseAddress } from "./address.ts";
import { shown } from "./token.ts";

const DNS_PORT = 53;

/**
 * A name server as one writes it: `10.0.0.2`, `10.0.0.2:5353`, `::1`, `[::1]:5353`. Throws `bad-option`: a name would
 * have to be looked up by the very server it names.
 */
export function parseNameServer(text: string): NameServer {
  const bracketed = /^\[([^\]]*)\](?::(.*))?$/.exec(text);
  const plain = /^([^:]*):([^:]*)$/.exec(text);
  const [, host = text, port] = bracketed ?? plain ?? [];
  const address = parseAddress(host);
  const refuse = (why: string): never => {
    throw new DiscoverError("bad-option", `name server ${shown(text)}: ${why}`);
  };
  if (address === undefined || address.first === 0n) return refuse("not an IP address, or address:port");
  const number = port === undefined ? DNS_PORT : Number(port);
  if (!/^\d{1,5}$/.test(port ?? "53") || number < 1 || number > 65_535)
    return refuse(`the port must be 1 to 65535`);
  return { address: formatAddress(address.family, address.first, address.zone), port: number };
}
