import { existsSync } from "node:fs";
import path from "node:path";

import { urlHost } from "../../../src/model/endpoint.ts";
import { installed, run } from "../command.ts";
import type { Machine, ServiceOptions } from "../machine.ts";
import type { Service } from "../service.ts";

/** Greets and shows a host key of its own; lets nobody in. */
export async function sshd(
  machine: Machine,
  { port = 22, listen = machine.listen }: ServiceOptions,
): Promise<Service> {
  const name = `sshd-${port}`;
  const hostKey = path.join(machine.folder(name), "host-key");
  if (!existsSync(hostKey)) await run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", hostKey]);
  const options = [
    `HostKey=${hostKey}`,
    `Port=${port}`,
    ...listen.map((address) => `ListenAddress=${urlHost(address)}`),
    "AuthenticationMethods=publickey",
    "AuthorizedKeysFile=none",
    "UsePAM=no",
    "PidFile=none",
  ].flatMap((option) => ["-o", option]);
  // It starts itself anew for each connection, by its absolute path.
  const argv = [installed("sshd"), "-D", "-e", "-f", "/dev/null", ...options];
  return machine.start({ name, port, listen, argv });
}
