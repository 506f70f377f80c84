import { nearest } from "../model/nearest.ts";
import { LOCAL_HOST } from "../model/plan.ts";
import type { StackHost } from "../model/stack.ts";
import { formatAddress, parseAddress } from "../targets/address.ts";
import { parseHostName } from "../targets/host-name.ts";
import { shown } from "../targets/token.ts";
import type { Fault } from "./fault.ts";
import type { HostEntry } from "./file.ts";
import { quoted } from "./wording.ts";

/** Where a host stands in the file: its name, what is said of it, its line. */
export type HostRow = readonly [name: string, entry: HostEntry, line: number];

/** A host as the stack has it. */
export function hostOf([name, entry, line]: HostRow): StackHost {
  const { user, address, labels, capacity } = entry;
  const hasGpu = entry.gpu_enabled ?? entry.gpuEnabled ?? (capacity.gpu ?? 0) > 0;
  return {
    name,
    ...(user === undefined ? {} : { user }),
    ...(address === undefined ? {} : { address }),
    labels,
    capacity,
    hasGpu,
    line,
  };
}

/** A host that a placement names and `hosts` does not: nothing is known of it but its name. */
export function impliedHost(name: string, line: number): StackHost {
  return { name, labels: {}, capacity: {}, hasGpu: false, line };
}

/** Why a text is neither an address nor a name of a host; undefined where it is one. */
export function hostFault(text: string): string | undefined {
  if (parseAddress(text) !== undefined) return undefined;
  let fault: string | undefined;
  // Its reader says why in words that fit here, too.
  const refuse = (why: string): never => {
    fault = why;
    throw new TypeError(why);
  };
  try {
    parseHostName(text, refuse);
  } catch (error) {
    if (fault === undefined) throw error;
  }
  return fault;
}

/** What is wrong with the hosts of a file, each for itself and among them. */
export function hostFaults(rows: readonly HostRow[]): Fault[] {
  const byAddress = new Map<string, string>();
  return rows.flatMap(([name, entry]) => {
    const address = addressOf(entry.address ?? name);
    const other = byAddress.get(address);
    if (other === undefined) byAddress.set(address, name);
    return [
      ...oneHostFaults(name, entry),
      ...(other === undefined
        ? []
        : [{ path: ["hosts", name], why: `is at the same address as ${quoted(other)}`, isKey: true }]),
    ];
  });
}

function oneHostFaults(name: string, entry: HostEntry): Fault[] {
  const path = ["hosts", name];
  const faults: Fault[] = [];
  const ownName = hostFault(name);
  if (ownName !== undefined) faults.push({ path, why: `cannot name a host: ${ownName}`, isKey: true });
  const address = entry.address === undefined ? undefined : hostFault(entry.address);
  if (address !== undefined) faults.push({ path: [...path, "address"], why: `no host: ${address}` });
  if (name === LOCAL_HOST) {
    for (const key of ["user", "address"] as const)
      if (entry[key] !== undefined)
        faults.push({ path: [...path, key], why: "localhost is this machine, and needs none", isKey: true });
  }
  const { gpu_enabled: snake, gpuEnabled: camel, capacity } = entry;
  if (snake !== undefined && camel !== undefined)
    faults.push({ path: [...path, "gpuEnabled"], why: "the same as gpu_enabled; keep one", isKey: true });
  if ((snake ?? camel) === false && (capacity.gpu ?? 0) > 0)
    faults.push({ path: [...path, "capacity", "gpu"], why: "the host has GPUs, and is said to have none" });
  return faults;
}

/**
 * Why a placement cannot name that host; undefined where it can. One that `hosts` does not have may be named if it is an
 * address or a host's name, and is not nearly one of those: a typo would begin a second host.
 */
export function placementHostFault(host: string, rows: readonly HostRow[]): string | undefined {
  if (host === LOCAL_HOST) return "localhost is this machine — did you mean 'local'?";
  const declared = rows.map(([name]) => name);
  if (declared.includes(host)) return undefined;
  const [same] = rows.find(([name, entry]) => addressOf(entry.address ?? name) === addressOf(host)) ?? [];
  if (same !== undefined) return `${quoted(host)} is the host ${shown(same)}: write 'remote@${shown(same)}'`;
  const fault = hostFault(host);
  const meant = parseAddress(host) === undefined ? nearestHost(host, declared) : undefined;
  if (meant !== undefined) return `no such host: ${quoted(host)} — did you mean 'remote@${shown(meant)}'?`;
  return fault === undefined ? undefined : `no host: ${fault}`;
}

/** The same for all ways to write an address, or a name. */
function addressOf(text: string): string {
  const address = parseAddress(text);
  if (address === undefined) return text.toLowerCase();
  return formatAddress(address.family, address.first, address.zone);
}

/** `db2` is no typo of `db1`. */
function nearestHost(host: string, declared: readonly string[]): string | undefined {
  return nearest(
    host,
    declared.filter((name) => withoutDigits(name) !== withoutDigits(host)),
  );
}

function withoutDigits(name: string): string {
  return name.replaceAll(/\d+/g, "");
}
