import { messageOf } from "../model/error-code.ts";
import { composeDown } from "./compose.ts";
import { releaseLeases } from "./leases.ts";
import type { BootOptions } from "./options.ts";
import type { CommandRecord, ComposeRecord } from "./records.ts";
import type { State } from "./state.ts";
import { GRACE_MS, type Stopped, stopProcesses } from "./stop-process.ts";

/** What stopping needs of a boot, or of a `down`. */
export interface UndoContext {
  readonly state: State;
  readonly options: Pick<BootOptions, "portsFolder" | "env" | "graceMs">;
}

// What is undone is undone to the end: who is in a hurry ends this process, and the next one goes on from the records.
const NEVER = new AbortController().signal;

/** Stops what was started; resolves to what could not be done. Its record is gone when it is. */
export async function undoCommand(record: CommandRecord, context: UndoContext): Promise<string | undefined> {
  const stopped = await stopCommand(record, context);
  return stopped.status === "failed" ? `pid ${stopped.pids.join(", ")} would not end` : undefined;
}

/** Stops a service's processes, and forgets it where they have ended. */
export async function stopCommand(record: CommandRecord, { state, options }: UndoContext): Promise<Stopped> {
  const stopped = await stopProcesses(record, options.graceMs ?? GRACE_MS, NEVER);
  if (stopped.status === "failed") return stopped;
  const { ports, token } = record;
  try {
    await releaseLeases(ports, { folder: options.portsFolder, token, signal: NEVER });
    state.drop(token);
  } catch {
    // On a full disk: it has ended, and whoever can write again finds that out (`reconcile`). Others are to be ended, too.
  }
  return stopped;
}

/** The same of a compose service. */
export async function undoCompose(record: ComposeRecord, context: UndoContext): Promise<string | undefined> {
  try {
    await endClients(record, context);
    await composeDown(record, { env: context.options.env, signal: NEVER });
    context.state.drop(record.token);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

/** A `docker compose up` that its boot left behind would start again what is stopped. */
export async function endClients({ token }: ComposeRecord, { options }: UndoContext): Promise<void> {
  await stopProcesses({ owner: null, token }, options.graceMs ?? GRACE_MS, NEVER);
}
