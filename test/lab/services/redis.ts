import type { Certificate } from "../certificates.ts";
import type { Machine, ServiceOptions } from "../machine.ts";
import type { Service } from "../service.ts";

export interface RedisOptions extends ServiceOptions {
  /** The password clients must give. */
  readonly pass?: string;
  /** Speaks TLS, and nothing else, on its port. */
  readonly tls?: Certificate;
  /** Wants a certificate of its clients, by this authority; with `tls`. */
  readonly clientAuthority?: Certificate;
  /** As redis.conf has it, `TLSv1.2`: 1.2 and 1.3 where absent. */
  readonly tlsProtocols?: string;
}

export function redis(
  machine: Machine,
  { port = 6379, listen = machine.listen, pass, tls, clientAuthority, tlsProtocols }: RedisOptions,
): Promise<Service> {
  const name = `redis-${port}`;
  const argv = ["redis-server", "--bind", ...listen, "--protected-mode", "no", "--save", ""];
  argv.push("--dir", machine.folder(name));
  if (pass !== undefined) argv.push("--requirepass", pass);
  if (tls === undefined) argv.push("--port", String(port));
  else argv.push("--port", "0", "--tls-port", String(port), ...tlsArguments(tls, clientAuthority));
  if (tlsProtocols !== undefined) argv.push("--tls-protocols", tlsProtocols);
  return machine.start({ name, port, listen, argv });
}

function tlsArguments({ cert, key }: Certificate, authority: Certificate | undefined): string[] {
  const clients = authority === undefined ? ["no"] : ["yes", "--tls-ca-cert-file", authority.cert];
  return ["--tls-cert-file", cert, "--tls-key-file", key, "--tls-auth-clients", ...clients];
}
