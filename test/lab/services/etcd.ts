import path from "node:path";

import { urlHost } from "../../../src/model/endpoint.ts";
import type { Certificate } from "../certificates.ts";
import type { Machine, ServiceOptions } from "../machine.ts";
import type { Service } from "../service.ts";

export interface EtcdOptions extends ServiceOptions {
  /** Where its peers would meet, on the machine's own 127.0.0.1: the next port where absent. */
  readonly peerPort?: number;
  /** Speaks TLS to its clients, and nothing else. */
  readonly tls?: Certificate;
  /** Wants a certificate of its clients, by this authority; with `tls`. */
  readonly clientAuthority?: Certificate;
}

export function etcd(
  machine: Machine,
  { port = 2379, listen = machine.listen, peerPort = port + 1, tls, clientAuthority }: EtcdOptions,
): Promise<Service> {
  const name = `etcd-${port}`;
  const peer = `http://127.0.0.1:${peerPort}`;
  const scheme = tls === undefined ? "http" : "https";
  const options = {
    "data-dir": path.join(machine.folder(name), "data"),
    "listen-client-urls": distinct(listen)
      .map((address) => `${scheme}://${urlHost(address)}:${port}`)
      .join(","),
    "advertise-client-urls": `${scheme}://${machine.address}:${port}`,
    "listen-peer-urls": peer,
    "initial-advertise-peer-urls": peer,
    "initial-cluster": `default=${peer}`,
    ...(tls && { "cert-file": tls.cert, "key-file": tls.key }),
    ...(clientAuthority && { "client-cert-auth": "true", "trusted-ca-file": clientAuthority.cert }),
  };
  const argv = Object.entries(options).map(([option, value]) => `--${option}=${value}`);
  const says = /ready to serve client requests/;
  return machine.start({ name, port, listen, argv: ["etcd", "--unsafe-no-fsync", ...argv], says });
}

/** To Go, `::` is both families: `0.0.0.0` beside it would be the same port twice. */
function distinct(listen: readonly string[]): readonly string[] {
  return listen.includes("::") ? listen.filter((address) => address !== "0.0.0.0") : listen;
}
