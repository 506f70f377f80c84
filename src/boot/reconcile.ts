import { isThere } from "../disk/owner.ts";
import { messageOf } from "../model/error-code.ts";
import { composeDown, composeRuns } from "./compose.ts";
import { livingOwner } from "./heir.ts";
import { isGate } from "./launch.ts";
import { releaseLeases } from "./leases.ts";
import { pause } from "./pause.ts";
import { type RunningProcess, processesOf } from "./process-table.ts";
import type { CommandRecord, ComposeRecord } from "./records.ts";
import { readToken } from "./token.ts";
import { type UndoContext, endClients } from "./undo.ts";

/** A gate whose boot was killed ends at once, or becomes its program: it waits for nothing else. */
const GATE_MS = 2_000;
const LOOK_MS = 5;

export interface ReconcileContext extends UndoContext {
  /** What all tokens of the stack begin with. */
  readonly prefix: string;
  readonly signal: AbortSignal;
  readonly warn: (warning: string) => void;
}

/**
 * Makes the records say what is: of boots that were killed, of what has ended since, and of what runs with a token of this
 * stack and is in no record. The stack's lock must be held: nobody else is starting anything.
 */
export async function reconcile(context: ReconcileContext): Promise<void> {
  await gatesGone(context);
  for (const record of context.state.records) {
    if (record.kind === "command") await reconcileCommand(record, context);
    else await reconcileCompose(record, context);
  }
  recordStrays(context);
}

/** The same for who is about to stop everything: what has ended stays on record, to be told of. */
export async function reconcileForDown(
  context: Pick<ReconcileContext, "state" | "prefix" | "signal">,
): Promise<void> {
  await gatesGone(context);
  recordStrays(context);
}

async function gatesGone({ prefix, signal }: Pick<ReconcileContext, "prefix" | "signal">): Promise<void> {
  const until = performance.now() + GATE_MS;
  while (performance.now() < until && processesOf(prefix).some(({ pid }) => isGate(pid)))
    await pause(LOOK_MS, signal);
}

async function reconcileCommand(record: CommandRecord, context: ReconcileContext): Promise<void> {
  const owner = livingOwner(record);
  if (owner !== undefined) {
    if (owner !== record.owner) context.state.put({ ...record, owner });
    return;
  }
  const { ports, token } = record;
  await releaseLeases(ports, { folder: context.options.portsFolder, token, signal: context.signal });
  context.state.drop(token);
}

/** Where Compose does not tell, the record stays: it is all that is known. */
async function reconcileCompose(record: ComposeRecord, context: ReconcileContext): Promise<void> {
  const compose = { env: context.options.env, signal: context.signal };
  try {
    if (!record.isUp) await endClients(record, context);
    if (await composeRuns(record, compose)) {
      if (!record.isUp) context.state.put({ ...record, isUp: true });
      return;
    }
    // What was under way when its boot was killed may come up yet.
    if (!record.isUp) await composeDown(record, compose);
    context.state.drop(record.token);
  } catch (error) {
    context.signal.throwIfAborted();
    context.warn(`${record.service}: whether its container runs is not known: ${messageOf(error)}`);
  }
}

/** The longest running of each token: it started the others. */
function recordStrays({ prefix, state }: Pick<ReconcileContext, "prefix" | "state">): void {
  const known = new Set(state.records.map(({ token }) => token));
  for (const one of processesOf(prefix)) {
    if (known.has(one.token)) continue;
    known.add(one.token);
    const record = strayRecord(one);
    if (record !== undefined) state.put(record);
  }
}

/** What a process says of itself in its environment. */
export function strayRecord({ pid, since, token, ports }: RunningProcess): CommandRecord | undefined {
  const name = readToken(token);
  if (name === undefined || !isThere({ pid, since })) return undefined;
  const startedAt = new Date(0).toISOString();
  return { kind: "command", ...name, token, ports, startedAt, owner: { pid, since }, log: null };
}
