import { isUsable } from "./result.ts";
import type { Session } from "./session.ts";

/** This machine, as services on it see each other. */
export const LOOPBACK = "127.0.0.1";

/**
 * What `${…}` stands for where a service is started: `port` (the first), `port.1`, `port.2`, …, `host`, and for each service
 * that is there `name.host`, `name.port`, `name.url`: the first instance's; others are `name.2.host`, ….
 */
export function valuesFor(session: Session, ports: readonly number[]): Map<string, string> {
  const values = new Map([["host", LOOPBACK]]);
  for (const [at, port] of ports.entries()) values.set(`port.${at + 1}`, String(port));
  const [first] = ports;
  if (first !== undefined) values.set("port", String(first));
  for (const result of session.results.values()) {
    if (!isUsable(result.status)) continue;
    const { service, instance, address, port, url } = result;
    const known = { host: address, port, url };
    for (const [name, value] of Object.entries(known)) {
      if (value === null) continue;
      values.set(`${service}.${instance}.${name}`, String(value));
      if (!values.has(`${service}.${name}`)) values.set(`${service}.${name}`, String(value));
    }
  }
  return values;
}
