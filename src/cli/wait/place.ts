import { urlHost } from "../../model/endpoint.ts";
import { DiscoverError } from "../../model/errors.ts";
import { parseTarget } from "../../targets/parse.ts";
import { shown } from "../../targets/token.ts";

/** One port of one host. */
export interface Place {
  /** An address or a name as it was written, IPv6 without brackets; absent: this machine. */
  readonly host?: string;
  /** It is a name: for the Host header and SNI. */
  readonly hostname?: string;
  readonly port: number;
}

/** `db.example:5432`, `10.0.0.1:5432`, `[::1]:5432`, `:5432`. Looks nothing up. Throws `bad-target` or `bad-port`. */
export async function parsePlace(text: string, where: string): Promise<Place> {
  const [, bracketed, host = bracketed, port] = /^(?:(\[[^\]]*\])|([^:]*)):([^:]*)$/.exec(text) ?? [];
  if (port === undefined) {
    const [, address, last] = /^([^[\]]*:[^[\]]*):([^:[\]]*)$/.exec(text) ?? [];
    const why =
      address === undefined
        ? "a place is host:port or :port"
        : `an IPv6 address goes in brackets — did you mean '[${shown(address)}]:${shown(last ?? "")}'?`;
    throw new DiscoverError("bad-target", `${shown(text)} (${where}): ${why}`);
  }
  return placeOf(host ?? "", portOf(port, where), where);
}

/** Makes sure that the host is one. */
export async function placeOf(host: string, port: number, where: string): Promise<Place> {
  if (host === "") return { port };
  const refuse = (why: string): never => {
    throw new DiscoverError("bad-target", `${shown(host)} (${where}): ${why}`);
  };
  const spec = await parseTarget({ text: host, where });
  if (spec.kind === "localhost") return { host, hostname: "localhost", port };
  if (spec.kind === "name") return { host, hostname: spec.name.replace(/\.$/, ""), port };
  if (spec.kind === "local") return refuse("these are networks: name one host, such as localhost");
  const [range, ...more] = spec.ranges;
  if (range === undefined || more.length > 0 || range.first !== range.last)
    return refuse("this is more than one host: name one, or a type with --range");
  return { host: host.replaceAll(/^\[|\]$/g, ""), port };
}

/** Throws `bad-port`. */
export function portOf(text: string, where: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port >= 1 && port <= 65_535) return port;
  const given = text === "" ? "no port" : shown(text);
  throw new DiscoverError("bad-port", `${given} (${where}): a port is a number from 1 to 65535`);
}

/** `db.example:5432`, `localhost:5432`. */
export function placeText({ host = "localhost", port }: Place): string {
  return `${urlHost(host)}:${port}`;
}
