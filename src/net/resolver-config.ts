import { getServers } from "node:dns";
import { readFileSync } from "node:fs";

/** See `Net.resolverConfig`. Where there is no such file (Windows), Node's own list of servers is written as one. */
export function resolverConfig(path = "/etc/resolv.conf"): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return process.platform === "win32" ? getServers().map(nameserverLine).join("") : "";
  }
}

/** Node writes a port other than 53 behind the address, which resolv.conf cannot tell: such servers are left out. */
function nameserverLine(server: string): string {
  return /^[\d.]+$|^[^[\]]*:[^[\]]*$/.test(server) ? `nameserver ${server}\n` : "";
}
