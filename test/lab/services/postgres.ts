import { appendFileSync } from "node:fs";
import path from "node:path";

import type { Certificate } from "../certificates.ts";
import { run } from "../command.ts";
import type { Machine, ServiceOptions } from "../machine.ts";
import type { Service } from "../service.ts";
import { copyTemplate } from "../template.ts";
import { handOver, unprivileged } from "../unprivileged.ts";

export interface PostgresOptions extends ServiceOptions {
  /** The password of the user `postgres` (SCRAM); without one everybody is let in. */
  readonly pass?: string;
  /** Offers TLS to those who ask for it. */
  readonly tls?: Certificate;
}

export async function postgres(
  machine: Machine,
  { port = 5432, listen = machine.listen, pass, tls }: PostgresOptions,
): Promise<Service> {
  const name = `postgres-${port}`;
  const data = path.join(machine.folder(name), "data");
  await copyTemplate("postgres", data, initialize);
  const settings = { ...SETTINGS, listen_addresses: listen.join(","), port: String(port) };
  if (pass !== undefined) await setPassword(data, pass);
  const secured = tls === undefined ? {} : await takeCertificate(data, tls);
  appendFileSync(path.join(data, "pg_hba.conf"), hostRules(pass === undefined ? "trust" : "scram-sha-256"));
  const argv = unprivileged(["postgres", "-D", data, ...settingArguments({ ...settings, ...secured })]);
  return machine.start({ name, port, listen, argv, says: /ready to accept connections/ });
}

const SETTINGS = { unix_socket_directories: "", fsync: "off", max_connections: "20", shared_buffers: "16MB" };

async function initialize(folder: string): Promise<void> {
  await handOver(folder);
  const database = ["--username=postgres", "--no-locale", "--encoding=UTF8", "--wal-segsize=1"];
  const options = ["--auth=trust", "--no-sync", "--no-instructions", ...database];
  await run(unprivileged(["initdb", `--pgdata=${folder}`, ...options]));
}

/** In single-user mode, while nobody can connect yet. It exits 0 even where the statement failed. */
async function setPassword(data: string, pass: string): Promise<void> {
  const statement = `ALTER USER postgres PASSWORD '${pass.replaceAll("'", "''")}'\n`;
  await run(unprivileged(["postgres", "--single", "-D", data, "postgres"]), statement);
}

/** It takes a key from nobody but itself or root, and from root only where others cannot read it. */
async function takeCertificate(data: string, tls: Certificate): Promise<Record<string, string>> {
  const [cert, key] = [path.join(data, "server.crt"), path.join(data, "server.key")];
  await run(["cp", tls.cert, cert]);
  await run(["install", "--mode=600", tls.key, key]);
  await Promise.all([handOver(cert), handOver(key)]);
  return { ssl: "on", ssl_cert_file: cert, ssl_key_file: key };
}

function hostRules(method: string): string {
  return ["10.99.0.0/24", "fd99::/64"].map((network) => `host all all ${network} ${method}\n`).join("");
}

function settingArguments(settings: Readonly<Record<string, string>>): string[] {
  return Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}
