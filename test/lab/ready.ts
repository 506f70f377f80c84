import net from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

import type { Service } from "./service.ts";

const LIMIT_MS = 20_000;
const STEP_MS = 10;

/**
 * Waits until a service takes connections, and has printed what `says` wants where that is given. Throws with the end of
 * its log where it exits before that, or is not ready in 20 s.
 */
export async function ready(
  service: Service,
  { says, datagrams }: { readonly says?: RegExp; readonly datagrams?: true },
): Promise<void> {
  const deadline = performance.now() + LIMIT_MS;
  const takes = datagrams === true ? (): boolean => true : connects;
  while (!((says?.test(service.log) ?? true) && (await takes(service)))) {
    if (!service.running) throw new Error(`${service.name} ended at once: ${tail(service)}`);
    if (performance.now() > deadline) throw new Error(`${service.name} is not ready: ${tail(service)}`);
    await sleep(STEP_MS);
  }
}

function tail(service: Service): string {
  return service.log.slice(-800).trim() || "it printed nothing";
}

function connects({ address, port }: Service): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ host: address, port, timeout: 500 });
    const end = (connected: boolean): void => {
      socket.destroy();
      resolve(connected);
    };
    socket.once("connect", () => end(true));
    socket.once("error", () => end(false));
    socket.once("timeout", () => end(false));
  });
}
