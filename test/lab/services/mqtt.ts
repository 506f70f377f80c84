import { writeFileSync } from "node:fs";
import path from "node:path";

import type { Machine, ServiceOptions } from "../machine.ts";
import type { Service } from "../service.ts";

/** Mosquitto. */
export interface MqttOptions extends ServiceOptions {
  /** False: clients must log in, and none can. */
  readonly anonymous?: boolean;
}

export function mqtt(
  machine: Machine,
  { port = 1883, listen = machine.listen, anonymous = true }: MqttOptions,
): Promise<Service> {
  const name = `mqtt-${port}`;
  const config = path.join(machine.folder(name), "mosquitto.conf");
  const listeners = listen.map((address) => `listener ${port} ${address}\n`).join("");
  writeFileSync(config, `user root\nallow_anonymous ${anonymous}\n${listeners}`);
  return machine.start({ name, port, listen, argv: ["mosquitto", "-c", config] });
}
