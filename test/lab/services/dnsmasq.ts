import { writeFileSync } from "node:fs";
import path from "node:path";

import type { Machine, ServiceOptions } from "../machine.ts";
import type { Service } from "../service.ts";

/** dnsmasq with these lines of dnsmasq.conf and nobody to ask any further. */
export function dnsmasq(
  machine: Machine,
  lines: readonly string[],
  { port = 53, listen = machine.listen }: ServiceOptions,
): Promise<Service> {
  const name = `dnsmasq-${port}`;
  const config = path.join(machine.folder(name), "dnsmasq.conf");
  const addresses = listen.includes("0.0.0.0")
    ? []
    : ["bind-interfaces", ...listen.map((one) => `listen-address=${one}`)];
  const own = ["no-resolv", "no-hosts", "user=root", "pid-file", `port=${port}`, ...addresses];
  writeFileSync(config, [...own, ...lines, ""].join("\n"));
  return machine.start({
    name,
    port,
    listen,
    argv: ["dnsmasq", "--keep-in-foreground", `--conf-file=${config}`],
  });
}
