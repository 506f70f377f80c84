import { existsSync, readdirSync, rmdirSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { run } from "./command.ts";
import { cgroupFolders } from "./docker-needs.ts";

/** Docker's bridges, and what they carry. */
const BRIDGE = /^(?:docker0|br-[0-9a-f]{12})$/;
/** What iptables-save prints of Docker's: its chains, bridges, and the networks of docker-daemon.ts. */
const RULE = /docker|\bbr-[0-9a-f]{12}\b|\b10\.9[78]\.\d+\.\d+\b/i;

/** What docker-world.sh mounts over in the world's own /run: empty out here. */
const PLACES = ["/run/docker", "/run/containerd"];

const TRIES = 200;
const STEP_MS = 10;

/** Takes away the folders that Docker's own were mounted over. */
export function removePlaces(): void {
  for (const place of PLACES) if (existsSync(place)) rmdirSync(place);
}

/** Takes Docker's bridges and firewall rules out of the world's network, and nobody else's. */
export async function removeNetworks(): Promise<void> {
  const links: { ifname: string; master?: string }[] = JSON.parse(await run(["ip", "-json", "link", "show"]));
  // The cables first: those of a dead container would go in the kernel's own time.
  const cables = links.filter(({ master }) => master !== undefined && BRIDGE.test(master));
  const bridges = links.filter(({ ifname }) => BRIDGE.test(ifname));
  const lines = [...cables, ...bridges].map(({ ifname }) => `link del ${ifname}`);
  await run(["ip", "-force", "-batch", "-"], `${lines.join("\n")}\n`).catch(unlessGone);
  const rules = (await run(["iptables-save"])).split("\n");
  await run(["iptables-restore"], rules.filter((rule) => !RULE.test(rule)).join("\n"));
}

/** A cable may go by itself while we look; what is left of bridges would be in the next lab's way. */
async function unlessGone(cause: unknown): Promise<void> {
  const left = readdirSync("/sys/class/net").filter((name) => BRIDGE.test(name));
  if (left.length > 0) throw new Error(`bridges are left: ${left.join(", ")}`, { cause });
}

/** Removes a cgroup and what is below it from every hierarchy. Its processes are dead, but may not all be buried. */
export async function removeCgroups(name: string): Promise<void> {
  for (const folder of cgroupFolders()) {
    for (let tries = TRIES; !removed(path.join(folder, name)); tries--) {
      if (tries === 0) throw new Error(`the cgroup ${path.join(folder, name)} is still in use`);
      await sleep(STEP_MS);
    }
  }
}

/** Only folders can be removed here: the files in them are the kernel's. False where one is still in use. */
function removed(folder: string): boolean {
  try {
    const inside = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    if (!inside.map(({ name }) => removed(path.join(folder, name))).every(Boolean)) return false;
    rmdirSync(folder);
    return true;
  } catch {
    return !existsSync(folder);
  }
}
