import { createHash } from "node:crypto";

import type { DocumentNode, DocumentPath, Member } from "../document/node.ts";
import { plainValue, reach } from "../document/node.ts";
import { readDocument } from "../document/read.ts";
import type { Requirement, Stack, StackHost } from "../model/stack.ts";
import { dependencyFaults } from "./dependencies.ts";
import { type DiscoveryEntry, type ReadSetting, readDiscovery } from "./discovery.ts";
import { type Fault, badStack, unreadable } from "./fault.ts";
import type { StackFile } from "./file.ts";
import { type HostRow, hostFaults, hostOf, impliedHost } from "./host.ts";
import { placeholderFaults } from "./placeholder-faults.ts";
import { portFaults } from "./ports.ts";
import { type Surroundings, requirementFaults, requirementOf } from "./requirement.ts";
import { loadVersions } from "./version.ts";

/** What a stack file is read with. */
export interface StackOptions {
  /** As it is called in messages. */
  readonly file: string;
  /** The folder that it lies in, absolute. */
  readonly folder: string;
  /** What it is called there, where `file` is a link to it. */
  readonly realName?: string;
  /** The catalog's types and products, in lower case. */
  readonly types: readonly string[];
  readonly readSetting: ReadSetting;
}

/** A stack, and what its file says of settings, by their keys. */
export interface ReadStack extends Stack {
  readonly discovery: ReadonlyMap<string, DiscoveryEntry>;
}

/**
 * Reads the text of a stack file, YAML or JSON. Throws `bad-stack`, naming the first fault by its place: what is no document
 * first, then what is of the wrong kind, then what does not fit together.
 */
export async function readStack(text: string, options: StackOptions): Promise<ReadStack> {
  const { file, folder, realName, types, readSetting } = options;
  const top = await readDocument(text);
  if ("fault" in top) throw unreadable(file, top);
  const { checkShape } = await import("./schema.ts");
  const shape = checkShape(plainValue(top, isText));
  if (!("services" in shape)) throw badStack(file, top, shape);
  const hosts = Object.entries(shape.hosts).map(([name, entry]): HostRow => [
    name,
    entry,
    lineOf(top, ["hosts", name]),
  ]);
  const known = { types, hosts, versions: await loadVersions() };
  const services = servicesOf(shape, top, known);
  const discovery = readDiscovery(membersOf(top, "discovery"), readSetting);
  const faults = [...faultsIn(shape, services, known), ...hostFaults(hosts), ...discovery.faults];
  if (faults.length > 0) throw badStack(file, top, faults);
  return {
    file,
    folder,
    ...(realName !== undefined && { realName }),
    strategy: shape.strategy,
    services,
    hosts: withImplied(hosts.map(hostOf), services),
    digest: createHash("sha256").update(text).digest("hex"),
    discovery: discovery.entries,
  };
}

/** Where a number is a word: the version 15.10 is not 15.1. */
const TEXTS: readonly DocumentPath[] = [
  ["services", "*", "version"],
  ["services", "*", "labels", "*"],
  ["services", "*", "start", "command", "*"],
  ["services", "*", "start", "env", "*"],
  ["hosts", "*", "labels", "*"],
];

function isText(path: DocumentPath): boolean {
  return TEXTS.some(
    (one) => one.length === path.length && one.every((step, at) => step === "*" || step === path[at]),
  );
}

function servicesOf({ services }: StackFile, top: DocumentNode, known: Surroundings): Requirement[] {
  return Object.entries(services).map(([name, entry]) =>
    requirementOf(name, entry, lineOf(top, ["services", name]), known),
  );
}

function faultsIn(
  { services }: StackFile,
  requirements: readonly Requirement[],
  known: Surroundings,
): Fault[] {
  return [
    ...Object.entries(services).flatMap(([name, entry]) => requirementFaults(name, entry, known)),
    ...dependencyFaults(requirements),
    ...portFaults(requirements),
    ...placeholderFaults(requirements),
  ];
}

function withImplied(hosts: readonly StackHost[], services: readonly Requirement[]): StackHost[] {
  const all = new Map(hosts.map((host) => [host.name, host]));
  for (const { placement, line } of services) {
    if (placement.kind === "remote" && !all.has(placement.host))
      all.set(placement.host, impliedHost(placement.host, line));
  }
  return [...all.values()];
}

function lineOf(top: DocumentNode, path: DocumentPath): number {
  return reach(top, path).keyAt.line;
}

function membersOf(top: DocumentNode, key: string): ReadonlyMap<string, Member> {
  const { node } = reach(top, [key]);
  return node !== top && node.kind === "mapping" ? node.members : new Map();
}
