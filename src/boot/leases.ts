import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

import { writeAtomically } from "../disk/atomic.ts";
import { makeFolder } from "../disk/folder.ts";
import { takeLock } from "../disk/lock.ts";
import { type Owner, isThere, thisOwner } from "../disk/owner.ts";
import { asObject, stringAt } from "../model/json.ts";
import { carriersOf } from "./process-table.ts";
import { readToken } from "./token.ts";

/** Leases of ports, as long as their lock is held. */
export interface Leases {
  /** Whom somebody keeps a port for; undefined where nobody alive does. */
  holderOf(port: number): string | undefined;
  take(port: number): void;
}

/** Where leases lie, and who takes them. */
export interface LeaseContext {
  readonly folder: string;
  readonly token: string;
  readonly signal: AbortSignal;
}

/** Does something with leases that nobody else may do meanwhile. Rejects with the reason of `signal`. */
export async function withLeases<T>(
  { folder, token, signal }: LeaseContext,
  work: (leases: Leases) => Promise<T>,
): Promise<T> {
  makeFolder(folder);
  const lock = await takeLock(join(folder, "lock"), signal);
  try {
    return await work({
      holderOf: (port) => holderOf(folder, port),
      take: (port) => writeLease(folder, port, { token, owner: thisOwner() }),
    });
  } finally {
    lock.release();
  }
}

/** Makes leases the service's own: they last as long as that process. Only who took them may, while they are its own. */
export function handOver(
  ports: readonly number[],
  owner: Owner,
  { folder, token }: Pick<LeaseContext, "folder" | "token">,
): void {
  for (const port of ports) if (tokenIn(folder, port) === token) writeLease(folder, port, { token, owner });
}

/** Gives back leases that were taken with that token; others are left alone. Rejects with the reason of `signal`. */
export async function releaseLeases(ports: readonly number[], context: LeaseContext): Promise<void> {
  const { folder, token } = context;
  if (ports.length === 0) return;
  await withLeases(context, async () => {
    for (const port of ports)
      if (tokenIn(folder, port) === token) rmSync(fileOf(folder, port), { force: true });
  });
}

function fileOf(folder: string, port: number): string {
  return join(folder, `${port}.json`);
}

function writeLease(folder: string, port: number, lease: { token: string; owner: Owner }): void {
  writeAtomically(fileOf(folder, port), `${JSON.stringify(lease)}\n`, 0o600);
}

/** A lease of one who died is none, unless something that was started with it lives on. */
function holderOf(folder: string, port: number): string | undefined {
  const lease = readLease(folder, port);
  const token = stringAt(lease, "token");
  if (token === undefined) return undefined;
  if (!isThere(asObject(lease)?.["owner"]) && carriersOf(token).length === 0) return undefined;
  const name = readToken(token);
  return name === undefined ? "another service" : `${name.service} of a stack`;
}

function tokenIn(folder: string, port: number): string | undefined {
  return stringAt(readLease(folder, port), "token");
}

function readLease(folder: string, port: number): unknown {
  try {
    return JSON.parse(readFileSync(fileOf(folder, port), "utf8"));
  } catch {
    return undefined;
  }
}

/** Who keeps a port, where somebody alive does. */
export interface PortHolder {
  readonly service: string;
  readonly token: string;
}

/** The service for which a port is kept. Changes nothing, and needs no lock. */
export function holderOfPort(folder: string, port: number): PortHolder | undefined {
  const token = tokenIn(folder, port);
  if (token === undefined || holderOf(folder, port) === undefined) return undefined;
  return { service: readToken(token)?.service ?? "a service", token };
}
