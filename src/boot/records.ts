import type { Owner } from "../disk/owner.ts";
import { type Json, type JsonObject, asObject } from "../model/json.ts";
import type { InstanceName } from "./token.ts";

interface AnyRecord extends InstanceName {
  /** Unique; in the environment of all its processes. */
  readonly token: string;
  /** Its own first. */
  readonly ports: readonly number[];
  /** ISO 8601. */
  readonly startedAt: string;
}

/** A service that was started as a process. */
export interface CommandRecord extends AnyRecord {
  readonly kind: "command";
  /** Null: it is meant to be started, and whether it was is not known. */
  readonly owner: Owner | null;
  readonly log: string | null;
}

/** A service that was started by Compose. */
export interface ComposeRecord extends AnyRecord {
  readonly kind: "compose";
  /** What Compose is called here: `docker compose`, or `docker-compose`. */
  readonly program: readonly string[];
  /** The project that the environment named; null: the usual one. */
  readonly project: string | null;
  /** The stack file's folder. */
  readonly folder: string;
  /** Absolute. */
  readonly file: string;
  /** As it is called in the compose file. */
  readonly container: string;
  /** False: it is meant to be started, and whether it was is not known. */
  readonly isUp: boolean;
}

/** One instance of a service that a boot started, or is about to. */
export type BootRecord = CommandRecord | ComposeRecord;

/** Reads one that a file holds; undefined where it is none. */
export function readRecord(value: unknown): BootRecord | undefined {
  const from = asObject(value) ?? {};
  const { service, instance, token, startedAt } = from;
  const ports = listOf(from["ports"], isPort);
  if (typeof service !== "string" || typeof instance !== "number" || ports === undefined) return undefined;
  if (typeof token !== "string" || token === "" || typeof startedAt !== "string") return undefined;
  const common = { service, instance, token, ports, startedAt };
  if (from["kind"] === "command") return readCommand(from, common);
  return from["kind"] === "compose" ? readCompose(from, common) : undefined;
}

function readCommand(from: JsonObject, common: AnyRecord): CommandRecord | undefined {
  const { owner, log } = from;
  if (log !== null && typeof log !== "string") return undefined;
  if (owner === null) return { kind: "command", ...common, owner, log };
  const { pid, since } = asObject(owner) ?? {};
  if (typeof pid !== "number" || !Number.isSafeInteger(pid) || pid < 2) return undefined;
  return typeof since === "string" ? { kind: "command", ...common, owner: { pid, since }, log } : undefined;
}

function readCompose(from: JsonObject, common: AnyRecord): ComposeRecord | undefined {
  const { project, folder, file, container, isUp } = from;
  const program = listOf(from["program"], (part) => typeof part === "string");
  if (program === undefined || program.length === 0 || typeof isUp !== "boolean") return undefined;
  if (typeof folder !== "string" || typeof file !== "string" || typeof container !== "string")
    return undefined;
  if (project !== null && typeof project !== "string") return undefined;
  return { kind: "compose", ...common, program, project, folder, file, container, isUp };
}

function listOf<T extends Json>(value: Json | undefined, is: (part: Json) => part is T): T[] | undefined {
  return Array.isArray(value) && value.every(is) ? value : undefined;
}

function isPort(value: Json): value is number {
  return typeof value === "number" && Number.isInteger(value) && value > 0 && value < 65_536;
}
