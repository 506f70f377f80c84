import { writeFileSync } from "node:fs";
import path from "node:path";

import { urlHost } from "../../../src/model/endpoint.ts";
import type { Certificate } from "../certificates.ts";
import type { Machine, ServiceOptions } from "../machine.ts";
import type { Service } from "../service.ts";

export interface NginxOptions extends ServiceOptions {
  /** Speaks TLS on `tlsPort`, besides plain HTTP on `port`. */
  readonly tls?: Certificate;
  /** 443 where absent. */
  readonly tlsPort?: number;
  /** Wants a certificate of its clients on `tlsPort`, by this authority. */
  readonly clientAuthority?: Certificate;
  /** What it serves, as nginx configuration; without it `/health` answers and all else is 404. */
  readonly locations?: string;
}

export function nginx(
  machine: Machine,
  {
    port = 80,
    listen = machine.listen,
    tls,
    tlsPort = 443,
    clientAuthority,
    locations = HEALTH,
  }: NginxOptions,
): Promise<Service> {
  const name = `nginx-${port}`;
  const folder = machine.folder(name);
  const config = path.join(folder, "nginx.conf");
  const listeners = listen.map((address) => `listen ${urlHost(address)}:${port};`);
  if (tls !== undefined) {
    listeners.push(...listen.map((address) => `listen ${urlHost(address)}:${tlsPort} ssl;`));
    listeners.push(`ssl_certificate ${tls.cert};`, `ssl_certificate_key ${tls.key};`);
  }
  if (clientAuthority !== undefined)
    listeners.push(`ssl_client_certificate ${clientAuthority.cert};`, "ssl_verify_client on;");
  writeFileSync(config, configuration(folder, [...listeners, locations].join("\n    ")));
  return machine.start({ name, port, listen, argv: ["nginx", "-e", "stderr", "-c", config] });
}

const HEALTH = `location = /health { default_type application/json; return 200 '{"status":"ok"}'; }`;

/** All its files in `folder`, and a single process, so that pausing it pauses all of it. */
function configuration(folder: string, server: string): string {
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
  return `daemon off; master_process off; user root; pid ${folder}/pid; error_log stderr;
events { worker_connections 512; }
http {
  access_log off;
  ${temporary.map((kind) => `${kind}_temp_path ${folder}/${kind};`).join(" ")}
  server {
    ${server}
  }
}
`;
}
