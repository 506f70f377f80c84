import { writeFileSync } from "node:fs";
import path from "node:path";

import type { Machine, ServiceOptions } from "../machine.ts";
import type { Service } from "../service.ts";
import { type Zones, zoneFile } from "./zone-file.ts";

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
