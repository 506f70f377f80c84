import { createHash, randomUUID } from "node:crypto";
import { realpathSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";

/** The variable by which processes of a stack are known: what they start inherits it (proc_pid_environ(5)). */
export const TOKEN_VARIABLE = "SONDE_BOOT_TOKEN";
/** Ports that were given to the service, with commas: so that they are known where the records are lost. */
export const PORTS_VARIABLE = "SONDE_BOOT_PORTS";

const ID_LENGTH = 16;

/** An instance of a service. */
export interface InstanceName {
  readonly service: string;
  readonly instance: number;
}

/** What all tokens of a stack begin with: it follows from its state folder, so that no file is needed to find them. */
export function tokenPrefix(folder: string): string {
  const digest = createHash("sha256")
    .update(realFolder(resolve(folder)))
    .digest("hex");
  return `${digest.slice(0, ID_LENGTH)}/`;
}

/** Links followed as far as there is something. */
function realFolder(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const above = dirname(path);
    return above === path ? path : join(realFolder(above), basename(path));
  }
}

/** A token that no other start has. */
export function makeToken(prefix: string, { service, instance }: InstanceName): string {
  return `${prefix}${encodeURIComponent(service)}/${instance}/${randomUUID()}`;
}

/**
 * A number for a token, above 2^48, that nobody would choose. Programs write their title over their environment (Redis, nginx,
 * PostgreSQL), or clear it; a limit stays with them and all that they start. See `launch`.
 */
export function markOf(token: string): number {
  const digest = createHash("sha256").update(token).digest("hex");
  return 2 ** 48 + Number.parseInt(digest.slice(0, 12), 16);
}

/** Whose token that is; undefined where it is none. */
export function readToken(token: string): InstanceName | undefined {
  const [, name = "", number = "", random] = token.split("/");
  const instance = Number(number);
  if (random === undefined || !Number.isSafeInteger(instance) || instance < 1) return undefined;
  try {
    return { service: decodeURIComponent(name), instance };
  } catch {
    return undefined;
  }
}
