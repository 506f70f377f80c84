/**
 * The lab: real servers on several hosts, on one machine, seen by nobody else.
 *
 * ```ts
 * await using lab = await createLab({ hosts: 3 });
 * const [h1, h2] = [lab.host(1), lab.host(2)];
 * const redis = await h1.redis({ port: 7000, pass: "secret" }); // { name, address, port, pid, log }
 * await h2.nginx({ tls: await lab.certificate("shop.test"), tlsPort: 8443 });
 * await h2.bad("mute", 9001);
 * await lab.local.postgres(); // this machine: 127.0.0.1 and ::1
 *
 * await h1.drop(7000); // or reject(7000), unplug(); then heal()
 * redis.pause(); // or resume(), await stop()
 * ```
 *
 * The test's own process stands at the bridge, 10.99.0.1 and fd99::1, and sees the hosts h1, h2 … at 10.99.0.11, .12 …
 * and fd99::11, ::12 … Services listen on both families and on any port: their usual one unless told.
 * `lab.close()`, or leaving the scope of `await using`, ends every process and namespace.
 *
 * Only inside lab-exec.sh (test/run.js sees to that), and one lab at a time. A test that needs a program which may not
 * be installed asks first: `test.skipIf(missingPrograms(["mariadbd"]).length > 0)`.
 */
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import path from "node:path";

import { makeCertificate } from "./certificates.ts";
import type { Certificate, CertificateOptions } from "./certificates.ts";
import { insideLab } from "./guard.ts";
import { Host } from "./host.ts";
import { hostLink, plugIn, tearDown } from "./network.ts";
import type { HostLink } from "./network.ts";

export interface LabOptions {
  /** How many hosts beside this machine. */
  readonly hosts?: number;
}

export interface Lab extends AsyncDisposable {
  /** h1, h2 … */
  readonly hosts: readonly Host[];
  /** This machine: its services listen on 127.0.0.1 and ::1. */
  readonly local: Host;
  /** The host with this number, from 1. */
  host(number: number): Host;
  /** A new self-signed certificate for `name`. */
  certificate(name: string, options?: CertificateOptions): Promise<Certificate>;
  /** Ends everything. Again: does nothing. */
  close(): Promise<void>;
}

/** Puts up a network of hosts. */
export async function createLab({ hosts: count = 0 }: LabOptions = {}): Promise<Lab> {
  insideLab();
  const links = Array.from({ length: count }, (_, at) => hostLink(at + 1));
  // On the world's own /run, so that nothing is left even where nobody closes.
  const folder = mkdtempSync("/run/lab-");
  chmodSync(folder, 0o755);
  await plugIn(links);
  const hosts = links.map((link) => hostAt(link, folder));
  const local = new Host({ ...LOCAL, folder: path.join(folder, "local") });
  const close = once(async () => {
    await Promise.all([...hosts, local].map((host) => host.powerOff()));
    await local.heal();
    await tearDown(links);
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    hosts,
    local,
    host: (number) => present(hosts[number - 1], `the lab has no h${number}`),
    certificate: (name, options) => makeCertificate(path.join(folder, "certificates"), name, options),
    close,
    [Symbol.asyncDispose]: close,
  };
}

const LOCAL = { name: "local", address: "127.0.0.1", address6: "::1", listen: ["127.0.0.1", "::1"] };

function hostAt({ name, address, address6, port }: HostLink, folder: string): Host {
  const listen = ["0.0.0.0", "::"];
  const place = { name, address, address6, listen, namespace: name, folder: path.join(folder, name) };
  return new Host(place, port);
}

function once(act: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => (done ??= act());
}

function present<T>(value: T | undefined, otherwise: string): T {
  if (value === undefined) throw new Error(otherwise);
  return value;
}
