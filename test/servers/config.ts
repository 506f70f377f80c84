import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type RemoteServer, SERVERS_DEFAULTS, type ServersConfig } from "../../src/model/servers.ts";

/** The defaults, but for what a test is about. */
export function configOf(more: Partial<ServersConfig> = {}): ServersConfig {
  return { ...SERVERS_DEFAULTS, ...more };
}

export function remoteOf(port: number, more: Partial<RemoteServer> = {}): RemoteServer {
  return { name: `at-${port}`, host: "127.0.0.1", port, enabled: true, description: "", ...more };
}

/** A folder of its own, gone afterwards. */
export async function inFolder<T>(run: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "sonde-servers-"));
  try {
    return await run(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
