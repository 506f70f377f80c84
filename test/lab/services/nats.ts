import type { Machine, ServiceOptions } from "../machine.ts";
import type { Service } from "../service.ts";

export interface NatsOptions extends ServiceOptions {
  /** Where its HTTP monitoring listens; none where absent. */
  readonly monitorPort?: number;
  /** The token clients must give. */
  readonly token?: string;
}

export function nats(
  machine: Machine,
  { port = 4222, listen = machine.listen, monitorPort, token }: NatsOptions,
): Promise<Service> {
  const argv = ["nats-server", "--addr", listenAddress(listen), "--port", String(port)];
  if (monitorPort !== undefined) argv.push("--http_port", String(monitorPort));
  if (token !== undefined) argv.push("--auth", token);
  return machine.start({ name: `nats-${port}`, port, listen, argv });
}

/** It takes a single one; `::` means both families to it. */
function listenAddress(listen: readonly string[]): string {
  return listen.includes("::") ? "::" : (listen[0] ?? "127.0.0.1");
}
