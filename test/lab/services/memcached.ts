import type { Machine, ServiceOptions } from "../machine.ts";
import type { Service } from "../service.ts";

export function memcached(
  machine: Machine,
  { port = 11211, listen = machine.listen }: ServiceOptions,
): Promise<Service> {
  const argv = ["memcached", "-u", "root", "-m", "16", "-U", "0", "-p", String(port), "-l", listen.join(",")];
  return machine.start({ name: `memcached-${port}`, port, listen, argv });
}
