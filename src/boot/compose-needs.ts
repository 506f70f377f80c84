import { existsSync } from "node:fs";
import { resolve } from "node:path";

import { composeRuns, findCompose } from "./compose.ts";
import { StartFault } from "./fault.ts";
import { missing } from "./result.ts";
import { type Session, type Task, composeContext, keyOf, settle } from "./session.ts";
import { targetOf } from "./start-compose.ts";

/**
 * Looks for Compose, and for the daemon behind it, where something is to be started with it: before anything is. Settles what
 * needs it where it is not there. Rejects with the reason of the boot's end.
 */
export async function composeNeeds(session: Session): Promise<void> {
  const all = session.tasks.filter((task) => needsCompose(task, session));
  if (all.length === 0) return;
  const context = composeContext(session);
  session.composeProgram = await findCompose(context);
  context.signal.throwIfAborted();
  if (session.composeProgram === undefined)
    return settleAll(all, session, {
      summary: `Docker Compose is not there, and ${namesOf(all)} cannot be started without: neither 'docker compose' nor 'docker-compose' works`,
      remedy: "install Docker with its Compose plug-in, or say how to start it with a command",
    });
  settleWithoutFile(session);
  const needing = all.filter((task) => needsCompose(task, session));
  const [first] = needing;
  const fault = first && (await daemonFault(first, session.composeProgram, session));
  if (fault !== undefined)
    settleAll(needing, session, {
      summary: `${fault.message}, and ${namesOf(needing)} cannot be started without`,
      remedy: fault.remedy,
    });
}

function namesOf(tasks: readonly Task[]): string {
  return [...new Set(tasks.map(({ service }) => service))].join(", ");
}

/** Compose says it in a way of its own, and late. */
function settleWithoutFile(session: Session): void {
  for (const task of session.tasks.filter((one) => needsCompose(one, session))) {
    const { start } = task.requirement;
    if (start?.kind !== "compose" || existsSync(resolve(session.stack.folder, start.file))) continue;
    settleAll([task], session, {
      summary: `there is no compose file ${start.file}`,
      remedy: `write it, or say in ${session.stack.file} where it is`,
    });
  }
}

function needsCompose(task: Task, { state, results }: Session): boolean {
  if (results.has(keyOf(task))) return false;
  if (task.action !== "start" || task.requirement.start?.kind !== "compose") return false;
  return !state.records.some((record) => keyOf(record) === keyOf(task));
}

/** A file that Compose cannot read is that service's fault, and found again when it is started. */
async function daemonFault(
  { requirement }: Task,
  program: readonly string[],
  session: Session,
): Promise<StartFault | undefined> {
  if (requirement.start?.kind !== "compose") return undefined;
  try {
    await composeRuns(targetOf(requirement.start, program, session), composeContext(session));
    return undefined;
  } catch (error) {
    if (error instanceof StartFault) return error.remedy === null ? undefined : error;
    throw error;
  }
}

function settleAll(
  tasks: readonly Task[],
  session: Session,
  why: { readonly summary: string; readonly remedy: string | null },
): void {
  for (const task of tasks) settle(session, { ...missing(task, why), status: "failed" });
}
