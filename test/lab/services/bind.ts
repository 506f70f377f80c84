import { writeFileSync } from "node:fs";
import path from "node:path";

import type { Machine, ServiceOptions } from "../machine.ts";
import type { Service } from "../service.ts";
import { type Zones, zoneFile } from "./zone-file.ts";

export interface BindOptions extends ServiceOptions {
  /** It says no more than it was asked for: no glue. */
  readonly minimal?: true;
}

/** BIND's named, for its zones and nothing else. */
export function bind(
  machine: Machine,
  zones: Zones,
  { port = 53, listen = machine.listen, minimal }: BindOptions,
): Promise<Service> {
  const name = `bind-${port}`;
  const folder = machine.folder(name);
  for (const [zone, records] of Object.entries(zones)) {
    writeFileSync(path.join(folder, `${zone}.zone`), zoneFile(zone, machine.address, records));
  }
  const config = path.join(folder, "named.conf");
  writeFileSync(
    config,
    configuration(folder, Object.keys(zones), { port, listen, minimal: minimal === true }),
  );
  // -n: as many workers as it needs, which is not one for each processor of the machine.
  return machine.start({ name, port, listen, argv: ["named", "-g", "-n", "1", "-c", config] });
}

function configuration(
  folder: string,
  zones: readonly string[],
  { port, listen, minimal }: { port: number; listen: readonly string[]; minimal: boolean },
): string {
  const [ipv4, ipv6] = [false, true].map((six) => {
    const addresses = listen.filter((address) => address.includes(":") === six).map(matched);
    return addresses.length === 0 ? "none;" : addresses.join(" ");
  });
  return `options {
  directory "${folder}";
  pid-file none;
  session-keyfile none;
  lock-file none;
  listen-on port ${port} { ${ipv4} };
  listen-on-v6 port ${port} { ${ipv6} };
  recursion no;
  allow-query { any; };
  minimal-responses ${minimal ? "yes" : "no"};
  dnssec-validation no;
  notify no;
  empty-zones-enable no;
};
controls { };
${zones.map((zone) => `zone "${zone}" { type primary; file "${zone}.zone"; check-names ignore; };\n`).join("")}`;
}

/** An address as an address match list has it. */
function matched(address: string): string {
  return address === "0.0.0.0" || address === "::" ? "any;" : `${address};`;
}
