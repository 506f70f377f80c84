import { resolve } from "node:path";

import { plainValue } from "../../document/node.ts";
import { readDocument } from "../../document/read.ts";
import { fileFault } from "../../model/error-code.ts";
import { DiscoverError } from "../../model/errors.ts";
import { arrayAt, asObject, stringAt } from "../../model/json.ts";
import { type Decision, PLAN_VERSION, type Plan } from "../../model/plan.ts";
import type { Stack } from "../../model/stack.ts";
import { shown } from "../../targets/token.ts";
import { readText } from "../terminal/read-text.ts";

/** What of a saved plan decides whether it may still be carried out. */
export interface SavedPlan {
  /** As it was named. */
  readonly path: string;
  readonly stackDigest: string;
  readonly fingerprint: string;
  readonly decisions: readonly SavedDecision[];
}

export type SavedDecision = Pick<Decision, "service" | "instance" | "action" | "host">;

/** Reads a plan that `discover plan --save` wrote, as JSON or YAML. Throws `file`, or `bad-plan` where it is none. */
export async function readSavedPlan(path: string, cwd: string, signal: AbortSignal): Promise<SavedPlan> {
  const text = await readText(resolve(cwd, path), signal).catch((cause: unknown) => {
    throw new DiscoverError("file", `plan ${shown(path)}: ${fileFault(cause)}`, { cause });
  });
  const refuse = (why: string): never => {
    throw new DiscoverError(
      "bad-plan",
      `plan ${shown(path)}: ${why}; 'discover plan --save=FILE' writes one`,
    );
  };
  const document = await readDocument(text);
  if ("fault" in document)
    return refuse(`line ${document.line}, column ${document.column}: ${shown(document.fault)}`);
  const value = plainValue(document);
  const version = asObject(value)?.["schemaVersion"];
  const decisions = arrayAt(value, "decisions");
  const [stackDigest, fingerprint] = [stringAt(value, "stackDigest"), stringAt(value, "fingerprint")];
  if (stackDigest === undefined || fingerprint === undefined || decisions === undefined)
    return refuse("it is no plan");
  if (version === undefined) return refuse("it does not say its schemaVersion");
  if (version !== PLAN_VERSION)
    return refuse(
      `it is of version ${shown(JSON.stringify(version))}, and this program knows version ${PLAN_VERSION}`,
    );
  const read = decisions.map(readDecision);
  return { path, stackDigest, fingerprint, decisions: read.filter((one) => one !== undefined) };
}

const ACTIONS: readonly string[] = ["adopt", "nothing", "start", "deploy", "blocked", "unknown"];

function readDecision(value: unknown): SavedDecision | undefined {
  const { instance, action, host = null } = asObject(value) ?? {};
  const service = stringAt(value, "service");
  if (service === undefined || typeof instance !== "number" || !isAction(action)) return undefined;
  return { service, instance, action, host: typeof host === "string" ? host : null };
}

function isAction(value: unknown): value is Decision["action"] {
  return typeof value === "string" && ACTIONS.includes(value);
}

/** Refuses a plan whose ground has moved: it was made for another stack, or other things run by now. Throws `bad-plan`. */
export function requireSame(saved: SavedPlan, now: Plan, stack: Stack): void {
  const again = "make another one with 'discover plan --save'";
  const plan = `plan ${shown(saved.path)}`;
  if (saved.stackDigest !== now.stackDigest)
    throw new DiscoverError(
      "bad-plan",
      `${plan} was made for another ${shown(stack.file)}, or that has been edited since: ${again}`,
    );
  const moved = now.decisions.flatMap((decision) => differenceOf(decision, saved.decisions));
  if (saved.fingerprint === now.fingerprint && moved.length === 0) return;
  const what = moved.length > 0 ? moved.join(", ") : "other services of these kinds are there, or changed";
  throw new DiscoverError(
    "bad-plan",
    `${plan} is out of date, what it rests on has changed: ${what}; ${again}`,
  );
}

function differenceOf(now: SavedDecision, saved: readonly SavedDecision[]): string[] {
  const { service, instance, action, host } = now;
  const was = saved.find((one) => one.service === service && one.instance === instance);
  if (was?.action === action && was.host === host) return [];
  const on = host === null ? "" : ` on ${host}`;
  return [`${shown(service)} was ${was === undefined ? "not in it" : was.action} and is ${action}${on} now`];
}
