import { writeFileSync } from "node:fs";
import path from "node:path";

import type { Machine, ServiceOptions } from "../machine.ts";
import type { Service } from "../service.ts";

/** Zone name to its records beside SOA, NS and `ns A`, one a line: `{ "lab.test": "db A 10.99.0.11" }`. */
export type Zones = Readonly<Record<string, string>>;

export function knot(
  machine: Machine,
  zones: Zones,
  { port = 53, listen = machine.listen }: ServiceOptions,
): Promise<Service> {
  const name = `knot-${port}`;
  const folder = machine.folder(name);
  for (const [zone, records] of Object.entries(zones)) {
    writeFileSync(path.join(folder, `${zone}.zone`), zoneFile(zone, machine.address, records));
  }
  const addresses = listen.map((address) => `${address}@${port}`).join(", ");
  const config = path.join(folder, "knot.conf");
  writeFileSync(config, configuration(folder, addresses, Object.keys(zones)));
  return machine.start({ name, port, listen, argv: ["knotd", "-c", config] });
}

function zoneFile(zone: string, address: string, records: string): string {
  return `$ORIGIN ${zone}.
$TTL 5
@ SOA ns root 1 3600 600 86400 5
@ NS ns
ns A ${address}
${records}
`;
}

function configuration(folder: string, addresses: string, zones: readonly string[]): string {
  return `server:
  rundir: ${folder}
  listen: [ ${addresses} ]
  udp-workers: 1
  tcp-workers: 1
  background-workers: 1
log:
  - target: stderr
    any: info
database:
  storage: ${folder}/db
template:
  - id: default
    storage: ${folder}
    file: "%s.zone"
    semantic-checks: off
zone:
${zones.map((zone) => `  - domain: ${zone}\n`).join("")}`;
}
